"""What lies where in a ledger's folder, and its settings and policy read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from jazari.core.errors import LedgerError
from jazari.governance.ledger import failures
from jazari.governance.ledger.notes import Malformed
from jazari.governance.ledger.policy import Policy

SETTINGS = "ledger.json"
POLICY = "policy"
LOG = "log"
CHECKPOINT = f"{LOG}/checkpoint"
COSIGNED = "cosigned"
STORE = "JAZARI_LEDGER_STORE"
"""The environment variable that names the store in place of the settings."""


def read_settings(folder: Path) -> dict[str, str]:
    """The settings of a ledger.

    Raises:
        LedgerError: JZ-600, there is no ledger there.
    """
    with failures.disk(str(folder)):
        text = (folder / SETTINGS).read_bytes() if folder.is_dir() else b""
    try:
        settings = json.loads(text)
        return {"name": str(settings["name"]), "store": os.environ.get(STORE, str(settings["store"]))}
    except (ValueError, KeyError, TypeError):
        raise failures.not_a_ledger(str(folder)) from None


def read_policy(path: Path) -> Policy:
    """The trust policy of a file.

    Raises:
        LedgerError: JZ-631, it cannot be read or is not one.
    """
    try:
        return Policy.parse(path.read_bytes())
    except (OSError, Malformed) as wrong:
        found = str(wrong) if isinstance(wrong, Malformed) else type(wrong).__name__
        raise LedgerError(
            "JZ-631", "this is not a trust policy", where=str(path), found=found,
            fix="write lines of log, witness, group and quorum: https://c2sp.org/tlog-policy.",
        ) from None  # fmt: skip
