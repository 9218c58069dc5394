"""Channels: how a message leaves. `JAZARI_HUB_OUTBOX` names one a kind: `file`, `smtp://...`, `sms+https://...`.

A gateway's answer is what delivery states come from: SMTP says sent; an SMS gateway that answers JSON with
`{"state": "delivered"}` says delivered, any other good answer says sent.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from jazari.core.errors import PortalError
from jazari.hub.decisions.models import Message

_PATIENCE = 20


class Channel(Protocol):
    """A way out."""

    def send(self, message: Message) -> str:
        """Send a message; the delivery state it reached. Raises OSError where it could not."""


@dataclass(frozen=True)
class Folder:
    """Writes each message as a file that an office prints or another system fetches.

    Attributes:
        path: The folder, mode 0700.
    """

    path: Path

    def send(self, message: Message) -> str:
        """Write the message beside and rename it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {
            "channel": message.channel,
            "kind": message.kind,
            "about": message.about,
            "to": message.address,
            "language": message.language,
            "subject": message.subject,
            "body": message.body,
        }
        final = self.path / f"{message.pk:08d}.json"
        beside = final.with_suffix(".part")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(final)
        return "sent"


@dataclass(frozen=True)
class Mail:
    """Sends by SMTP, over TLS.

    Attributes:
        host: The server.
        port: 465 speaks TLS from the start, any other by STARTTLS.
        user: The account, or nothing.
        password: Its password.
        sender: The address that messages come from.
    """

    host: str
    port: int
    user: str
    password: str
    sender: str

    def send(self, message: Message) -> str:
        """Send a message as plain text."""
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self.sender, message.address, message.subject
        letter["Content-Language"] = message.language
        letter.set_content(message.body)
        context = ssl.create_default_context()
        if self.port == smtplib.SMTP_SSL_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)
        with server:
            if self.port != smtplib.SMTP_SSL_PORT:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)
        return "sent"


@dataclass(frozen=True)
class Gateway:
    """Sends short messages through an HTTPS gateway: POST `{to, text}` with a bearer token.

    Attributes:
        url: The gateway's address.
        token: What it knows the hub by.
    """

    url: str
    token: str

    def send(self, message: Message) -> str:
        """Send a message and read the state that the gateway answers."""
        body = json.dumps({"to": message.address, "text": message.body}).encode()
        request = urllib.request.Request(  # noqa: S310  the scheme is https, by `channels`
            self.url, body, {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310  # nosec B310  as above
            said = answer.read(10_000)
        try:
            return "delivered" if json.loads(said).get("state") == "delivered" else "sent"
        except (ValueError, AttributeError):
            return "sent"


def channels(said: str, data: Path) -> Mapping[str, Channel]:
    """The channels that the profile names, by kind: `paper`, `mail`, `sms`. What is not named goes to the folder.

    Raises:
        PortalError: JZ-821.
    """
    folder = Folder(data / "outbox")
    found: dict[str, Channel] = {"paper": folder, "mail": folder, "sms": folder}
    for one in said.split():
        parts = urlsplit(one)
        if one == "file":
            continue
        if parts.scheme == "smtp" and parts.hostname:
            sender = unquote(parts.path.strip("/")) or f"no-reply@{parts.hostname}"
            found["mail"] = Mail(
                parts.hostname, parts.port or 587, unquote(parts.username or ""), unquote(parts.password or ""), sender
            )
        elif parts.scheme == "sms+https" and parts.hostname:
            port = f":{parts.port}" if parts.port else ""
            query = f"?{parts.query}" if parts.query else ""
            address = f"https://{parts.hostname}{port}{parts.path}{query}"
            found["sms"] = Gateway(address, unquote(parts.password or parts.username or ""))
        else:
            raise PortalError(
                "JZ-821",
                "the hub does not know this way out for messages",
                where="JAZARI_HUB_OUTBOX",
                found=parts.scheme or "no scheme",
                fix="write file, smtp://user:password@host:port/sender@example.ma or sms+https://:token@host/path; "
                "several with a blank between them.",
            )
    return found
