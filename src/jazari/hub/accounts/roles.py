"""Roles: what an appointment makes of a person. Nobody has one by default."""

from __future__ import annotations

from jazari.hub.pages.language import sentence

ADMINISTRATOR = "administrator"
PUBLISHER = "publisher"
APPROVER = "approver"
OFFICER = "officer"
REVIEWER = "reviewer"
PROGRAMME = "programme_officer"

ROLES = (
    (ADMINISTRATOR, sentence("Administrator of the hub")),
    (PUBLISHER, sentence("Publisher")),
    (APPROVER, sentence("Approver")),
    (OFFICER, sentence("Officer")),
    (REVIEWER, sentence("Reviewer")),
    (PROGRAMME, sentence("Programme officer")),
)
EVERYWHERE = ""
"""The territory, or the system, of an appointment that holds for all of them."""
