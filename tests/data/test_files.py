"""Files and folders appear whole or not at all."""

import errno
import os

import pytest

from jazari.core.errors import DataError
from jazari.data.files import Scratch, folder_beside, write_beside


def test_a_file_takes_its_place_only_at_the_end(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("old")
    with write_beside(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert [one.name for one in tmp_path.iterdir()] == ["list.txt"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_interruption_leaves_no_trace(tmp_path, stop):
    with pytest.raises(stop), write_beside(tmp_path / "list.txt") as beside:  # noqa: PT012  the block is the work
        beside.write_text("half")
        raise stop
    with pytest.raises(stop), folder_beside(tmp_path / "dossier") as folder:  # noqa: PT012  the block is the work
        (folder / "half").write_text("half")
        raise stop
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_in_a_coded_error(tmp_path):
    with pytest.raises(DataError) as told, folder_beside(tmp_path / "dossier") as folder:  # noqa: PT012  as above
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert told.value.code == "JZ-340"
    assert list(tmp_path.iterdir()) == []


def test_a_full_device_is_said_in_a_coded_error():
    if not os.path.exists("/dev/full"):  # noqa: PTH110  a device, not a file
        pytest.skip("no /dev/full on this system")
    from jazari.data.files import writing_failed

    with pytest.raises(OSError, match="No space") as told, open("/dev/full", "wb", buffering=0) as stream:  # noqa: PTH123
        stream.write(b"x")
    assert writing_failed("list", told.value).code == "JZ-340"


def test_a_place_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DataError) as told, write_beside(tmp_path / "nowhere" / "list.txt"):
        pass
    assert told.value.code == "JZ-341"


def test_a_dossier_is_never_written_over_by_accident(tmp_path):
    target = tmp_path / "dossier"
    target.mkdir()
    (target / "old").write_text("evidence")
    with pytest.raises(DataError) as told, folder_beside(target):
        pass
    assert told.value.code == "JZ-360"
    assert (target / "old").read_text() == "evidence"
    with folder_beside(target, replace=True) as folder:
        (folder / "new").write_text("evidence")
    assert [one.name for one in target.iterdir()] == ["new"]
    assert [one.name for one in tmp_path.iterdir()] == ["dossier"]


def test_an_empty_folder_may_be_filled(tmp_path):
    target = tmp_path / "deep" / "dossier"
    target.mkdir(parents=True)
    with folder_beside(target) as folder:
        (folder / "new").write_text("x")
    assert (target / "new").read_text() == "x"


def test_a_scratch_folder_goes_with_the_work(tmp_path):
    with Scratch(tmp_path) as folder:
        (folder / "x").write_text("x")
    assert list(tmp_path.iterdir()) == []
