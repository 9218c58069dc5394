"""Doors: a number that stands on paper opens to the secret printed beside it; no account, nothing in an address.

A secret has 80 random bits; only a keyed fingerprint of it is kept, compared in constant time. Five tries a number and
thirty wrong ones an address in a quarter of an hour. Who opened a number keeps it open for half an hour, in this
browser alone.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

from django import forms
from django.conf import settings
from django.http import HttpRequest

from jazari.hub.accounts.tally import Limit
from jazari.hub.decisions.numbers import alike, grouped
from jazari.hub.pages.forms import Form
from jazari.hub.pages.language import sentence

NUMBER = Limit("secret of a number", 5, 15)
ADDRESS = Limit("secrets from an address", 30, 15)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LONG = 16
_OPEN_FOR = 30 * 60
_OPEN = "open"


class Secret(Form):
    """The secret, as it is typed from paper."""

    secret = forms.CharField(
        label=sentence("Secret printed on the notice"),
        help_text=sentence("Sixteen letters and digits. Capitals, hyphens and spaces do not matter."),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr", "class": "short"}),
    )


def new_secret() -> str:
    """A secret as it is printed: four groups of four letters that are hard to mistype."""
    return grouped("".join(secrets.choice(_LETTERS) for _ in range(_LONG)))


def secret_of(form: str) -> str:
    """The secret of what a form filed: the same each time, drawn from the form's random name under the hub's secret."""
    drawn = hmac.new(settings.SECRET_KEY.encode(), f"form\0{form}".encode(), hashlib.sha256).digest()
    return grouped("".join(_LETTERS[one & 31] for one in drawn[:_LONG]))


def new_number(kind: str) -> str:
    """A number that follows an objection: its kind and twelve random letters."""
    return f"{kind}-{grouped(''.join(secrets.choice(_LETTERS) for _ in range(12)))}"


def fingerprint(number: str, secret: str) -> str:
    """What is kept of a secret: a MAC under the hub's own secret, bound to the number."""
    plain = alike(secret)
    return hmac.new(settings.SECRET_KEY.encode(), f"door\0{number}\0{plain}".encode(), hashlib.sha256).hexdigest()


def may_try(request: HttpRequest, number: str) -> bool:
    """Count a try of this number and of this address; False once there were too many."""
    return ADDRESS.take(request.client) and NUMBER.take(number)


def opens(request: HttpRequest, number: str, kept: str, typed: str) -> bool:
    """Whether what was typed is the secret; opens the number in this browser if so. Unknown numbers take as long."""
    given = fingerprint(number, typed)
    if not hmac.compare_digest(given, kept or fingerprint(number, new_secret())):
        return False
    NUMBER.forget(number)
    ADDRESS.give_back(request.client)  # a school or a mobile network opens many from one address
    request.session.cycle_key()
    let_in(request, number, kept)
    return True


def let_in(request: HttpRequest, number: str, kept: str) -> None:
    """Open a number in this browser, to the secret of which this fingerprint is kept."""
    opened = {one: mark for one, mark in request.session.get(_OPEN, {}).items() if mark[0] > time.time()}
    request.session[_OPEN] = opened | {number: [time.time() + _OPEN_FOR, kept]}


def is_open(request: HttpRequest, number: str, kept: str) -> bool:
    """Whether this browser opened the number within the half hour, to the secret that is good now."""
    until, to = request.session.get(_OPEN, {}).get(number, (0, ""))
    return bool(until > time.time() and hmac.compare_digest(to, kept))


def close(request: HttpRequest, number: str) -> None:
    """Close a number in this browser."""
    request.session[_OPEN] = {one: mark for one, mark in request.session.get(_OPEN, {}).items() if one != number}
