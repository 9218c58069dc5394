"""The proxy test: inputs that tell an audited column are found, others are not."""

import numpy as np
import pyarrow as pa
import pytest

from jazari.audit.proxies import proxies
from jazari.core import canonical
from jazari.core.errors import DataError
from jazari.schema.columns import audited, column
from jazari.schema.records import TableRows

INPUTS = (column("distance"), column("noise"), column("language", among=("ar", "fr")))
AUDITED = (audited("sex"), audited("milieu"), audited("constant"))


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    rural, size = rng.random(1500) < 0.4, 1500
    return TableRows(
        pa.table(
            {
                "distance": rng.normal(size=size) + 2 * rural,
                "noise": pa.array(np.where(rng.random(size) < 0.1, np.nan, rng.normal(size=size)), from_pandas=True),
                "language": pa.array(rng.choice(["ar", "fr"], size)).dictionary_encode(),
                "sex": rng.choice(["f", "m"], size),
                "milieu": np.where(rural, "rural", "urban"),
                "constant": ["x"] * size,
            }
        ),
        size=400,
    )


def test_what_tells_is_found_and_what_does_not_is_half(rows):
    found = proxies(rows, INPUTS, AUDITED, seed=0)["columns"]
    assert found["milieu"]["auc"]["low"] > 0.85
    assert found["milieu"]["strongest"][0]["input"] == "distance"
    assert found["sex"]["auc"]["low"] < 0.53
    assert found["constant"] is None


def test_the_same_seed_says_the_same(rows):
    one, other = (proxies(rows, INPUTS, AUDITED[:2], seed=3) for _ in range(2))
    assert canonical.encode(one) == canonical.encode(other)


def test_an_absent_column_is_refused(rows):
    with pytest.raises(DataError, match="JZ-513"):
        proxies(rows, (column("absenses"),), AUDITED, seed=0)
