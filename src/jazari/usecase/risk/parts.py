"""Parts: what a national run has scored so far, beside the list that it will become.

A run over millions of rows is cut into parts of about a quarter million. Each is written whole or not at all, into a
private folder beside the list; a run that is stopped finds them again. A manifest binds them to the dossier, to the
files as they lay on the disk, and to how they were cut: where any of these differ, the parts go and all begins anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from jazari.core.canonical import encode
from jazari.core.errors import EngineError, JazariError
from jazari.data.files import write_beside, writing_failed

_MANIFEST = "manifest.json"


class Parts:
    """The parts of one list.

    Attributes:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def has(self, place: int) -> bool:
        """Whether a part is there already."""
        return self._path(place).is_file()

    def write(self, place: int, rows: pa.Table) -> None:
        """Keep a part."""
        with write_beside(self._path(place)) as beside, pa.ipc.new_file(str(beside), rows.schema) as writer:
            writer.write_table(rows)
        self._path(place).chmod(0o600)

    def read(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The parts in their order; only these columns where they are named."""
        for path in sorted(self.folder.glob("*.arrow")):
            with pa.OSFile(str(path)) as stream:
                known = pa.ipc.open_file(stream).schema
                wanted = None if columns is None else [known.get_field_index(name) for name in columns]
                yield pa.ipc.open_file(stream, options=pa.ipc.IpcReadOptions(included_fields=wanted)).read_all()

    def _path(self, place: int) -> Path:
        return self.folder / f"{place:06d}.arrow"


@contextlib.contextmanager
def parts_beside(out: Path, manifest: Mapping[str, Any] | None) -> Iterator[Parts]:
    """The parts of a list, those of a stopped run where they are of the same work.

    They go when the list is written, and when the data turn out not to fit; they stay when the run is stopped.

    Args:
        out: The list.
        manifest: What the parts depend on; None where that cannot be known, so that they never stay.

    Raises:
        EngineError: JZ-411, another run is writing this list.
        DataError: JZ-340, JZ-341, the parts cannot be written.
    """
    folder = out.parent / f".{out.name}.parts"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = (folder / ".lock").open("w")
    except OSError as failure:
        raise writing_failed(out, failure) from failure
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EngineError(
                "JZ-411", "another run is writing this list", where=str(out), found="its parts are held by a process",
                fix="wait for it, stop it, or name another --out.",
            ) from None  # fmt: skip
        _keep_if_same(folder, manifest)
        for left in out.parent.glob(f".{glob.escape(out.name)}.*.part"):  # what a killed run had begun to write
            left.unlink(missing_ok=True)
        try:
            yield Parts(folder)
        except (JazariError, Exception):
            shutil.rmtree(folder, ignore_errors=True)
            raise
        except BaseException:
            if manifest is None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        shutil.rmtree(folder, ignore_errors=True)


def _keep_if_same(folder: Path, manifest: Mapping[str, Any] | None) -> None:
    path = folder / _MANIFEST
    said = encode(dict(manifest)) if manifest is not None else b""
    if said and path.is_file() and path.read_bytes() == said:
        return
    for one in [path, *folder.glob("*.arrow"), *folder.glob(".*.part")]:
        one.unlink(missing_ok=True)
    if said:
        with write_beside(path) as beside:
            beside.write_bytes(said)
