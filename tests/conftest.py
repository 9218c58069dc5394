"""What every test shares: the secret of a test institution, and where the real data lie."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

# No test fails on a timing.
settings.register_profile("jazari", deadline=None)
settings.load_profile("jazari")

# A test never reads or makes the key of whoever runs it.
os.environ.setdefault("JAZARI_PSEUDONYM_KEY", "0f" * 32)


@pytest.fixture(scope="session")
def shared():
    """Real, openly licensed data; a stranger's clone has none."""
    if not (SHARED / "data").is_dir():
        pytest.skip("SKIPPED: ../shared/data is absent; tests on real data did not run")
    return SHARED / "data"


@pytest.fixture(scope="session")
def kingdom(tmp_path_factory):
    """A small kingdom, made once."""
    from jazari.core.progress import Silent
    from jazari.sectors.education.kingdom import make

    out = tmp_path_factory.mktemp("kingdom") / "k"
    make(out, pupils=4000, seed=3, unfair=False, progress=Silent())
    return out


@pytest.fixture(scope="session")
def quick():
    """education.dropout with the safeguards of use alone: publishable, and quick to run."""
    from jazari.sectors.education.dropout import dropout
    from jazari.usecase import Risk, UseCase, expires, human_decides, never_for, notice, objection

    said = {name: getattr(dropout, name) for name in ("title", "purpose", "table", "help", "owner", "legal_basis")}
    return UseCase(
        "education.dropout", **said,
        engine=Risk(of="left_school", against="absences", challenger="", tuning={"pairs": 0}),
        safeguards=(
            human_decides("school head"), never_for("sanction", "admission"), notice("guardian"),
            objection(open_for="P30D", within="P15D"), expires("P12M"),
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def listed(quick, kingdom, tmp_path_factory):
    """The dossier of `quick` on the small kingdom."""
    from jazari.usecase.run import run

    return run(quick, kingdom, tmp_path_factory.mktemp("listed") / "d")
