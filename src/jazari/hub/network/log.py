"""The hub's ledger as others read it: checkpoint and tiles as files, and cosignatures for the logs of the poles.

Paths and types are those of C2SP tlog-tiles and tlog-witness, so that any client of these reads it. A tile never
changes and may be kept for ever; the checkpoint is asked for each time.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from jazari.core.errors import LedgerError
from jazari.governance import custody
from jazari.hub.accounts.tally import Limit
from jazari.hub.network.rules import may_ask_witness, may_read_log
from jazari.hub.pages.page import page

_TEXTS = ("checkpoint", "policy")
_FOR_EVER = "public, max-age=31536000, immutable"
_LONGEST = 64 << 10
WITNESS = Limit("checkpoints from an address", 120, 10)


def ledger() -> Path:
    """Where the hub's ledger lies: `ledger` in its folder, or what a link of that name leads to."""
    return Path(settings.PROFILE.data / "ledger")


def made() -> Path:
    """The hub's ledger, made when it is first asked for. Its name is that of the hub."""
    path = ledger()
    if not path.exists():
        custody.create(path, f"{settings.PROFILE.hosts[0]}/log")
    return path


@page(rule=may_read_log)
def log_file(request: HttpRequest, rest: str) -> HttpResponse:  # noqa: ARG001
    """A file of the log: `checkpoint`, a tile, or the policy that names its keys."""
    content = custody.log_file(ledger(), rest)
    if content is None:
        raise Http404
    is_text = rest in _TEXTS
    response = HttpResponse(
        content, content_type="text/plain; charset=utf-8" if is_text else "application/octet-stream"
    )
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if not is_text:
        response["Cache-Control"] = _FOR_EVER
    return response


@csrf_exempt
@page(rule=may_ask_witness, posts=True)
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosign the checkpoint of a log that the keeper trusts, once it is shown to extend the one before."""
    if request.method != "POST" or int(request.headers.get("Content-Length") or 0) > _LONGEST:
        return HttpResponse(status=400 if request.method == "POST" else 405, content_type="text/plain; charset=utf-8")
    if not WITNESS.take(request.client):
        return HttpResponse(status=429, content_type="text/plain; charset=utf-8")
    try:
        answer = custody.add_checkpoint(ledger(), request.body)
    except LedgerError:
        raise Http404 from None
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
