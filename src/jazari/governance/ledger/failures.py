"""What the disk and the log can refuse, as coded errors."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from jazari.core.errors import LedgerError, VerificationError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EROFS, errno.EACCES, errno.EPERM}
_EVIDENCE = "keep this folder as evidence, compare it with a copy or a witness, and restore a copy that verifies."


@contextmanager
def disk(where: str) -> Iterator[None]:
    """Turn what the operating system refuses into a coded error.

    Raises:
        LedgerError: JZ-603 no room, or the disk failed; JZ-604 no right to write; JZ-600 something is not there.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise not_a_ledger(where) from error
    except OSError as error:
        found = os.strerror(error.errno) if error.errno else type(error).__name__
        if error.errno in _NO_RIGHT:
            raise LedgerError(
                "JZ-604", "the ledger's folder cannot be written", where=where, found=found,
                fix="give this user the right to write there; nothing was acknowledged, so append again.",
            ) from error  # fmt: skip
        room = error.errno in _NO_ROOM
        raise LedgerError(
            "JZ-603", "there is no room left for the ledger" if room else "the disk under the ledger failed",
            where=where, found=found,
            fix=f"{'make room' if room else 'look at the disk'}; nothing was acknowledged, so append again: "
            "the log goes on by itself.",
        ) from error  # fmt: skip


def not_a_ledger(where: str) -> LedgerError:
    """The error for a folder that holds no ledger."""
    return LedgerError(
        "JZ-600", "there is no ledger here", where=where, found="a folder without log, settings or checkpoint",
        fix="check the path, or make one: jazari ledger init DIR --name pole.example.",
    )  # fmt: skip


def differs(code: str, sentence: str, *, where: str, found: str, fix: str = "") -> VerificationError:
    """The error for a log that is not what was signed."""
    return VerificationError(
        code, sentence, where=where, found=found,
        fix=fix or _EVIDENCE,
    )  # fmt: skip
