"""Overview: what a person reads in the terminal when a run has ended."""

from __future__ import annotations

from jazari.core import plugins
from jazari.core.languages import translate
from jazari.usecase.ability import GROUP, Ability
from jazari.usecase.dossier import Dossier


def overview(dossier: Dossier) -> str:
    """The case, its figures, what the safeguards found, and where the card lies."""
    document = dossier.document
    answering: Ability = plugins.load(GROUP, document["declaration"]["engine"]["ability"])
    lines = [f"{document['case']}: {document['status']}", ""]
    lines += [f"  {translate(name, 'en'):<52} {value}" for name, value in answering.summary(dossier.evidence)]
    lines += ["", "Safeguards"]
    for finding in document["findings"]:
        sentence = translate(finding["sentence"], "en", **finding["values"])
        lines.append(f"  {finding['state']:<8} {finding['safeguard']:<20} {sentence}")
    lines += ["", f"Dossier  {dossier.path}", f"Card     {dossier.path / 'card.fr.html'} (also ar, zgh, en)"]
    return "\n".join(lines)
