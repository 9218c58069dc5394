"""Waivers: the only way past a broken safeguard, signed and dated, beside the dossier; some safeguards have none."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from typing import Any

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import DeclarationError, SafeguardError, VerificationError
from jazari.data.files import write_beside
from jazari.usecase.dossier import Dossier

FOLDER = "waivers"
SCHEMA = "jazari.waiver/1"
LONGEST = datetime.timedelta(days=366)
_SHORTEST_REASON = 20


def waive(
    dossier: Dossier, *, safeguard: str, reason: str, by: str, until: str, today: datetime.date | None = None
) -> dict[str, Any]:
    """Waive a broken safeguard of a dossier until a date.

    Args:
        dossier: The dossier; it does not change.
        safeguard: The name of the safeguard, as the declaration writes it.
        reason: Why, in a sentence: it is public.
        by: Who signs, by name and function.
        until: The last day, at most a year away.
        today: The day of signing.

    Returns:
        The waiver as it stands in its file.

    Raises:
        SafeguardError: JZ-551 this safeguard cannot be waived.
        DeclarationError: JZ-552 there is nothing to waive, JZ-553 a reason, a name or a date is missing or wrong.
    """
    day = today or datetime.datetime.now(tz=datetime.UTC).date()
    findings = [
        one for one in dossier.document["findings"] if one["safeguard"] == safeguard and one["state"] == "broken"
    ]
    if not findings:
        broken = sorted({one["safeguard"] for one in dossier.document["findings"] if one["state"] == "broken"})
        raise DeclarationError(
            "JZ-552", f"safeguard '{safeguard}' is not broken in this dossier", where=str(dossier.path),
            found=f"broken: {', '.join(broken) or 'none'}", fix="waive a broken safeguard, by the name in the dossier.",
        )  # fmt: skip
    if not all(one["waivable"] for one in findings):
        raise SafeguardError(
            "JZ-551", f"safeguard '{safeguard}' cannot be waived", where=str(dossier.path), found="waivable is false",
            fix="mend what it found: it protects children, or rests on a prohibition of the law.",
        )  # fmt: skip
    waiver = {
        "schema": SCHEMA, "case": dossier.document["case"], "dossier": dossier.digest, "safeguard": safeguard,
        "reason": reason.strip(), "by": by.strip(), "from": day.isoformat(), "until": _until(until, day).isoformat(),
    }  # fmt: skip
    if len(waiver["reason"]) < _SHORTEST_REASON or not waiver["by"]:
        raise _wrong("a waiver says why in a sentence, and who signs it", f"{len(waiver['reason'])} letters of reason")
    waiver["digest"] = digest_without(waiver, "digest")
    folder = dossier.path / FOLDER
    folder.mkdir(exist_ok=True)
    with write_beside(folder / f"{safeguard}.{waiver['digest'][:12]}.json") as beside:
        beside.write_bytes(encode(waiver))
    return waiver


def _until(text: str, today: datetime.date) -> datetime.date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise _wrong("a waiver ends on a date", text[:40])
    try:
        until = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise _wrong("a waiver ends on a date", text[:40]) from error
    if not today < until <= today + LONGEST:
        raise _wrong("a waiver ends after today and within a year", text)
    return until


def _wrong(sentence: str, found: str) -> DeclarationError:
    return DeclarationError(
        "JZ-553", sentence, where="jazari waive", found=found,
        fix='write --reason "why, in a sentence that may be read in public" --by "name, function" --until 2027-03-31.',
    )  # fmt: skip


def in_force(dossier: Dossier, today: datetime.date | None = None) -> list[dict[str, Any]]:
    """The waivers of this dossier that hold on a day, sorted by safeguard."""
    day = (today or datetime.datetime.now(tz=datetime.UTC).date()).isoformat()
    read = [waiver for _, waiver in _read(dossier) if waiver is not None]
    valid = [one for one in read if _is_whole(one, dossier) and one["from"] <= day <= one["until"]]
    return sorted(valid, key=lambda one: (one["safeguard"], one["until"]))


def effective_status(dossier: Dossier, today: datetime.date | None = None) -> str:
    """The status with the waivers in force: computed on reading, never written."""
    if dossier.status != "blocked":
        return dossier.status
    waived = {one["safeguard"] for one in in_force(dossier, today)}
    broken = {one["safeguard"] for one in dossier.document["findings"] if one["state"] == "broken"}
    fixed = {
        one["safeguard"] for one in dossier.document["findings"] if one["state"] == "broken" and not one["waivable"]
    }
    return "blocked" if (broken - waived) | fixed else "publishable"


def files(dossier: Dossier) -> list[str]:
    """The waivers beside a dossier, as names inside it, sorted.

    Raises:
        VerificationError: JZ-227, one is not a waiver of this dossier.
    """
    for sentence in wrong(dossier):
        raise VerificationError(
            "JZ-227", sentence, where=str(dossier.path), found="another digest",
            fix="remove the file: a waiver is made by `jazari waive` and never edited.",
        )  # fmt: skip
    return [f"{FOLDER}/{name}" for name, _ in _read(dossier)]


def wrong(dossier: Dossier) -> Iterator[str]:
    """What is wrong with the waivers beside a dossier, for `jazari verify`."""
    for name, waiver in _read(dossier):
        if waiver is None or not _is_whole(waiver, dossier):
            yield f"{FOLDER}/{name} is not a waiver of this dossier"


def _read(dossier: Dossier) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for path in sorted((dossier.path / FOLDER).glob("*")):
        try:
            content = path.read_bytes()
            document = json.loads(content)
            canonical = isinstance(document, dict) and encode(document) == content
        except (OSError, ValueError, RecursionError):
            canonical = False
        yield path.name, document if canonical else None


def _is_whole(waiver: dict[str, Any], dossier: Dossier) -> bool:
    words = ("safeguard", "reason", "by", "from", "until")
    return (
        all(isinstance(waiver.get(one), str) for one in words)
        and waiver.get("dossier") == dossier.digest
        and waiver.get("digest") == digest_without(waiver, "digest")
    )
