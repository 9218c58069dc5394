"""What the hub says when it refuses: a page in the reader's language, or JSON for a program; never a trace."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from jazari.core.errors import JazariError
from jazari.hub.pages.language import sentence

SENTENCES = {
    400: (sentence("The request could not be read"), sentence("Go back and try again.")),
    403: (sentence("You may not do this"), sentence("Your role does not cover this page. Ask the administrator of the hub.")),
    404: (sentence("There is no such page"), sentence("Check the address, or search the register.")),
    405: (sentence("The request could not be read"), sentence("Go back and try again.")),
    413: (sentence("The file is too large"), sentence("A pack weighs at most 32 MiB.")),
    422: (sentence("This could not be done"), sentence("Go back and try again.")),
    429: (sentence("Too many tries"), sentence("Wait a quarter of an hour, then try again.")),
    500: (sentence("Something went wrong on our side"), sentence("Nothing was lost. Try again in a few minutes.")),
}


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks: the JSON twin of a page, or the API."""
    return request.path_info.endswith(".json") or request.path_info.startswith("/api/")


def refuse(request: HttpRequest, status: int, error: JazariError | None = None) -> HttpResponse:
    """Answer with a refusal."""
    title, advice = SENTENCES.get(status, SENTENCES[422])
    if wants_json(request):
        plain = {"error": {"code": f"HTTP-{status}", "sentence": title, "fix": advice}}
        return JsonResponse(error.as_json() if error else plain, status=status)
    context = {"title": title, "advice": advice, "error": error, "status": status}
    return render(request, "pages/refusal.html", context, status=status)
