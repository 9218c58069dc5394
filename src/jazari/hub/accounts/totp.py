"""The second factor: time-based one-time passwords (RFC 6238 over RFC 4226), six digits, thirty seconds, SHA-1.

These are the parameters that every authenticator application reads. A code is accepted one step early or late, once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
import time
from urllib.parse import quote, urlencode

STEP = 30
DIGITS = 6


def make_secret() -> str:
    """A fresh secret of 160 bits, in base 32 (RFC 4226, section 4)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of a step (RFC 4226, section 5.3)."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: str, typed: str, last: int, now: float | None = None) -> int | None:
    """The step that a typed code belongs to, or None where it is wrong, too old or used already.

    Args:
        secret: The person's secret.
        typed: What was typed; blanks are allowed.
        last: The last step that was accepted; it and earlier ones no longer are.
        now: Seconds since 1970.
    """
    current = int(time.time() if now is None else now) // STEP
    digits = typed.replace(" ", "").encode()
    good = [
        step for step in (current - 1, current, current + 1) if hmac.compare_digest(code(secret, step).encode(), digits)
    ]
    return next((step for step in good if step > last), None)


def address(secret: str, username: str) -> str:
    """What the QR code says to the authenticator application."""
    label = quote(f"Jazari:{username}")
    return (
        f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Jazari', 'digits': DIGITS, 'period': STEP})}"
    )
