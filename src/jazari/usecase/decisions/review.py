"""Review: does a person decide, or does the list? Measured over an officer's decisions with one dossier.

Gross patterns are refused (`human_decides`, law 09-08 art. 11); weaker ones are findings that somebody else should look
into. Digits are left out only of the weaker measure, so that a counter at the end of a sentence is noticed and a
visit's date is not forbidden.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jazari.core.errors import SafeguardError
from jazari.governance.safeguards.human_decides import ENOUGH, LEAST_SECONDS, HumanDecides
from jazari.schema.inspection import Inspection
from jazari.schema.records import Finding

SAME = (
    "{same} of {decisions} decisions of {officer} give the same reason but for its numbers: "
    "somebody else should look into them."
)
QUICK = (
    "Half of the {decisions} decisions of {officer} whose times are known took less than {seconds} seconds: "
    "somebody else should look into them."
)
NEVER = "None of the {decisions} decisions of {officer} departed from the list: somebody else should look into them."

FEW = 5  # decisions that follow the list: below, one reason may be true of all of them
ONE_REASON = 0.9  # of those that follow the list
SEVERAL = 10  # decisions from which a weaker pattern is measured
ALIKE = 0.5  # of all decisions


@dataclass(frozen=True)
class Taken:
    """One decision as its pattern is measured: who, what they did with the list, why, and in how many seconds."""

    officer: str
    action: str
    reasons: str
    seconds: float | None


def pattern(taken: Sequence[Taken]) -> dict[str, Any]:
    """The pattern of decisions.

    Returns:
        `n`; `departed`, those that modified or overrode the list; `copied`, those that followed it without a reason of
        their own (none, or one that serves nine in ten of at least five); `alike`, the most decisions that give one
        reason but for its digits; `timed` and `median_seconds` a case, null where no time was recorded.
    """
    followed = Counter(_plain(one.reasons) for one in taken if one.action == "followed")
    count = followed.total()
    reason, most = next(iter(followed.most_common(1)), ("", 0))
    copied = followed.get("", 0)
    if reason and count >= FEW and most >= ONE_REASON * count:
        copied += most
    seconds = [one.seconds for one in taken if one.seconds is not None]
    return {
        "n": len(taken), "departed": len(taken) - count, "copied": copied,
        "alike": max(Counter(re.sub(r"\d+", "", _plain(one.reasons)) for one in taken).values(), default=0),
        "timed": len(seconds), "median_seconds": statistics.median(seconds) if seconds else None,
    }  # fmt: skip


def judge(safeguard: HumanDecides, earlier: Sequence[Taken], now: Sequence[Taken]) -> list[Finding]:
    """What the decisions of each officer of a batch show, with those they took before.

    Args:
        safeguard: Who was declared to decide.
        earlier: What was decided before with the same dossier.
        now: The batch.

    Returns:
        At least one finding an officer: `holds`, or `not yet` where somebody else should look into their decisions.

    Raises:
        SafeguardError: JZ-693, the list decides and not the person: the batch, or an officer's decisions altogether.
    """
    _refuse_gross(safeguard, pattern(now))
    findings: list[Finding] = []
    for officer in sorted({one.officer for one in now}):
        measured = pattern([one for one in (*earlier, *now) if one.officer == officer])
        _refuse_gross(safeguard, measured)
        weaker = list(_weaker(safeguard, officer, measured))
        findings += weaker or [_of(safeguard, measured)]
    return findings


def _of(safeguard: HumanDecides, measured: Mapping[str, Any]) -> Finding:
    return safeguard.check(Inspection(history={"decisions": measured}))


def _refuse_gross(safeguard: HumanDecides, measured: Mapping[str, Any]) -> None:
    if _of(safeguard, measured).state != "broken":
        return
    seconds = measured["median_seconds"]
    raise SafeguardError(
        "JZ-693", "the list decides here, not a person", where=f"safeguard '{safeguard.name}'",
        found=f"{measured['copied']} of {measured['n']} decisions without a reason of their own, "
        f"{measured['departed']} that departed from the list"
        + (f", half of them in less than {seconds:.0f} seconds" if seconds is not None else ""),
        fix="look at each case, decide on it, and write what you saw: the law knows no decision on the sole ground "
        "of a score (law 09-08 art. 11).",
    )  # fmt: skip


def _weaker(safeguard: HumanDecides, officer: str, measured: Mapping[str, Any]) -> Iterator[Finding]:
    count, alike, seconds = measured["n"], measured["alike"], measured["median_seconds"]
    if count >= SEVERAL and alike >= ALIKE * count:
        yield safeguard.finding("not yet", SAME, evidence=measured, same=alike, decisions=count, officer=officer)
    if measured["timed"] >= SEVERAL and seconds < LEAST_SECONDS:
        yield safeguard.finding(
            "not yet", QUICK, evidence=measured, decisions=measured["timed"], officer=officer,
            seconds=round(LEAST_SECONDS),
        )  # fmt: skip
    if count >= ENOUGH and not measured["departed"]:
        yield safeguard.finding("not yet", NEVER, evidence=measured, decisions=count, officer=officer)


def _plain(reasons: str) -> str:
    """Reasons without case, punctuation and doubled spaces."""
    return " ".join(re.sub(r"[^\w\s]", " ", reasons.casefold()).split())
