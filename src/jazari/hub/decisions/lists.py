"""Lists: the parts that an officer may open, opened for the declared purpose, each opening sealed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.http import Http404, HttpRequest

from jazari.core.errors import PortalError
from jazari.hub.accounts.models import User
from jazari.hub.decisions.models import Case, Decision, View
from jazari.hub.decisions.private import dossier_of, ledger
from jazari.hub.register.models import Version
from jazari.hub.register.words import PUBLISHED, STATES
from jazari.usecase.proceedings import looked, looked_at
from jazari.usecase.views import open_list

_OPEN_FOR = 60 * 60
_LISTS = "lists"
_PERIOD = KeyTextTransform("listed", KeyTransform("split", "facts"))


@dataclass(frozen=True)
class Part:
    """The part of a version's list that lies in one territory.

    Attributes:
        version: The version of the register.
        territory: The pole and the area: `MA-03:MA-FES-001`.
    """

    version: Version
    territory: str

    @property
    def area(self) -> str:
        """The area as the list writes it; empty where the list has none."""
        return self.territory.partition(":")[2]

    @property
    def key(self) -> str:
        """What the session remembers the part by."""
        return f"{self.version.pk} {self.territory}"


def part_of(number: int, territory: str) -> Part:
    """The part of a list that a path names; 404 where nobody is listed there."""
    version = Version.objects.select_related("system").filter(pk=number, cases__territory=territory).first()
    if version is None:
        raise Http404
    if version.state != PUBLISHED and not put_right().filter(version=version, territory=territory).exists():
        raise out_of_use(version)
    return Part(version, territory)


def put_right() -> QuerySet[Case]:
    """The cases that were decided on and are to be decided on again, also where their list is out of use."""
    return Case.objects.filter(state__in=("waits", "claimed"), pk__in=Decision.objects.values("case"))


def refuse_out_of_use(case: Case) -> None:
    """Refuse to work a case of a version that is not the published one, unless an earlier decision is put right.

    Raises:
        PortalError: JZ-860.
    """
    if case.version.state != PUBLISHED and not case.decisions.exists():
        raise out_of_use(case.version)


def out_of_use(version: Version) -> PortalError:
    """JZ-860: the list is not in use any more."""
    return PortalError(
        "JZ-860", "this list is not in use any more", where=str(version.system), found=str(STATES[version.state]),
        fix="work the list of the version that is published now; whoever published it says why this one ended.",
    )  # fmt: skip


def parts() -> list[dict[str, Any]]:
    """Every part of every list that is in use, and of others the cases to put right, with how many cases wait."""
    rows = (
        Case.objects.filter(Q(version__state=PUBLISHED) | Q(pk__in=put_right().values("pk")))
        .values("version", "territory")
        .annotate(all=Count("pk"), waiting=Count("pk", filter=Q(state__in=("waits", "claimed"))))
        .order_by("version", "territory")
    )
    return list(rows)


def open_part(request: HttpRequest, part: Part, purpose: str) -> None:
    """Open a part for a purpose: the library refuses another one, and seals the opening before a row is seen.

    Raises:
        SafeguardError: JZ-690 to JZ-692, JZ-694, JZ-695. PortalError: JZ-850. LedgerError: 6xx.
    """
    seal_opening(part, purpose, request.user)
    opened = request.session.get(_LISTS, {})
    request.session[_LISTS] = opened | {part.key: [time.time() + _OPEN_FOR, purpose]}


def seal_opening(part: Part, purpose: str, by: User) -> None:
    """Seal that a part was opened for a purpose, and keep it for the list of views.

    Raises:
        SafeguardError: JZ-690 to JZ-692, JZ-694, JZ-695. PortalError: JZ-850. LedgerError: 6xx.
    """
    open_list(dossier_of(part.version), ledger(), purpose=purpose, officer=by.username, area=part.area or None)
    View.objects.create(version=part.version, by=by, purpose=purpose)


def purpose_of(request: HttpRequest, part: Part) -> str:
    """For which purpose this session has the part open; empty where it has not."""
    until, purpose = request.session.get(_LISTS, {}).get(part.key, (0, ""))
    return purpose if until > time.time() else ""


def look(case: Case, purpose: str, by: User) -> None:
    """Seal that somebody opens a case, and keep it for the list of views.

    Raises:
        LedgerError: 6xx; then the case is not shown.
    """
    looked(dossier_of(case.version), ledger(), key=case.subject, purpose=purpose, officer=by.username)
    View.objects.create(version=case.version, case=case, by=by, purpose=purpose)


def look_at(number: str, version: Version, purpose: str, by: User, case: Case | None = None) -> None:
    """Seal that somebody reads what was decided or asked for under a number (LedgerError 6xx: it is not shown)."""
    looked_at(ledger(), number, purpose=purpose, officer=by.username)
    View.objects.create(version=version, case=case, by=by, purpose=purpose)


def places(version: Version, territory: str) -> dict[str, int]:
    """The places of the help in one territory, those that were given, and those that are left.

    The same places serve who was listed and who asked without being listed, and every version that lists the same
    period: publishing again makes no new places.
    """
    offered = version.declaration.get("help", {}).get("what", "")
    count = Case.objects.filter(version=version, territory=territory).count()
    same = _of_the_same_period(version)
    replaced = Decision.objects.exclude(corrects="").values("corrects")
    given = Decision.objects.filter(version__in=same, territory=territory, outcome=offered)
    held = given.exclude(number__in=replaced).count()
    since = min((one.published_at for one in same if one.published_at), default=None)
    asked = version.system.requests.filter(territory=territory, granted=True)
    held += (asked.filter(closed_at__gte=since) if since else asked).count()
    return {"all": count, "given": held, "left": max(count - held, 0)}


def _of_the_same_period(version: Version) -> list[Version]:
    """The versions of a system whose lists are of the same period: that one alone where it names none."""
    rows = list(version.system.versions.only("pk", "published_at", "system", "number").annotate(of=_PERIOD))
    period = next((one.of for one in rows if one.pk == version.pk), None)
    return [one for one in rows if one.pk == version.pk or (period and one.of == period)]


def next_case(version: Version, territory: str) -> int | None:
    """The first case of a part that waits for an officer."""
    waiting = Case.objects.filter(version=version, territory=territory, state="waits").order_by("place")
    return waiting.values_list("pk", flat=True).first()
