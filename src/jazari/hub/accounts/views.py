"""Signing in, the second factor, passwords, and what a person may do."""

from __future__ import annotations

import io
import logging
import time
from typing import Any

import segno
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from jazari.hub.accounts import tally, totp
from jazari.hub.accounts.forms import Address, Code, Login, Password
from jazari.hub.accounts.middleware import factor_given
from jazari.hub.accounts.models import User
from jazari.hub.accounts.rules import may_prove, may_see_account, may_sign_in
from jazari.hub.pages.forms import Form, refuse
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page
from jazari.hub.pages.refusal import refuse as refusal

_LOG = logging.getLogger("jazari.hub")
_ENROL = "enrolling"


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if inside else reverse("accounts:account", args=[request.language])


@page("accounts/login.html", rule=may_sign_in, posts=True)
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> Page | HttpResponse:
    """Name and password; the same answer whether the name or the password is wrong."""
    form = Login(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"].casefold()
        if not tally.LOGIN_ADDRESS.take(request.client) or not tally.LOGIN_ACCOUNT.take(name):
            _LOG.warning("too many tries to sign in", extra={"kind": "lockout", "request": request.number})
            return refusal(request, 429)
        user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        if user is not None:
            tally.LOGIN_ACCOUNT.forget(name)
            tally.LOGIN_ADDRESS.give_back(request.client)  # an office signs in from one address
            login(request, user)
            request.session["since"] = request.session["seen"] = time.time()
            request.session["next"] = _next(request)
            return redirect("accounts:prove", request.language)
        refuse(form, sentence("The name or the password is wrong"))
    return Page({}, {"form": form, "next": request.GET.get("next", "")}, 422 if form.errors else 200)


@page(rule=may_prove)
def prove(request: HttpRequest) -> HttpResponse:
    """Where who gave a good password goes next: the second factor, a password of their own, or on."""
    user = request.user
    if may_see_account(user, None):
        return redirect(request.session.pop("next", "") or reverse("accounts:account", args=[request.language]))
    if factor_given(request):
        return redirect("accounts:password", request.language)
    return redirect("accounts:code" if user.totp_secret else "accounts:enrol", request.language)


@page("accounts/code.html", rule=may_prove, posts=True)
def give_code(request: HttpRequest) -> Page | HttpResponse:
    """The second factor."""
    if not request.user.totp_secret:
        return redirect("accounts:enrol", request.language)
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not tally.CODE.take(str(request.user.pk)):
            logout(request)
            return refusal(request, 429)
        if _accept(request, request.user.totp_secret, form):
            return redirect("accounts:prove", request.language)
    return Page({}, {"form": form}, 422 if form.errors else 200)


def _accept(request: HttpRequest, secret: str, form: Code) -> bool:
    """Take a code once; a race of two posts of the same code lets one of them through."""
    user = request.user
    step = totp.step_of(secret, form.cleaned_data["code"], user.totp_last)
    won = step is not None and User.objects.filter(pk=user.pk, totp_last__lt=step).update(totp_last=step)
    if not won:
        refuse(form, sentence("This code is wrong or was used already"), "code")
        return False
    tally.CODE.forget(str(user.pk))
    request.session.cycle_key()
    request.session["factor"] = user.pk
    return True


@page("accounts/enrol.html", rule=may_prove, posts=True)
def enrol(request: HttpRequest) -> Page | HttpResponse:
    """Set up the second factor: scan, then prove with a code. An account that has one is not set up again here."""
    if request.user.totp_secret:
        return redirect("accounts:code", request.language)
    secret = request.session.setdefault(_ENROL, totp.make_secret())
    form = Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not tally.CODE.take(str(request.user.pk)):
            return refusal(request, 429)
        if _accept(request, secret, form):
            User.objects.filter(pk=request.user.pk, totp_secret="").update(totp_secret=secret)  # nosec B106
            del request.session[_ENROL]
            return redirect("accounts:prove", request.language)
    drawing = io.BytesIO()
    segno.make(totp.address(secret, request.user.username), error="m").save(
        drawing, kind="svg", scale=5, xmldecl=False, svgns=True, omitsize=True, svgclass="qr", lineclass=None
    )
    more = {"form": form, "secret": secret, "drawing": drawing.getvalue().decode()}
    return Page({}, more, 422 if form.errors else 200)


@page("accounts/password.html", rule=may_prove, posts=True)
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> Page | HttpResponse:
    """A new password; other sessions of the account end."""
    if not factor_given(request):
        return redirect("accounts:prove", request.language)
    form: Form = Password(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not tally.LOGIN_ACCOUNT.take(request.user.username.casefold()):
            return refusal(request, 429)
        if _change(request.user, form):
            update_session_auth_hash(request, request.user)
            return redirect("accounts:account", request.language)
    return Page({}, {"form": form}, 422 if form.errors else 200)


def _change(user: Any, form: Form) -> bool:
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    if not user.check_password(old):
        refuse(form, sentence("The name or the password is wrong"), "old")
        return False
    try:
        validate_password(new, user)
    except ValidationError:
        refuse(form, sentence("This password is easy to guess: choose another"), "new")
        return False
    if old == new:
        refuse(form, sentence("Choose a password that differs from the old one"), "new")
        return False
    tally.LOGIN_ACCOUNT.forget(user.username.casefold())
    user.set_password(new)
    user.must_change = False
    user.save()
    return True


@page(rule=may_prove, posts=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; only by a form, so that no link of another site can do it."""
    if request.method == "POST":
        logout(request)
    return redirect("home", request.language)


@page("accounts/account.html", rule=may_see_account, posts=True)
def account(request: HttpRequest) -> Page | HttpResponse:
    """What a person may do here, by their appointments; and where they are reminded of what is due."""
    user = request.user
    form = Address(request.POST or None, initial={"email": user.email})
    if request.method == "POST" and form.is_valid():
        User.objects.filter(pk=user.pk).update(email=form.cleaned_data["email"], language=request.language)
        return redirect("accounts:account", request.language)
    appointed = user.appointed()
    mine = [
        {
            "role": one.role,
            "label": one.get_role_display(),
            "territory": one.territory,
            "system": one.system,
            "until": one.until.isoformat() if one.until else "",
        }
        for one in appointed
    ]
    data = {"name": str(user), "appointments": mine, "roles": sorted({one.role for one in appointed})}
    second = {"second_factor": bool(user.totp_secret)}
    return Page({**data, **second}, {"form": form}, 422 if form.errors else 200)
