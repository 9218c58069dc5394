"""Decision: what one officer did about one listed person."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from jazari.core.errors import DataError, did_you_mean

ACTIONS = ("followed", "modified", "overrode")
"""What an officer does with what the list proposes: take it, change it, or decide otherwise."""
ZONE = "Africa/Casablanca"
_SKEW = datetime.timedelta(minutes=2)  # between two clocks of one office


@dataclass(frozen=True)
class Decision:
    """One decision.

    Attributes:
        key: The person's key as in `list.parquet`, as text.
        outcome: What was decided: `tutoring`, `none`.
        action: One of `ACTIONS`.
        reasons: Why, in the officer's own words.
        officer: Who decided: a name or a staff number, never a national identity number.
        opened_at: When the officer opened the case; None where nobody recorded it.
        decided_at: When they decided; None means now.
        corrects: The number of the earlier decision that this one replaces; empty for a first decision.

    Raises:
        DataError: JZ-685, a moment without its offset.
    """

    key: str
    outcome: str
    action: str
    reasons: str
    officer: str
    opened_at: datetime.datetime | None = None
    decided_at: datetime.datetime | None = None
    corrects: str = ""

    def __post_init__(self) -> None:
        if any(one is not None and one.tzinfo is None for one in (self.opened_at, self.decided_at)):
            raise _wrong_time("a moment without its offset")

    @property
    def seconds(self) -> float | None:
        """How long the case lay open before it was decided; None where that was not recorded."""
        return (self.decided_at - self.opened_at).total_seconds() if self.decided_at and self.opened_at else None


def day_of(moment: datetime.datetime) -> datetime.date:
    """The day of a moment in Morocco: last days are counted in days of the people concerned."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def moment(text: str, now: datetime.datetime) -> datetime.datetime | None:
    """A moment as somebody wrote it (ISO 8601), in UTC; Morocco's time where it has no offset.

    A day alone is read as its end, and today as now. Nothing written gives None.

    Raises:
        DataError: JZ-685.
    """
    if not text:
        return None
    try:
        read = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _wrong_time("a text that is no date and time") from None
    if len(text) <= len("2026-01-12"):
        if read.date() == day_of(now):
            return now
        read = read.replace(hour=23, minute=59, second=59)
    return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(ZONE))).astimezone(datetime.UTC)


def checked(decisions: Sequence[Decision], run_at: datetime.datetime, now: datetime.datetime) -> list[Decision]:
    """The decisions, complete and at moments that can be; whoever wrote no moment decides now.

    Raises:
        DataError: JZ-681 an officer, an outcome or reasons are missing; JZ-682 an action that does not exist; JZ-685 a
            moment that cannot be.
    """
    for word in ("key", "officer", "outcome"):
        _refuse_missing(decisions, word, [one for one in decisions if not getattr(one, word).strip()])
    # following the list without reasons is not an oversight: `human_decides` refuses it
    _refuse_missing(
        decisions, "reasons", [one for one in decisions if not one.reasons.strip() and one.action != "followed"]
    )
    strangers = sorted({one.action for one in decisions} - set(ACTIONS))
    if strangers:
        raise DataError(
            "JZ-682", "an action is followed, modified or overrode", where="column 'action'",
            found=f"{len(strangers)} other words",
            fix=f"{did_you_mean(strangers[0], ACTIONS)}Say what the officer did with what the list proposed.",
        )  # fmt: skip
    timed = [one if one.decided_at else replace(one, decided_at=now) for one in decisions]
    _refuse_times(timed, "before the run that made the list", lambda at, _: at < run_at)
    _refuse_times(timed, "in the future", lambda at, _: at > now + _SKEW)
    _refuse_times(timed, "before the case was opened", lambda at, opened: opened is not None and opened > at)
    _refuse_times(
        timed, "on a case opened before the run", lambda _, opened: opened is not None and opened < run_at
    )  # fmt: skip
    return timed


def refuse_twice(decisions: Sequence[Decision]) -> None:
    """Refuse a batch that decides on a person twice; keys are as the list writes them.

    Raises:
        DataError: JZ-686.
    """
    twice = len(decisions) - len({one.key for one in decisions})
    if twice:
        raise DataError(
            "JZ-686", "a person is decided on once", where="column 'key'", found=f"{twice} keys stand twice",
            fix="keep one row a person; to change a decision later, name its number in `corrects`.",
        )  # fmt: skip


def _refuse_missing(decisions: Sequence[Decision], word: str, without: Sequence[Decision]) -> None:
    if without:
        raise DataError(
            "JZ-681", f"a decision has its {word}", where=f"column '{word}'",
            found=f"{len(without)} of {len(decisions)} rows without",
            fix="a decision names the person who took it, what was decided and why; fill the cells in.",
        )  # fmt: skip


def _refuse_times(
    decisions: Sequence[Decision],
    what: str,
    is_wrong: Callable[[datetime.datetime, datetime.datetime | None], bool],
) -> None:
    count = sum(is_wrong(one.decided_at, one.opened_at) for one in decisions if one.decided_at)
    if count:
        raise _wrong_time(f"{count} of {len(decisions)} {what}")


def _wrong_time(found: str) -> DataError:
    return DataError(
        "JZ-685", "a decision is taken after the run, after the case was opened, and not in the future",
        where="columns 'opened_at' and 'decided_at'", found=found,
        fix="write 2026-01-12T10:30:00+01:00, or leave the columns out: the decision is then taken now.",
    )  # fmt: skip
