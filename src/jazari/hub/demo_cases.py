"""The people of the demonstration: an officer who decides, somebody who objects, a reviewer, a teacher who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DECISIONS = (
    ("followed", "ar", "حضرت الأم إلى المدرسة: أشغال الحقول إلى غاية نونبر"),
    ("overrode", "fr", "A déménagé en octobre ; papiers de la nouvelle école vus"),
    ("followed", "fr", "Le professeur confirme : trois semaines d’absence, la route était fermée"),
    ("followed", "ar", "Père au travail au loin, l’élève garde son frère ; demande un transport"),
)
_MISTAKEN = {
    "speaker": "guardian",
    "grounds": "Ce n’est pas mon enfant qui a déménagé mais son cousin, qui porte le même nom.",
}
_WAITING = {
    "speaker": "self",
    "grounds": "Je préfère une place de transport : la route est fermée tout l’hiver, le soutien est à 6 km.",
}
_ANSWER = {
    "examined": "Registre de l’école relu, parent et directeur entendus : deux élèves portent le même nom.",
    "would_differ": "yes",
    "outcome": "reversed",
    "instead": "help",
    "other": "",
    "reason": "officer",
    "remedy": "La place est attribuée à l’élève ; l’école corrige le registre cette semaine.",
    "reply": "Vous aviez raison : la décision est annulée et l’aide est proposée à votre enfant.",
}
_ASKED = {
    "asker": "teacher",
    "who": "Élève de la classe 6B, dossier 117",
    "why": "Il n’est pas sur la liste. Son père est malade depuis septembre et il manque chaque lundi.",
}


@dataclass(frozen=True)
class _Play:
    """What the parts of the play share."""

    version: Any
    folder: Path
    address: str

    def follow(self, filed: Any, who: str) -> str:
        """The line of the tour by which something filed is followed."""
        return f"{who}: {self.address}fr/follow/{filed.number}/  secret {filed.secret}"


def play(version: Any, folder: Path, address: str) -> list[str]:
    """Decide on the first cases of a list, contest two decisions, answer one, and ask for somebody not listed.

    Returns:
        The lines of the tour: addresses, numbers and secrets, and who signs in for what is left to do.
    """
    on = _Play(version, folder, address)
    taken = _decide(on)
    territory = taken[0].territory
    secrets = [_print(on, decision, language) for decision, (_, language, _) in zip(taken, _DECISIONS, strict=False)]
    lines = [
        f"A decision, its notice is {secret[1]}: {address}{language}/d/{one.number}/  secret {secret[0]}"
        for one, secret, (_, language, _) in zip(taken, secrets, _DECISIONS, strict=False)
    ][:3]
    if len(taken) > 2:  # noqa: PLR2004  one to answer here, one to leave for the visitor
        lines.append(on.follow(_contest(taken[1], _MISTAKEN, answered=True), "An objection, answered (reversed)"))
        lines.append(on.follow(_contest(taken[2], _WAITING, answered=False), "An objection that waits"))
    lines.append(on.follow(_ask(version, territory), "A request for a pupil who is not listed, waiting"))
    return [
        *lines,
        f"demo-officer: the list of {territory} at {address}fr/work/, the request at {address}fr/requests/",
        f"demo-reviewer: the objection that waits, at {address}fr/reviews/",
    ]


def _person(username: str) -> Any:
    from jazari.hub.accounts.models import User

    return User.objects.get(username=username)


def _decide(on: _Play) -> list[Any]:
    """Open the first part of the list, then claim, look at and decide on its first cases."""
    from jazari.hub.decisions import deciding, lists
    from jazari.hub.decisions.models import Case

    officer, purpose = _person("demo-officer"), on.version.declaration["help"]["what"]
    cases = Case.objects.filter(version=on.version).select_related("version__system").order_by("territory", "place")
    first = cases[0]
    lists.seal_opening(lists.Part(on.version, first.territory), purpose, officer)
    taken = []
    for case, (action, _, reasons) in zip(cases.filter(territory=first.territory), _DECISIONS, strict=False):
        lists.look(case, purpose, officer)
        deciding.claim(case, officer)
        said = {"outcome": "help" if action == "followed" else "none", "other": "", "action": action}
        taken.append(deciding.take(case, officer, {**said, "reasons": reasons}))
    return taken


def _print(on: _Play, decision: Any, language: str) -> tuple[str, Path]:
    from jazari.hub.decisions import giving

    made, secret = giving.print_one(decision, language, f"{on.address}{language}/d/{decision.number}/")
    path = on.folder / f"notice-{decision.number}-{language}.pdf"
    path.touch(mode=0o600)
    path.write_bytes(made)
    return secret, path


def _contest(decision: Any, said: Mapping[str, str], *, answered: bool) -> Any:
    from jazari.hub.decisions import lists
    from jazari.hub.objections import closing, filing
    from jazari.hub.objections.models import Objection

    filed = filing.file_objection(decision, said, "fr")
    if answered:
        reviewer, one = _person("demo-reviewer"), Objection.objects.get(number=filed.number)
        lists.look(decision.case, "review of an objection", reviewer)
        closing.open_review(one, reviewer)
        closing.answer_objection(one, reviewer, _ANSWER)
    return filed


def _ask(version: Any, territory: str) -> Any:
    from jazari.hub.objections import filing

    return filing.file_request(version.system, {**_ASKED, "territory": territory}, "fr")
