"""Dating: whose clock dates this ledger, and for how long decisions may go on without its token.

The settings of the ledger say it (`"time"` in `DIR/ledger.json`); the certificates that were ever trusted lie in
`DIR/time/roots.pem`, so that tokens of an earlier authority still verify after a change.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import NamedTuple

from jazari.core import canonical
from jazari.core.errors import DeclarationError, LedgerError
from jazari.core.periods import Duration
from jazari.governance.ledger import failures, trusted_time
from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.lock import Lock
from jazari.governance.ledger.settings import CHECKPOINT, SETTINGS, read_settings
from jazari.governance.ledger.trusted_time import FOLDER, Authority, Stamp

ROOTS = f"{FOLDER}/roots.pem"
_LOCK = f"{FOLDER}/turn"


class Dating(NamedTuple):
    """How a ledger is dated.

    Attributes:
        authority: Whose clock is trusted.
        within: How long decisions may go on without a token; None: they are never refused for it.
        since: When this was set, from which a first token is awaited.
    """

    authority: Authority
    within: datetime.timedelta | None
    since: datetime.datetime


def read(folder: Path) -> Dating | None:
    """How a ledger is dated; None where nobody set it.

    Raises:
        LedgerError: JZ-600, the settings cannot be read. DeclarationError: JZ-214, JZ-637, the time allowed.
    """
    with failures.disk(str(folder)):
        text = (folder / SETTINGS).read_bytes()
    try:
        said = json.loads(text).get("time")
        if said is None:
            return None
        since = datetime.datetime.fromisoformat(said["since"])
        url, allowed = str(said["authority"]), said.get("refuse_after")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise failures.not_a_ledger(str(folder)) from None
    return Dating(Authority(url, folder / ROOTS), None if allowed is None else span(allowed), since)


def span(text: str) -> datetime.timedelta:
    """The time allowed without a token, from an ISO 8601 duration of weeks, days and hours.

    Raises:
        DeclarationError: JZ-214 it is not a duration; JZ-637 it counts in months, or is no time at all.
    """
    said = Duration.parse(text)
    exact = datetime.timedelta(
        weeks=said.weeks, days=said.days, hours=said.hours, minutes=said.minutes, seconds=said.seconds
    )
    if said.years or said.months or not exact:
        raise DeclarationError(
            "JZ-637", "the time allowed without a token is some hours, days or weeks", where="--refuse-after",
            found=text, fix="write PT26H for a timer that runs once a day, or PT3H for one that runs every hour.",
        )  # fmt: skip
    return exact


def settle(folder: Path, url: str, certificates: Path, refuse_after: str | None, now: datetime.datetime) -> None:
    """Set whose clock dates a ledger, and when decisions are refused; tokens of earlier authorities keep verifying.

    Raises:
        LedgerError: JZ-600 there is no ledger; JZ-677 the address or the certificates; JZ-603, JZ-604 the disk.
        DeclarationError: JZ-214, JZ-637, the time allowed.
    """
    read_settings(folder)
    if refuse_after is not None:
        span(refuse_after)
    added = trusted_time.check(Authority(url, certificates))
    lock = Lock(folder)
    try:
        with failures.disk(str(folder)), lock.held():
            files = Disk(folder)
            files.make_folder(FOLDER)
            known = (folder / ROOTS).read_bytes() if (folder / ROOTS).is_file() else b""
            replace(files, ROOTS, known if added in known else known + added, "aside")
            settings = json.loads((folder / SETTINGS).read_bytes())
            settings["time"] = {"authority": url, "since": now.isoformat(timespec="seconds")}
            if refuse_after is not None:
                settings["time"]["refuse_after"] = refuse_after
            replace(files, SETTINGS, canonical.pretty(settings).encode(), "aside")
    finally:
        lock.close()


def stamp(folder: Path, now: datetime.datetime) -> tuple[Stamp, bool]:
    """Have the newest checkpoint dated where a token is wanted; one process at a time.

    Returns:
        The last stamp, and whether it was made now.

    Raises:
        LedgerError: JZ-600 there is no ledger; JZ-638 nobody set an authority; others as `trusted_time.stamp`.
    """
    read_settings(folder)
    dating = read(folder)
    if dating is None:
        raise LedgerError(
            "JZ-638", "nobody set whose clock dates this ledger", where=str(folder), found="no time authority",
            fix="set it: jazari ledger time DIR --authority URL --certificates roots.pem --refuse-after PT26H.",
        )  # fmt: skip
    with failures.disk(str(folder)):
        (folder / _LOCK).mkdir(parents=True, exist_ok=True)
        lock = Lock(folder / _LOCK)
    try:
        with lock.held():
            with failures.disk(CHECKPOINT):
                checkpoint = (folder / CHECKPOINT).read_bytes()
            last = trusted_time.latest(folder, dating.authority)
            if last is not None and not trusted_time.is_due(last, trusted_time.size(checkpoint), now, dating.within):
                return last, False
            return trusted_time.stamp(folder, checkpoint, dating.authority), True
    finally:
        lock.close()


class Watch:
    """Refuses decisions where trusted time is missing; asks the disk only when the token it knows is too old.

    Args:
        folder: The ledger's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = folder / SETTINGS
        self._version = -1
        self._dating: Dating | None = None
        self._last: datetime.datetime | None = None

    def refuse_late(self, now: datetime.datetime) -> None:
        """Refuse a decision now, if the ledger's settings ask for it.

        Raises:
            LedgerError: JZ-675 no token for too long; JZ-676 this machine's clock is behind; JZ-677 the certificates.
            VerificationError: JZ-673, JZ-674, the last token does not verify. InstallationError: JZ-670.
        """
        dating = self._current()
        if dating is None or dating.within is None:
            return
        if self._last is None or now - self._last > dating.within:
            last = trusted_time.latest(self._folder, dating.authority)
            self._last = last.when if last else None
        trusted_time.refuse_without_token(self._last, dating.since, now, dating.within)

    def _current(self) -> Dating | None:
        """The settings as they are now; read again when somebody wrote them."""
        try:
            version = self._settings.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if version != self._version:
            self._dating, self._last, self._version = read(self._folder), None, version
        return self._dating
