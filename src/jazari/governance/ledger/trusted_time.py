"""Trusted time: RFC 3161 tokens of somebody else's clock on checkpoints.

A checkpoint covers every entry before it, so one token dates a whole batch: ask for one every hour, not every entry.
What travels to the authority is the SHA-256 of the signed checkpoint and a nonce, nothing else. Checkpoint and token
lie side by side under `DIR/time`, outside `DIR/log`, which holds only canonical encodings:

    DIR/time/000000000042-20261122T014500Z-1f0c....checkpoint   the signed note as it was published
    DIR/time/000000000042-20261122T014500Z-1f0c....tsr          the response of the authority (RFC 3161, DER)

so that `openssl ts -verify -data X.checkpoint -in X.tsr -CAfile roots.pem` checks them with a tool that is not ours.
"""

from __future__ import annotations

import datetime
import itertools
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jazari.core.errors import InstallationError, LedgerError, VerificationError
from jazari.governance.ledger import failures
from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.notes import Checkpoint, Malformed

FOLDER = "time"
_QUERY = "application/timestamp-query"
_MOST_BYTES = 1 << 18  # a response with its certificates takes a few kilobytes
_ONE_SECOND = datetime.timedelta(seconds=1)


@dataclass(frozen=True)
class Authority:
    """Whose clock is trusted.

    Attributes:
        url: Where it answers time-stamp queries over HTTP (RFC 3161, section 3.4).
        certificates: A PEM file: the roots that are trusted, and intermediates where the authority does not send them.
        timeout: Seconds to wait.
    """

    url: str
    certificates: Path
    timeout: float = 20.0


class Stamp(NamedTuple):
    """A checkpoint that a token dates.

    Attributes:
        size: Entries in the tree of that checkpoint: all of them existed then.
        when: The authority's time, UTC.
        digest: The SHA-256 of the signed checkpoint, in hexadecimal.
        root: The root hash of that checkpoint.
    """

    size: int
    when: datetime.datetime
    digest: str
    root: bytes = b""


def stamp(folder: Path, checkpoint: bytes, authority: Authority) -> Stamp:
    """Have a checkpoint dated, verify the token, and keep both beside the log.

    Args:
        folder: The ledger's folder.
        checkpoint: The signed note, as it lies in `DIR/log/checkpoint`.
        authority: Whose clock is trusted.

    Raises:
        InstallationError: JZ-670, the extra `time` is not installed.
        LedgerError: JZ-671 the authority does not answer, JZ-672 it refuses, JZ-677 its address or certificates;
            JZ-603, JZ-604 the disk.
        VerificationError: JZ-673, the token is not one for this checkpoint under these certificates; JZ-620, the
            checkpoint is not one.
    """
    client = _client()
    head = _parsed(checkpoint)
    query = client.TimestampRequestBuilder().data(checkpoint).hash_algorithm(client.HashAlgorithm.SHA256).build()
    response = _ask(authority, query.as_bytes())
    when = _verified(response, checkpoint, authority, nonce=query.nonce)
    one = Stamp(head.size, when, sha256(checkpoint).hexdigest(), head.root)
    with failures.disk(str(folder)):
        files, name = Disk(folder), f"{FOLDER}/{_name(one)}"
        files.make_folder(FOLDER)
        aside = f"{FOLDER}/aside-{os.getpid()}"
        replace(files, f"{name}.checkpoint", checkpoint, aside)
        replace(files, f"{name}.tsr", response, aside)  # last: a token without its checkpoint never stands here
    return one


def verify(folder: Path, authority: Authority) -> list[Stamp]:
    """Verify every token under `DIR/time` and give the stamps, the oldest first.

    A checkpoint without a token was never dated and is left out.

    Raises:
        VerificationError: JZ-673 a token does not date its checkpoint; JZ-674 a token dates a longer log earlier than a
            shorter one, or a checkpoint is missing.
        InstallationError: JZ-670. LedgerError: JZ-677; JZ-603, JZ-604 the disk.
    """
    stamps = [_read(token, authority) for token in _tokens(folder)]
    for before, after in itertools.pairwise(stamps):
        if after.size > before.size and after.when < before.when - _ONE_SECOND:  # tokens count whole seconds
            raise failures.differs(
                "JZ-674", "a longer log is dated before a shorter one", where=FOLDER,
                found=f"{after.size} entries at {after.when.isoformat()}, {before.size} at {before.when.isoformat()}",
            )  # fmt: skip
    return stamps


