"""One dossier of the small kingdom, made once."""

import pytest


@pytest.fixture(scope="session")
def dossier(kingdom, tmp_path_factory):
    """education.dropout on 4,000 pupils a year."""
    from jazari.usecase.run import run

    return run("education.dropout", kingdom, tmp_path_factory.mktemp("dossier") / "d")


@pytest.fixture
def copy_of(tmp_path):
    """A copy of a dossier that a test may spoil."""
    import shutil

    from jazari.usecase.dossier import Dossier

    def copied(dossier):
        shutil.copytree(dossier.path, tmp_path / "copy")
        return Dossier(tmp_path / "copy")

    return copied
