"""What the hub says when it refuses: a page in the reader's language, or JSON for a program; never a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from jazari.core.errors import JazariError
from jazari.hub.pages.language import sentence

SENTENCES = {
    400: (sentence("The request could not be read"), sentence("Go back and try again.")),
    403: (
        sentence("You may not do this"),
        sentence("Your role does not cover this page. Ask the administrator of the hub."),
    ),
    404: (sentence("There is no such page"), sentence("Check the address, or search the register.")),
    405: (sentence("The request could not be read"), sentence("Go back and try again.")),
    413: (sentence("The file is too large"), sentence("A pack weighs at most 32 MiB.")),
    422: (sentence("This could not be done"), sentence("Go back and try again.")),
    429: (sentence("Too many tries"), sentence("Wait a quarter of an hour, then try again.")),
    503: (sentence("The hub rests for a moment"), sentence("Nothing was lost. Try again in a few minutes.")),
    500: (sentence("Something went wrong on our side"), sentence("Nothing was lost. Try again in a few minutes.")),
}
_AGAIN = sentence(
    "Make the pack again from the dossier as the run wrote it: `jazari pack DIR --for public --out X.zip`."
)
ADVICE = {
    "JZ-560": (sentence("this dossier is not the one that the run wrote"), _AGAIN),
    "JZ-561": (sentence("this is not an archive that can be read"), _AGAIN),
    "JZ-810": (sentence("this is not an archive that can be read"), _AGAIN),
    "JZ-811": (sentence("the pack is too large"), SENTENCES[413][1]),
    "JZ-812": (sentence("the pack unpacks to more than a dossier ever holds"), _AGAIN),
    "JZ-813": (sentence("the pack holds a file whose name or kind is not allowed"), _AGAIN),
    "JZ-814": (sentence("the pack does not hold what a pack holds"), _AGAIN),
    "JZ-815": (sentence("a document of the pack cannot be read"), _AGAIN),
    "JZ-816": (sentence("a fingerprint differs from the one that the dossier gives"), _AGAIN),
    "JZ-827": (sentence("the findings of this dossier do not follow from its evidence"), _AGAIN),
    "JZ-817": (
        sentence("this dossier is in the register already"),
        sentence("Upload the pack of a later run, or publish the version that is waiting."),
    ),
    "JZ-818": (
        sentence("the version is not in the state that this step needs"),
        sentence("Open the version again: it says what the next step is."),
    ),
    "JZ-819": (
        sentence("the entry is not said in full"),
        sentence("Say each missing field in French and in Arabic, then publish."),
    ),
    "JZ-824": (
        sentence("the evidence of this version is still to be recomputed"),
        sentence("Publish again in a few minutes; if it still waits, tell the administrator of the hub."),
    ),
    "JZ-820": (
        sentence("a blocked dossier is not published without its waiver"),
        sentence(
            "Mend what is broken and run again, or have a waiver signed and make the pack again; the waiver is public."
        ),
    ),
    "JZ-609": (
        sentence("a national identity number stands in this text"),
        sentence("Write the text again without it: a name or a staff number is enough."),
    ),
    "JZ-690": (
        sentence("this dossier is blocked: nobody is decided on with it"),
        sentence("Ask the publisher: what is broken is mended and run again, or waived in public."),
    ),
    "JZ-691": (
        sentence("the answers of this dossier have ended"),
        sentence("Ask the publisher for a run on newer data."),
    ),
    "JZ-692": (
        sentence("a new system watches before it lists anyone"),
        sentence("Wait until it has watched the cycles that it declared."),
    ),
    "JZ-693": (
        sentence("the list decides here, not a person"),
        sentence("Look at each case, decide on it, and write what you saw (law 09-08, article 11)."),
    ),
    "JZ-694": (
        sentence("a list opens for its declared purpose only"),
        sentence("Another use needs its own use case and, under law 09-08 article 12, the authorisation of the CNDP."),
    ),
    "JZ-850": (
        sentence("the private files of this version are not on this machine"),
        sentence("Ask whoever keeps this hub to import them."),
    ),
    "JZ-852": (
        sentence("a case is decided by the officer who claimed it, once"),
        sentence("Open the list again: it says where the case stands."),
    ),
    "JZ-853": (
        sentence("no place of this help is left here"),
        sentence("Decide otherwise and say why, or ask the service for another place."),
    ),
    "JZ-860": (
        sentence("this list is not in use any more"),
        sentence("Work the list of the version that is published now; its public page says why this one ended."),
    ),
    "JZ-858": (sentence("this was answered already"), sentence("Open it again: it says how it ended.")),
}
"""What a page says of a coded error, in the reader's language; `found` stays as the error has it."""


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: the JSON twin of a page, or the API."""
    return request.path_info.endswith(".json") or request.path_info.startswith("/api/")


def refuse(request: HttpRequest, status: int, error: JazariError | None = None) -> HttpResponse:
    """Answer with a refusal."""
    title, advice = SENTENCES.get(status, SENTENCES[422])
    if wants_json(request):
        plain = {"error": {"code": f"HTTP-{status}", "sentence": title, "fix": advice}}
        return JsonResponse(error.as_json() if error else plain, status=status)
    said, fix = ADVICE.get(error.code, (error.sentence, error.fix)) if error else ("", "")
    context = {"said": said, "fix": fix, "title": title, "advice": advice, "error": error, "status": status}
    return render(request, "pages/refusal.html", context, status=status)
