"""Predictions of a made-up population whose truth is known."""

import numpy as np
import pyarrow as pa
import pytest

from jazari.audit.places import rank
from jazari.audit.risk import evidence
from jazari.schema.help import places

PLACES = places("tutoring", share=0.1, of="territory")


def made(size, seed=0, *, sites=40, effect=0.5, shift=0.0):
    """Predictions with sites that differ, a simple rule, a black box and two audited columns.

    `shift` lowers the score of one sex without lowering its risk.
    """
    rng = np.random.default_rng(seed)
    level = rng.normal(0, effect, sites)
    site = rng.integers(0, sites, size)
    sex, signal = rng.random(size) < 0.5, rng.normal(size=size)
    logit = -2 + signal + level[site]
    said = -2 + signal - shift * sex
    table = pa.table(
        {
            "pseudonym": pa.array([f"{number:08x}" for number in rng.permutation(size)]),
            "site": pa.array([f"s{number:03d}" for number in site]),
            "territory": pa.array([f"t{number % 4}" for number in site]),
            "probability": 1 / (1 + np.exp(-said)),
            "outcome": rng.random(size) < 1 / (1 + np.exp(-logit)),
            "baseline": np.round(signal + rng.normal(size=size)),
            "challenger": 1 / (1 + np.exp(-logit)),
            "site_rate": 1 / (1 + np.exp(-(-2 + level[site]))),
            "sex": np.where(sex, "f", "m"),
            "milieu": np.where(site % 3 == 0, "rural", "urban"),
        }
    )
    _, selected = rank(table["probability"], table["territory"], PLACES, table["pseudonym"])
    return table.append_column("selected", pa.array(selected))


def without(table, *names):
    """The table with these columns empty."""
    for name in names:
        column = table[name]
        table = table.set_column(table.column_names.index(name), name, pa.nulls(len(column), column.type))
    return table


@pytest.fixture(scope="session")
def population():
    """Makes predictions; see `made`."""
    return made


@pytest.fixture(scope="session")
def emptied():
    """Empties columns; see `without`."""
    return without


@pytest.fixture(scope="session")
def measured():
    """The evidence on predictions made here."""

    def measure(table, audited=("sex", "milieu"), **options):
        return evidence(table, places=PLACES, audited=audited, area="territory", **options)

    return measure


@pytest.fixture(scope="session")
def predictions():
    return made(6000)


@pytest.fixture(scope="session")
def found(predictions, measured):
    return measured(predictions)
