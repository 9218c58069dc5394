"""Objections, their files, their reviews, and requests of people who were not listed.

Every one runs against a clock: `clock` names the rule of law or the commitment, `last_day` its last day.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from jazari.hub.pages.language import sentence

STATES = (
    ("filed", sentence("Filed")),
    ("review", sentence("In review")),
    ("answered", sentence("Answered")),
    ("withdrawn", sentence("Withdrawn")),
)
OUTCOMES = (
    ("upheld", sentence("Decision upheld")),
    ("varied", sentence("Decision varied")),
    ("reversed", sentence("Decision reversed")),
    ("remitted", sentence("Sent back for a new decision")),
    ("inadmissible", sentence("Inadmissible")),
    ("withdrawn", sentence("Withdrawn")),
    ("deemed", sentence("Deemed decided by silence")),
)
REASONS = (
    ("data", sentence("Data error")),
    ("model", sentence("Model error")),
    ("rule", sentence("Rule error")),
    ("law", sentence("Wrong law")),
    ("officer", sentence("Officer error")),
    ("facts", sentence("New facts")),
    ("none", sentence("No error found")),
)
SPEAKERS = (
    ("self", sentence("The person concerned")),
    ("guardian", sentence("A guardian")),
    ("helper", sentence("A named helper")),
    ("protected", sentence("The person, without the guardian being told")),
)
ASKERS = (
    ("self", sentence("The person concerned")),
    ("guardian", sentence("A guardian")),
    ("teacher", sentence("A teacher")),
)


class Objection(models.Model):
    """What somebody contests in a decision. `number` follows it; its secret opens it."""

    number = models.CharField(max_length=40, unique=True)
    secret = models.CharField(max_length=64)
    form = models.CharField(max_length=32, unique=True, null=True)  # noqa: DJ001  none for what came by no form
    decision = models.ForeignKey("decisions.Decision", models.PROTECT, related_name="objections")
    system = models.ForeignKey("register.System", models.PROTECT, related_name="objections")
    speaker = models.CharField(max_length=10, choices=SPEAKERS)
    helper = models.CharField(max_length=200, blank=True)
    answer_to = models.CharField(max_length=250, blank=True)
    grounds = models.TextField()
    language = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=STATES, default="filed", db_index=True)
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True, db_index=True)
    filed_at = models.DateTimeField(db_index=True)
    clock = models.CharField(max_length=40)
    last_day = models.DateField(db_index=True)
    is_late = models.BooleanField(default=False)
    overdue_at = models.DateTimeField(null=True)
    evidence_digest = models.CharField(max_length=64, blank=True)
    receipt = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.number

    @property
    def is_silent(self) -> bool:
        """Whether nobody answered in time."""
        return self.outcome == "deemed"


class Attachment(models.Model):
    """A file that came with an objection, kept apart from the store under its own fingerprint."""

    objection = models.ForeignKey(Objection, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Review(models.Model):
    """What somebody else than the officer found: looked at again, outcome, reason, remedy, reply with next routes."""

    objection = models.OneToOneField(Objection, models.CASCADE, related_name="review")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="reviews")
    opened_at = models.DateTimeField()
    examined = models.TextField(blank=True)
    would_differ = models.BooleanField(null=True)
    reason = models.CharField(max_length=10, choices=REASONS, blank=True)
    remedy = models.TextField(blank=True)
    reply = models.TextField(blank=True)
    routes = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"review {self.pk}"


class HelpRequest(models.Model):
    """A request for the help of a system without any score; it uses the same places."""

    number = models.CharField(max_length=40, unique=True)
    secret = models.CharField(max_length=64)
    form = models.CharField(max_length=32, unique=True, null=True)  # noqa: DJ001  none for what came by no form
    system = models.ForeignKey("register.System", models.PROTECT, related_name="requests")
    asker = models.CharField(max_length=10, choices=ASKERS)
    territory = models.CharField(max_length=80, db_index=True)
    site = models.CharField(max_length=80, blank=True)
    who = models.CharField(max_length=200)
    why = models.TextField()
    answer_to = models.CharField(max_length=250, blank=True)
    language = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=STATES, default="filed", db_index=True)
    granted = models.BooleanField(null=True)
    reply = models.TextField(blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField(db_index=True)
    closed_at = models.DateTimeField(null=True)
    routes = models.JSONField(default=list)
    clock = models.CharField(max_length=40)
    last_day = models.DateField(db_index=True)
    overdue_at = models.DateTimeField(null=True)
    is_deemed = models.BooleanField(default=False)
    receipt = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.number

    @property
    def is_silent(self) -> bool:
        """Whether nobody answered in time."""
        return self.is_deemed


class Reminder(models.Model):
    """That somebody was reminded of what is due under a number: once while it is soon, once when it is late."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=40)
    late = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "about", "late"], name="one_reminder_a_stage"),)

    def __str__(self) -> str:
        return f"reminder {self.pk}"
