"""People of the institutions, their appointments and tokens; and tallies of tries, keyed so that they name nobody."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from jazari.hub.accounts.roles import ROLES


class People(BaseUserManager):
    """How accounts are made."""

    def make(self, username: str, password: str, **facts: Any) -> User:
        """An account with a password."""
        user = self.model(username=username, **facts)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person of an institution. What they may do lies in their appointments alone."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=3, default="fr")
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    totp_secret = models.CharField(max_length=64, blank=True)
    totp_last = models.BigIntegerField(default=0)
    must_change = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    objects: ClassVar[People] = People()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name or self.username

    def appointed(self) -> list[Appointment]:
        """The appointments in force today, read once a request."""
        if not hasattr(self, "_appointed"):
            today = timezone.localdate()
            in_force = Q(until__isnull=True) | Q(until__gte=today)
            self._appointed = list(self.appointments.filter(in_force, since__lte=today))
        return self._appointed


class Appointment(models.Model):
    """A role of a person in a territory and for a system; empty means all of them."""

    user = models.ForeignKey(User, models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=20, choices=ROLES)
    territory = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=120, blank=True)
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "role", "territory", "system"], name="one_appointment_of_a_kind"),
        )

    def __str__(self) -> str:
        return f"{self.role} in {self.territory or 'every territory'} for {self.system or 'every system'}"

    def covers(self, territory: str, system: str) -> bool:
        """Whether the appointment reaches a territory (`MA-04`, and what lies under it) and a system."""
        inside = territory == self.territory or territory.startswith(f"{self.territory}:")
        return (not self.territory or inside) and self.system in ("", system)


class Token(models.Model):
    """A token with which a pole's machine acts for a person; only its fingerprint is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80)
    made_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def fingerprint(text: str) -> str:
        """The SHA-256 of a token; a token has 256 random bits, so that a plain digest is enough."""
        return hashlib.sha256(text.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, label: str, until: Any) -> str:
        """Make a token and give its text, which is shown once."""
        text = secrets.token_urlsafe(32)
        cls.objects.create(user=user, label=label, digest=cls.fingerprint(text), until=until)
        return text


class Tally(models.Model):
    """How often something was tried in a window of time. `key` is a keyed fingerprint: it names nobody."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M}"
