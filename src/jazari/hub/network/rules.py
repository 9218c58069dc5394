"""Who may read the log, and who may ask for a witness."""

from __future__ import annotations

from typing import Any


def may_read_log(person: Any, subject: Any) -> bool:  # noqa: ARG001  every rule has this shape
    """Anyone may read the log: commitments, hashes and signatures, never a record."""
    return True


def may_ask_witness(person: Any, subject: Any) -> bool:  # noqa: ARG001
    """Any machine may ask for a cosignature; only a log whose keys the keeper trusts gets one."""
    return True
