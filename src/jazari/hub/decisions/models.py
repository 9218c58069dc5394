"""Cases that wait for an officer, decisions, their notices, who looked, and messages on their way out.

A decision is found by its number; it opens to the secret printed on the notice, of which only a keyed fingerprint is
kept. What a message says is rendered when it leaves, from the decision, so that no copy stays in the outbox.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jazari.hub.pages.language import sentence

CASE_STATES = (
    ("waits", sentence("Waits")),
    ("claimed", sentence("Claimed")),
    ("decided", sentence("Decided")),
    ("expired", sentence("Expired")),
)
ACTIONS = (
    ("followed", sentence("Followed the system")),
    ("modified", sentence("Modified what the system proposed")),
    ("overrode", sentence("Departed from the system")),
)
DELIVERY = (
    ("queued", sentence("Queued")),
    ("sent", sentence("Sent")),
    ("delivered", sentence("Delivered")),
    ("failed", sentence("Failed")),
    ("given", sentence("Given by hand")),
)


class Case(models.Model):
    """One row of a list that an officer works; private, opened for the declared purpose only."""

    version = models.ForeignKey("register.Version", models.PROTECT, related_name="cases")
    subject = models.CharField(max_length=64)
    site = models.CharField(max_length=80, blank=True)
    territory = models.CharField(max_length=80, blank=True, db_index=True)
    place = models.PositiveIntegerField()
    factors = models.JSONField(default=list)
    spoken = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=CASE_STATES, default="waits", db_index=True)
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "subject"], name="one_case_a_subject"),)

    def __str__(self) -> str:
        return f"case {self.pk}"


class Decision(models.Model):
    """What a named person decided, sealed in the ledger."""

    number = models.CharField(max_length=40, unique=True)
    system = models.ForeignKey("register.System", models.PROTECT, related_name="decisions")
    version = models.ForeignKey("register.Version", models.PROTECT, related_name="decisions")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="decisions")
    corrects = models.CharField(max_length=40, blank=True, db_index=True)
    subject = models.CharField(max_length=64, db_index=True)
    territory = models.CharField(max_length=80, blank=True, db_index=True)
    action = models.CharField(max_length=10, choices=ACTIONS)
    outcome = models.CharField(max_length=40)
    reasons = models.TextField()
    factors = models.JSONField(default=list)
    face_to_face = models.PositiveSmallIntegerField(default=0)
    legal_basis = models.JSONField(default=list)
    routes = models.JSONField(default=list)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(db_index=True)
    receipt = models.BinaryField(null=True)
    secret = models.CharField(max_length=64)
    secret_at = models.DateTimeField()
    last_day = models.DateField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.number


class Notice(models.Model):
    """A notice of a decision in a language."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="notices")
    language = models.CharField(max_length=3)
    made_at = models.DateTimeField(auto_now_add=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.decision_id} in {self.language}"


class View(models.Model):
    """An opening of a list or of a case: who, for which purpose, when. Also a ledger event."""

    version = models.ForeignKey("register.Version", models.PROTECT, related_name="views")
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="views")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"view {self.pk}"


class Message(models.Model):
    """A message on its way out: what it is about, by which channel, and how far it came."""

    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    about = models.CharField(max_length=60)
    address = models.CharField(max_length=250, blank=True)
    language = models.CharField(max_length=3)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=DELIVERY, default="queued", db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"message {self.pk}, {self.state}"


class Intent(models.Model):
    """An act that is about to be sealed, written before: what a crash leaves is finished or forgotten by it."""

    kind = models.CharField(max_length=20)
    about = models.CharField(max_length=60, db_index=True)
    said = models.JSONField()
    sought = models.JSONField()
    start = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
