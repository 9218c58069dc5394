"""The evidence of auditor packs, recomputed by `jazari hub tick`: it agrees, or the version is refused."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from jazari.core.errors import JazariError
from jazari.hub.register.models import Version
from jazari.hub.register.verification import WAITS, Recompute, evidence_of, recomputed
from jazari.hub.register.words import APPROVED, REFUSED, UPLOADED

NOT_COMPUTED = "the evidence cannot be recomputed from the predictions of the pack"
_LOG = logging.getLogger("jazari.hub")


def recompute_due(recompute: Recompute = recomputed) -> dict[str, int]:
    """Recompute what waits, one version after the other; how many agreed and how many were refused."""
    done = {"agreed": 0, "refused": 0}
    waiting = Version.objects.filter(recompute=True, state__in=(UPLOADED, APPROVED)).order_by("uploaded_at")
    for number in list(waiting.values_list("pk", flat=True)):
        version = Version.objects.get(pk=number)
        try:
            found = evidence_of(Path(settings.PROFILE.data / "packs" / f"{version.pack}.zip"), recompute)
        except Exception as wrong:  # noqa: BLE001  a pack that breaks the verification is refused; the next one is looked at
            _refuse(version, wrong)
            done["refused"] += 1
            continue
        checks = [found if one["sentence"] == WAITS else one for one in version.facts["verification"]]
        Version.objects.filter(pk=number).update(facts=version.facts | {"verification": checks}, recompute=False)
        done["agreed"] += 1
    return done


def _refuse(version: Version, wrong: Exception) -> None:
    code, sentence = (wrong.code, wrong.sentence) if isinstance(wrong, JazariError) else ("JZ-816", NOT_COMPUTED)
    said = f"[{code}] {sentence}"
    version.state, version.reason, version.ended_at, version.recompute = REFUSED, said, timezone.now(), False
    version.save(update_fields=["state", "reason", "ended_at", "recompute"])
    _LOG.warning("evidence refused", extra={"code": code, "kind": type(wrong).__name__})