def latest(folder: Path, authority: Authority) -> Stamp | None:
    """The stamp on the longest log, verified; None before the first.

    Raises:
        VerificationError, InstallationError, LedgerError: As `verify`.
    """
    tokens = _tokens(folder)
    return _read(tokens[-1], authority) if tokens else None


def is_due(last: Stamp | None, size: int, now: datetime.datetime, within: datetime.timedelta | None) -> bool:
    """Whether a token is wanted: there are entries that none covers, or half of the time allowed without one is over.

    Args:
        last: The last verified stamp, or None.
        size: Entries in the log.
        now: This machine's time.
        within: How long decisions may go on without a token; None where nothing is refused.
    """
    if last is None:
        return size > 0 or within is not None
    return size > last.size or (within is not None and now - last.when >= within / 2)


def refuse_without_token(
    last: datetime.datetime | None, started: datetime.datetime, now: datetime.datetime, within: datetime.timedelta
) -> None:
    """The policy that refuses new decisions after a set time without a token; reads no clock and no file.

    Args:
        last: The time of the last verified token, or None.
        started: When the ledger was made, from which a first token is awaited.
        now: This machine's time.
        within: How long decisions may go on without a token.

    Raises:
        LedgerError: JZ-675 the time is over; JZ-676 this machine's clock lies before the last token.
    """
    if last is not None and last > now + _ONE_SECOND:
        raise LedgerError(
            "JZ-676", "this machine's clock is behind trusted time", where="trusted time",
            found=f"{(last - now).total_seconds():.0f} seconds behind the last token",
            fix="set the clock of this machine (NTP); no decision is taken on a day that may be wrong.",
        )  # fmt: skip
    waited = now - (last or started)
    if waited > within:
        raise LedgerError(
            "JZ-675", "no new decision without trusted time", where="trusted time",
            found=f"{_hours(waited)} hours without a token, {_hours(within)} allowed",
            fix="get a token for the checkpoint, or have the authority's address and certificates checked.",
        )  # fmt: skip


def _hours(span: datetime.timedelta) -> str:
    return f"{span / datetime.timedelta(hours=1):.1f}"


def _tokens(folder: Path) -> list[Path]:
    with failures.disk(str(folder)):
        place = folder / FOLDER
        return sorted(place.glob("*.tsr")) if place.is_dir() else []


def _read(token: Path, authority: Authority) -> Stamp:
    """One stamp from its two files, verified."""
    note = token.with_suffix(".checkpoint")
    if not note.is_file():
        raise failures.differs("JZ-674", "a token has no checkpoint", where=note.name, found="nothing")
    with failures.disk(str(token)):
        checkpoint, response = note.read_bytes(), token.read_bytes()
    head, when = _parsed(checkpoint), _verified(response, checkpoint, authority)
    one = Stamp(head.size, when, sha256(checkpoint).hexdigest(), head.root)
    if token.stem != _name(one):
        raise failures.differs(
            "JZ-674", "a token is not called after its checkpoint", where=token.name, found=one.digest
        )
    return one


def _name(one: Stamp) -> str:
    """So that names sort as logs grew, and a later token on the same checkpoint stands beside the earlier."""
    return f"{one.size:012}-{one.when:%Y%m%dT%H%M%SZ}-{one.digest[:16]}"


