"""Systems, their versions, approvals, curves and what readers said of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from jazari.hub.network.poles import CHOICES
from jazari.hub.register import words


class System(models.Model):
    """One AI system of one pole: a use case, and where it is in use."""

    slug = models.SlugField(max_length=120, unique=True)
    case = models.CharField(max_length=100)
    sector = models.CharField(max_length=40, db_index=True)
    pole = models.CharField(max_length=5, choices=CHOICES, db_index=True)
    territories = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, default=words.DRAFT, db_index=True)
    phase = models.CharField(max_length=10, choices=words.PHASES, default="use", db_index=True)
    automation = models.CharField(max_length=10, choices=words.AUTOMATION, default="proposes")
    title = models.JSONField(default=dict)
    purpose = models.JSONField(default=dict)
    owner = models.JSONField(default=dict)
    current = models.ForeignKey("Version", models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, db_index=True)
    review_by = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "pole"], name="one_system_a_case_and_pole"),)
        indexes = (models.Index(fields=["-published_at", "slug"], name="systems_by_day"),)

    def __str__(self) -> str:
        return self.slug

    @property
    def regions(self) -> list[str]:
        """The codes of the regions where the system is in use."""
        return self.territories.split()

    def brief(self) -> dict[str, Any]:
        """The system as a list shows it."""
        return {
            "slug": self.slug,
            "case": self.case,
            "sector": self.sector,
            "pole": self.pole,
            "regions": self.regions,
            "state": self.state,
            "phase": self.phase,
            "automation": self.automation,
            "title": self.title,
            "purpose": self.purpose,
            "owner": self.owner,
            "published": _iso(self.published_at),
        }


class Word(models.Model):
    """A folded word of a published entry, in any of its languages: what the search looks up.

    The index answers "which systems hold a word that begins so, and is it in their title" by itself (PostgreSQL's
    `varchar_pattern_ops` serves prefixes in any collation; SQLite leaves the classes out).
    """

    system = models.ForeignKey(System, models.CASCADE, related_name="words")
    text = models.CharField(max_length=60)
    titled = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["system", "text"], name="one_word_a_system"),)
        indexes = (
            models.Index(
                fields=["text", "system", "titled"],
                name="words_by_beginning",
                opclasses=["varchar_pattern_ops", "int8_ops", "bool_ops"],
            ),
        )

    def __str__(self) -> str:
        return self.text


class Version(models.Model):
    """One pack of a system: what was uploaded, what was verified, who approved, what is public."""

    system = models.ForeignKey(System, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=words.UPLOADED, db_index=True)
    digest = models.CharField(max_length=64)
    pack = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    ran_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    recompute = models.BooleanField(default=False, db_index=True)
    phase = models.CharField(max_length=10, choices=words.PHASES, default="use")
    automation = models.CharField(max_length=10, choices=words.AUTOMATION, default="proposes")
    territories = models.CharField(max_length=120, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    entry = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    declaration = models.JSONField(default=dict)
    changes = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["system", "number"], name="one_version_a_number"),)
        ordering = ("-number",)

    def __str__(self) -> str:
        return f"{self.system_id}:{self.number}"

    def brief(self) -> dict[str, Any]:
        """The version as the history shows it."""
        return {
            "number": self.number,
            "state": self.state,
            "digest": self.digest,
            "ran": _iso(self.ran_at),
            "published": _iso(self.published_at),
            "ended": _iso(self.ended_at),
            "reason": self.reason,
            "expires": self.expires_on.isoformat() if self.expires_on else "",
            "changes": self.changes,
            "said": self.entry.get("changes", {}),
        }


class Curve(models.Model):
    """One table of a version's model, drawn when the version was uploaded, never in a request."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="curves")
    place = models.PositiveIntegerField()
    columns = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    drawing = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "place"], name="one_curve_a_place"),)
        ordering = ("place",)

    def __str__(self) -> str:
        return " × ".join(self.columns)


class Approval(models.Model):
    """What one approver said of a version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    good = models.BooleanField()
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["version", "by"], name="one_approval_a_person"),)

    def __str__(self) -> str:
        return "approved" if self.good else "refused"


class Feedback(models.Model):
    """What a reader said of an entry. Public only together with its answer."""

    system = models.ForeignKey(System, models.CASCADE, related_name="feedback")
    about = models.CharField(max_length=20)
    text = models.TextField()
    language = models.CharField(max_length=3)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, default="waits", db_index=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.about}, {self.state}"


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""
