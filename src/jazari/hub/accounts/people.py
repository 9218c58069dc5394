"""The administrator's page: people, their appointments, and how one begins and ends."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from jazari.hub.accounts.forms import Appoint
from jazari.hub.accounts.models import Appointment, User
from jazari.hub.accounts.roles import ADMINISTRATOR
from jazari.hub.accounts.rules import may_appoint, may_reset
from jazari.hub.pages.forms import refuse
from jazari.hub.pages.language import sentence
from jazari.hub.pages.page import Page, page

_LOG = logging.getLogger("jazari.hub")


@page("accounts/people.html", rule=may_appoint, posts=True)
def people(request: HttpRequest) -> Page:
    """Who is appointed to what; and the form that appoints. A new account's first password is shown once."""
    form = Appoint(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["username"].casefold() == request.user.username.casefold():
            refuse(form, sentence("Nobody appoints themselves"), "username")
        elif _ends_last(form.cleaned_data):
            refuse(form, sentence("Somebody has to stay who can appoint people"), "until")
        else:
            made = _appoint(request.user, form.cleaned_data)
            form = Appoint()
    rows = [_row(user) for user in User.objects.prefetch_related("appointments").order_by("username")[:500]]
    return Page({"people": rows}, {"form": form, "made": made}, 422 if form.errors else 200)


def _row(user: User) -> dict[str, Any]:
    held = [
        {
            "id": one.pk,
            "label": one.get_role_display(),
            "territory": one.territory,
            "system": one.system,
            "until": one.until.isoformat() if one.until else "",
        }
        for one in user.appointments.all()
    ]
    return {
        "id": user.pk,
        "username": user.username,
        "name": user.name,
        "second_factor": bool(user.totp_secret),
        "appointments": held,
    }


def _ends_last(said: dict[str, Any]) -> bool:
    """Whether an appointment without an end, the last of its kind, would be given one."""
    same = {name: said[name] for name in ("role", "territory", "system")}
    known = Appointment.objects.filter(user__username__iexact=said["username"], until=None, **same).first()
    with transaction.atomic():
        return bool(said["until"] and known and _is_last(known))


@transaction.atomic
def _appoint(by: User, said: dict[str, Any]) -> dict[str, str]:
    user = User.objects.filter(username__iexact=said["username"]).first()
    password = ""  # nosec B105  none is shown for an account that exists
    if user is None:
        password = secrets.token_urlsafe(12)
        user = User.objects.make(said["username"], password, name=said["name"], must_change=True)
    Appointment.objects.update_or_create(
        user=user,
        role=said["role"],
        territory=said["territory"],
        system=said["system"],
        defaults={"until": said["until"], "by": by, "since": timezone.localdate()},
    )
    _LOG.info("appointed", extra={"kind": said["role"]})
    return {"username": user.username, "password": password}


def _user(number: int) -> User:
    return get_object_or_404(User, pk=number, is_active=True)


@page("accounts/reset.html", rule=may_reset, of=_user, posts=True)
def reset(request: HttpRequest, user: User) -> Page:
    """The way back of who lost the second factor or the password, after the administrator made sure who they are."""
    password = begin_again(user) if request.method == "POST" else ""
    return Page({"id": user.pk, "username": user.username, "name": user.name}, {"password": password})


@transaction.atomic
def begin_again(user: User) -> str:
    """A new first password; the second factor, the sessions and the tokens of before are over."""
    password = secrets.token_urlsafe(12)
    user.set_password(password)  # ends every session: they are signed over the password
    user.totp_secret, user.totp_last, user.must_change = "", 0, True
    user.save(update_fields=["password", "totp_secret", "totp_last", "must_change"])
    user.tokens.all().delete()
    _LOG.warning("an account begins again", extra={"kind": "reset"})
    return password


def _appointment(number: int) -> Appointment:
    return get_object_or_404(Appointment, pk=number)


def _is_last(appointment: Appointment) -> bool:
    """Whether nobody else could appoint people for good: an administrator without an end who has signed in before."""
    if appointment.role != ADMINISTRATOR:
        return False
    all_of_them = Appointment.objects.select_for_update(of=("self",)).filter(
        role=ADMINISTRATOR, territory="", system=""
    )
    held = list(all_of_them.select_related("user").order_by("pk"))  # held, so that two do not end each other
    others = [one for one in held if one.pk != appointment.pk and one.until is None and one.user.is_active]
    return not any(one.user.last_login and one.since <= timezone.localdate() for one in others)


@page(rule=may_appoint, of=_appointment, posts=True)
def end(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """End an appointment today. The last administrator stays."""
    with transaction.atomic():
        if request.method == "POST" and not _is_last(appointment):
            appointment.delete()
            _LOG.info("appointment ended", extra={"kind": appointment.role})
    return redirect("accounts:people", request.language)
