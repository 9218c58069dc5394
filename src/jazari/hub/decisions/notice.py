"""Notice: what a person is told of a decision, on paper, in their language. The secret is printed once and not kept.

What is told face to face only (a family's poverty) is counted here and never named.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from jazari.core.languages import RIGHT_TO_LEFT, said_in, translate
from jazari.hub.decisions.models import Decision
from jazari.hub.pages import formats
from jazari.hub.pages.language import DEFAULT, pick, sentence, written_in
from jazari.hub.register.entry import texts
from jazari.usecase.decisions.routes import in_words

_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "pages" / "static" / "fonts"
ROLES = {
    "followed": sentence(
        "A system proposed you for this help among the places there are; a person looked at your case and agreed."
    ),
    "modified": sentence(
        "A system proposed you for this help; a person looked at your case and decided something else in part."
    ),
    "overrode": sentence("A system proposed you for this help; a person looked at your case and decided otherwise."),
}
TITLE = sentence("A decision about you or your child")
ABOUT = sentence("File {subject}. {title}.")
DECIDED = sentence("What was decided, and by whom")
NO_HELP = sentence("No help")
BY = sentence("Decided on {day} by {who}.")
REASONS = sentence("Reasons: {reasons}")
ROLE = sentence("What the system did")
FACTORS = sentence("What weighed most in the proposal of the system")
NO_FACTOR = sentence("Nothing that may stand on paper.")
SPOKEN = sentence("{count} more are told to you in person only. Ask for them.")
SPOKEN_ONE = sentence("One more is told to you in person only. Ask for it.")
NOTE = sentence("Each weighs in a score. None is a cause, and none is a fault of yours.")
BASIS = sentence("Legal basis")
ROUTES = sentence("What you can do, and until when")
OPEN = sentence("Read this decision, check that it was recorded, or object")
OPEN_HOW = sentence("Scan the code, or type the address. Then type the secret. You need no account.")
NUMBER = sentence("Number of the decision")
SECRET = sentence("Secret")
KEEP = sentence(
    "Keep this paper. Whoever has it can read the decision. If it is lost, ask for another: the old secret then ends."
)
CONTACT = sentence("Contact: {contact}")
QR = sentence("The address of the decision as a code")
PAGE = sentence("Page")


def outcome_words(decision: Decision) -> dict[str, str]:
    """What was decided, by language; what an officer wrote stands in the language it was written in."""
    offered = decision.version.declaration["help"]
    if decision.outcome == offered["what"]:
        return texts(offered.get("label") or offered["what"])
    if decision.outcome == "none":
        return texts(NO_HELP)
    return {written_in(decision.outcome, DEFAULT): decision.outcome}


def outcome_of(decision: Decision, language: str) -> str:
    """What was decided, in one language."""
    return text_of(outcome_words(decision), language)


def make(decision: Decision, language: str, secret: str, address: str) -> bytes:
    """The notice as a PDF.

    Args:
        decision: The decision.
        language: `ar`, `zgh`, `fr` or `en`.
        secret: What opens its page; it stands here and nowhere else.
        address: The page of the decision.
    """
    import typst

    said = json.dumps(_said(decision, language, secret, address), ensure_ascii=False)
    made: bytes = typst.compile(
        _HERE / "notice.typ", format="pdf", font_paths=[_FONTS], ignore_system_fonts=True,
        sys_inputs={"said": said},
    )  # fmt: skip
    return made


def _said(decision: Decision, language: str, secret: str, address: str) -> dict[str, Any]:
    def t(text: str, **values: object) -> str:
        return translate(text, language, **values)

    declared = decision.version.declaration
    spoken = decision.face_to_face
    day = formats.day(decision.decided_at, _months(language))
    return {
        "lang": said_in(BY, language), "rtl": language in RIGHT_TO_LEFT,
        "title": t(TITLE), "number": decision.number, "secret": secret, "address": address, "qr": _drawn(address),
        "owner": text_of(declared.get("owner", ""), language), "page_word": t(PAGE), "day": day,
        "about": t(ABOUT, subject=decision.subject, title=text_of(decision.system.title, language)),
        "decided": {"title": t(DECIDED), "lines": [
            outcome_of(decision, language), t(BY, day=day, who=str(decision.officer)),
        ], "reasons": _reasons(decision.reasons, language)},
        "role": {"title": t(ROLE), "text": t(ROLES[decision.action])},
        "factors": {
            "title": t(FACTORS), "note": t(NOTE),
            "spoken": t(SPOKEN_ONE if spoken == 1 else SPOKEN, count=spoken) if spoken else "",
            "lines": [text_of(one["words"], language) for one in decision.factors] or [t(NO_FACTOR)],
        },
        "basis": {"title": t(BASIS), "lines": [text_of(one, language) for one in decision.legal_basis]},
        "routes": {"title": t(ROUTES), "lines": [in_words(one, language) for one in decision.routes]},
        "open": {"title": t(OPEN), "text": t(OPEN_HOW), "number_word": t(NUMBER), "secret_word": t(SECRET),
                 "keep": t(KEEP), "qr_word": t(QR)},
        "contact": t(CONTACT, contact=text_of(declared.get("contact", ""), language)),
    }  # fmt: skip


def _reasons(reasons: str, language: str) -> dict[str, Any]:
    """The officer's own words, as written, in the language and direction that they were written in."""
    tongue = written_in(reasons, language)
    label = translate(REASONS, language, reasons="").strip()
    return {"label": label, "text": reasons, "lang": tongue, "rtl": tongue in RIGHT_TO_LEFT}


def text_of(texts: Any, language: str) -> str:
    """A text that is held by language, or a sentence of the catalogues."""
    return pick(texts, language)[0]


def _months(language: str) -> str:
    """The language that dates are written in: French where it stands in for the whole sentence."""
    return said_in(BY, language)


def _drawn(address: str) -> str:
    import segno

    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=1)
    return out.getvalue().decode()
