"""The list of a dossier is read once, and again as soon as a file of it is another."""

from __future__ import annotations

import os
import shutil

import pytest

from jazari.core.errors import DataError, VerificationError
from jazari.usecase.decisions import listing
from jazari.usecase.decisions.listing import Listing
from jazari.usecase.dossier import Dossier


@pytest.fixture
def dossier(listed, tmp_path):
    shutil.copytree(listed.path, tmp_path / "d")
    return Dossier.open(tmp_path / "d")


def test_a_list_is_read_once_however_many_decide(dossier, monkeypatch):
    first = Listing.of(dossier)
    monkeypatch.setattr(listing, "_read", lambda path: pytest.fail(f"{path.name} was read again"))
    assert Listing.of(Dossier.open(dossier.path)) is first


@pytest.mark.parametrize("name", ["list.parquet", "inputs.parquet", "model.json"])
def test_a_file_that_changed_after_it_was_read_is_refused(dossier, name):
    Listing.of(dossier)
    path, told = dossier.path / name, (dossier.path / name).stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    with pytest.raises(VerificationError, match="JZ-227"):
        Listing.of(dossier)


def test_rows_come_in_the_order_of_the_keys_with_their_own_inputs(dossier):
    held = Listing.of(dossier)
    chosen = held.rows.filter(held.rows["selected"])
    keys = [str(one) for one in chosen["key"].to_pylist()][:7]
    inputs = {str(row["key"]): row for row in held.inputs.to_pylist()}
    for order in (keys, keys[::-1], [keys[3]]):
        found = held.find(order)
        assert [str(row["key"]) for row in found] == order
        for row in found:
            assert row["inputs"] == {name: value for name, value in inputs[str(row["key"])].items() if name != "key"}
    with pytest.raises(DataError, match="JZ-683"):
        held.find([keys[0], "nobody"])
