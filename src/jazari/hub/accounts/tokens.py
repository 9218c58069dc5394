"""Tokens of publishers: with one, a pole's machine sends packs in their name. Shown once, ended at any time."""

from __future__ import annotations

import datetime
import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from jazari.hub.accounts.forms import NewToken
from jazari.hub.accounts.models import Token
from jazari.hub.accounts.rules import may_hold_tokens
from jazari.hub.pages.forms import refuse
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page

_LOG = logging.getLogger("jazari.hub")
_MOST = 10


@page("accounts/tokens.html", rule=may_hold_tokens, posts=True)
def tokens(request: HttpRequest) -> Page:
    """The tokens in force, and the form that issues one."""
    form, issued = NewToken(request.POST or None), ""
    held = request.user.tokens.filter(until__gt=timezone.now()).order_by("-made_at")
    if request.method == "POST" and form.is_valid():
        if held.count() >= _MOST:
            refuse(form, sentence("Ten tokens are in force: end one first"))
        else:
            until = timezone.now() + datetime.timedelta(days=int(form.cleaned_data["days"]))
            issued = Token.issue(request.user, form.cleaned_data["label"], until)
            _LOG.info("token issued")
            form = NewToken()
    rows = [
        {
            "id": one.pk,
            "label": one.label,
            "made": one.made_at.isoformat(),
            "used": one.used_at.isoformat() if one.used_at else "",
            "until": one.until.isoformat(),
        }
        for one in held
    ]
    return Page({"tokens": rows}, {"form": form, "issued": issued}, 422 if form.errors else 200)


def _token(number: int) -> Token:
    return get_object_or_404(Token, pk=number)


@page(rule=may_hold_tokens, of=_token, posts=True)
def end(request: HttpRequest, token: Token) -> HttpResponse:
    """End a token now."""
    if request.method == "POST":
        token.delete()
        _LOG.info("token ended")
    return redirect("accounts:tokens", request.language)