def _verified(response: bytes, checkpoint: bytes, authority: Authority, nonce: int | None = None) -> datetime.datetime:
    """The time of a token that really dates this checkpoint.

    Raises:
        LedgerError: JZ-672. VerificationError: JZ-673.
    """
    client = _client()
    roots, others = _certificates(authority.certificates)
    builder = client.VerifierBuilder(roots=roots, intermediates=others, nonce=nonce)
    try:
        answer = client.decode_timestamp_response(response)
        granted = answer.status == client.PKIStatus.GRANTED
    except ValueError:
        granted, answer = False, None
    if not granted:
        raise LedgerError(
            "JZ-672", "the time authority gave no token", where=_host(authority.url),
            found="no RFC 3161 response" if answer is None else f"status {answer.status}",
            fix="check the address with the authority; ask for SHA-256 and a certificate in the token.",
        )  # fmt: skip
    try:
        builder.build().verify_message(answer, checkpoint)
        when: datetime.datetime = answer.tst_info.gen_time
    except (client.VerificationError, ValueError) as wrong:
        raise VerificationError(
            "JZ-673", "the token does not date this checkpoint", where=_host(authority.url), found=str(wrong)[:120],
            fix="check that the certificates are the authority's, and that nobody changed checkpoint or token.",
        ) from wrong  # fmt: skip
    return when


def _ask(authority: Authority, query: bytes) -> bytes:
    """Post a query; the response as it came.

    Raises:
        LedgerError: JZ-671, JZ-677.
    """
    _refuse_address(authority.url)
    request = urllib.request.Request(authority.url, query, {"Content-Type": _QUERY}, method="POST")  # noqa: S310  the scheme was checked
    try:
        with urllib.request.urlopen(request, timeout=authority.timeout) as answer:  # noqa: S310  as above
            body: bytes = answer.read(_MOST_BYTES)
    except (urllib.error.URLError, OSError, ValueError) as failure:
        reason = _reason(failure)
        raise LedgerError(
            "JZ-671", "the time authority does not answer", where=_host(authority.url), found=reason,
            fix="check the network and the address; entries stay in the log and the next token covers them.",
        ) from failure  # fmt: skip
    return body


def _refuse_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise LedgerError(
            "JZ-677", "this is no address of a time authority", where="trusted time", found=parts.scheme or "no scheme",
            fix="write http:// or https:// and the address that the authority gives for RFC 3161.",
        )  # fmt: skip


def check(authority: Authority) -> bytes:
    """The certificates of an authority as they stand in their file, after a look at them and at its address.

    Raises:
        LedgerError: JZ-677.
    """
    _refuse_address(authority.url)
    _certificates(authority.certificates)
    return authority.certificates.read_bytes().rstrip() + b"\n"


def _reason(failure: Exception) -> str:
    """The status of an HTTP answer, or the kind of failure; never the address's query or anything that was sent."""
    if isinstance(failure, urllib.error.HTTPError):
        failure.close()
        return f"HTTP {failure.code}"
    return type(getattr(failure, "reason", failure)).__name__


def _certificates(path: Path) -> tuple[list[Any], list[Any]]:
    """The roots of a PEM file (issued by themselves), and the others.

    Raises:
        LedgerError: JZ-677.
    """
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as wrong:
        raise LedgerError(
            "JZ-677", "the certificates of the time authority cannot be read", where=str(path),
            found=type(wrong).__name__, fix="give a PEM file with the authority's root certificate.",
        ) from wrong  # fmt: skip
    roots = [one for one in found if one.issuer == one.subject]
    if not roots:
        raise LedgerError(
            "JZ-677", "no root certificate of the time authority", where=str(path), found=f"{len(found)} certificates",
            fix="add the root certificate, the one that is issued by itself, to the PEM file.",
        )  # fmt: skip
    return roots, [one for one in found if one.issuer != one.subject]


def size(checkpoint: bytes) -> int:
    """The entries that a checkpoint covers.

    Raises:
        VerificationError: JZ-620, it is none.
    """
    return _parsed(checkpoint).size


def _parsed(checkpoint: bytes) -> Checkpoint:
    try:
        return Checkpoint.parse(checkpoint)
    except Malformed as wrong:
        raise failures.differs("JZ-620", "the checkpoint is not one", where=FOLDER, found=str(wrong)) from None


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the time authority"


def _client() -> Any:
    """The RFC 3161 library, loaded where it is used.

    Raises:
        InstallationError: JZ-670.
    """
    try:
        import rfc3161_client
    except ModuleNotFoundError as missing:
        raise InstallationError(
            "JZ-670", "trusted time needs the extra 'time'", where="trusted time", found="rfc3161-client is missing",
            fix="pip install 'jazari[time]'.",
        ) from missing  # fmt: skip
    return rfc3161_client
