"""Forms of signing in and of appointments."""

from __future__ import annotations

import datetime

from django import forms
from django.apps import apps
from django.utils import timezone

from jazari.hub.accounts.roles import ROLES
from jazari.hub.pages.forms import Form, refuse
from jazari.hub.pages.language import sentence


class Login(Form):
    """Name and password."""

    username = forms.CharField(
        label=sentence("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "username", "dir": "ltr"})
    )
    password = forms.CharField(
        label=sentence("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "dir": "ltr"}),
    )


class Code(Form):
    """The six digits of the second factor."""

    code = forms.CharField(
        label=sentence("Six-digit code"),
        help_text=sentence("Your authenticator application shows it."),
        max_length=12,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "class": "short"}
        ),
    )


class Password(Form):
    """A new password."""

    old = forms.CharField(
        label=sentence("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "dir": "ltr"}),
    )
    new = forms.CharField(
        label=sentence("New password"),
        help_text=sentence("At least 12 characters. Several words that nobody would guess together are best."),
        max_length=200,
        min_length=12,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "dir": "ltr"}),
    )


class Appoint(Form):
    """An appointment: who, what, where, for which system, until when."""

    username = forms.CharField(label=sentence("User name"), max_length=150, widget=forms.TextInput({"dir": "ltr"}))
    name = forms.CharField(label=sentence("Name and function"), max_length=200)
    role = forms.ChoiceField(label=sentence("Role"), choices=ROLES)
    territory = forms.RegexField(
        r"^(MA-(0[1-9]|1[0-2])(:[\w .-]{1,30})?)?$",
        label=sentence("Territory"),
        help_text=sentence("The code of a region, MA-01 to MA-12. Leave empty for the whole country."),
        required=False,
        widget=forms.TextInput({"dir": "ltr", "class": "short"}),
    )
    system = forms.CharField(
        label=sentence("System"),
        help_text=sentence("The address of the system in the register. Leave empty for all systems."),
        required=False,
        max_length=120,
        widget=forms.TextInput({"dir": "ltr"}),
    )
    until = forms.DateField(
        label=sentence("Until"),
        help_text=sentence("Year-month-day, for example 2027-08-31. Leave empty if there is no end."),
        required=False,
        widget=forms.TextInput({"dir": "ltr", "class": "short"}),
    )

    def clean_until(self) -> datetime.date | None:
        """An appointment ends in the future."""
        until: datetime.date | None = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            refuse(self, sentence("This day is past"), "until")
        return until

    def clean_system(self) -> str:
        """A system is one of the register."""
        system: str = self.cleaned_data["system"]
        if system and not apps.get_model("register", "System").objects.filter(slug=system).exists():
            refuse(self, sentence("The register has no system at this address"), "system")
        return system


class Address(Form):
    """Where somebody of the staff is reminded of what is due."""

    email = forms.EmailField(
        label=sentence("E-mail for reminders"),
        help_text=sentence("Only a number, its last day and the page’s address are sent. Leave it empty for none."),
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "dir": "ltr"}),
    )


class NewToken(Form):
    """A token: for which machine, for how long."""

    label = forms.CharField(
        label=sentence("Machine"),
        help_text=sentence("What you will know it by, for example: server of the pole."),
        max_length=80,
    )
    days = forms.ChoiceField(
        label=sentence("In force for"),
        choices=(("30", sentence("30 days")), ("90", sentence("90 days")), ("365", sentence("A year"))),
        initial="90",
        widget=forms.RadioSelect,
    )
