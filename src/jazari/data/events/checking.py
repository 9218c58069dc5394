"""What a state holds and what it does not: the findings of `jazari events check`."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from jazari.data.events.completeness import Completeness, monday
from jazari.data.events.features import judged_as_of
from jazari.data.events.register import Register
from jazari.data.events.state import State, alone
from jazari.schema.records import Finding

_WORST = 20


def check(folder: Path, as_of: datetime.date) -> list[Finding]:
    """The findings on a state as of a date: rows set aside, and sites whose records are incomplete.

    Every file of the state is compared with its SHA-256 first.

    Returns:
        `events_fit` and `records_complete`. Sites are named, keys never.

    Raises:
        DataError: as `features`.
        VerificationError: JZ-379, as `State.verify`.
    """
    with alone(folder) as state:
        state.verify()
    state, register, judged = judged_as_of(folder, as_of)
    return [_fit(state), _complete(register, judged, as_of)]


def _fit(state: State) -> Finding:
    rows = sum(one["rows"] for one in state.files)
    reasons: Counter[str] = Counter()
    for one in state.files:
        reasons.update(one["aside"])
    still = state.rows_aside()
    values = {"rows": rows, "files": len(state.files), "aside": still}
    evidence = {**values, "reasons": dict(sorted(reasons.items())), "readmitted": sum(reasons.values()) - still}
    if not still:
        return Finding("events_fit", "holds", "All {rows} rows of {files} files fit.", values, evidence)
    sentence = "{aside} of {rows} rows do not fit and were set aside."
    return Finding("events_fit", "broken", sentence, values, evidence)


def _complete(register: Register, judged: Completeness, as_of: datetime.date) -> Finding:
    by_site = judged.incomplete.sum(axis=1)
    sites = np.flatnonzero(by_site)
    keys = int(register.keys_at[sites].sum())
    share = float(judged.incomplete.mean()) if judged.incomplete.size else 0.0
    values = {"sites": len(sites), "of": int((register.keys_at > 0).sum()), "weeks": int(by_site.sum()), "keys": keys}
    worst = sites[np.argsort(-by_site[sites], kind="stable")][:_WORST]
    evidence: dict[str, Any] = {
        **values, "share_of_weeks": share, "as_of": as_of.isoformat(),
        "worst": [
            {
                "site": register.sites[one], "weeks": int(by_site[one]), "keys": int(register.keys_at[one]),
                "first_monday": monday(int(judged.weeks[judged.incomplete[one].argmax()])).isoformat(),
                "recorded": int(judged.recorded[one][judged.incomplete[one]].sum()),
                "expected": round(float(judged.expected[one][judged.incomplete[one]].sum()), 1),
            }
            for one in worst
        ],
    }  # fmt: skip
    if not len(sites):
        return Finding("records_complete", "holds", "Every site recorded in every week.", values, evidence)
    sentence = (
        "{sites} of {of} sites stopped recording or recorded far too little, in {weeks} weeks of theirs together; the "
        "figures of their {keys} people are missing where they look back on these weeks."
    )
    return Finding("records_complete", "broken", sentence, values, evidence)
