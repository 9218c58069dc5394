"""Limits of tries: counted in the store, so that they hold over all the hub's processes."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jazari.hub.accounts.models import Tally


@dataclass(frozen=True)
class Limit:
    """So many tries of something in so many minutes.

    Attributes:
        what: The thing tried; part of the key.
        tries: How many are let through in a window.
        minutes: The length of the window, from the first try.
    """

    what: str
    tries: int
    minutes: int

    def _key(self, who: str) -> str:
        return hmac.new(settings.SECRET_KEY.encode(), f"{self.what}\0{who}".encode(), hashlib.sha256).hexdigest()

    def take(self, who: str) -> bool:
        """Count one try of somebody (an address, an account); False once there were too many."""
        now = timezone.now()
        with transaction.atomic():
            tally, made = Tally.objects.select_for_update().get_or_create(
                key=self._key(who), defaults={"count": 1, "until": self._end(now)}
            )
            if made:
                return True
            if tally.until <= now:
                tally.count, tally.until = 0, self._end(now)
            tally.count += 1
            tally.save()
            return tally.count <= self.tries

    def is_spent(self, who: str) -> bool:
        """Whether the tries are used up, without counting one."""
        return Tally.objects.filter(key=self._key(who), until__gt=timezone.now(), count__gte=self.tries).exists()

    def give_back(self, who: str) -> None:
        """Take one try off the count: it was good, and others share the address."""
        Tally.objects.filter(key=self._key(who), count__gt=0).update(count=F("count") - 1)

    def forget(self, who: str) -> None:
        """Begin again: the try was good."""
        Tally.objects.filter(key=self._key(who)).delete()

    def _end(self, now: datetime.datetime) -> datetime.datetime:
        return now + datetime.timedelta(minutes=self.minutes)


LOGIN_ACCOUNT = Limit("login of an account", 5, 15)
LOGIN_ADDRESS = Limit("login from an address", 30, 15)
CODE = Limit("second factor", 5, 15)
FEEDBACK = Limit("feedback from an address", 5, 60)
UPLOAD = Limit("packs of an account", 30, 60)
TOKEN = Limit("tokens from an address", 30, 15)
SEARCH = Limit("API calls from an address", 600, 10)


def sweep() -> int:
    """Delete the windows that are over; the number deleted."""
    return int(Tally.objects.filter(until__lt=timezone.now()).delete()[0])
