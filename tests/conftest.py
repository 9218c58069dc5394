"""What every test shares: the secret of a test institution, and where the real data lie."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

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
