"""Questions: a form with one question a page, answers that can be changed, and a page to check them before sending.

Answers wait in the session on the hub's side; nothing of them lies in an address or in the browser.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jazari.core.errors import PortalError
from jazari.hub.objections.papers import WRONG
from jazari.hub.objections.uploads import keep
from jazari.hub.pages.forms import Form, refuse
from jazari.hub.pages.page import Page

CHECK = "check"
FORM = "form"
"""Among the answers, what the form is known by: sent twice, it is filed once."""

_SENT = "sent"


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: Its word in the address and among the answers.
        field: Makes the field that asks it.
        when: Whether it is asked, from the answers so far.
    """

    name: str
    field: Callable[[], forms.Field]
    when: Callable[[Mapping[str, Any]], bool] = lambda _: True


@dataclass(frozen=True)
class Journey:
    """A form with one question a page.

    Attributes:
        key: What the session remembers its answers by.
        questions: In their order.
        path: The address of a question, by name.
    """

    key: str
    questions: tuple[Question, ...]
    path: Callable[[str], str]

    def answers(self, request: HttpRequest) -> dict[str, Any]:
        """The answers so far."""
        return {name: said for name, said in request.session.get(self.key, {}).items() if name != _SENT}

    def asked(self, answers: Mapping[str, Any]) -> list[Question]:
        """The questions that these answers call for."""
        return [one for one in self.questions if one.when(answers)]

    def missing(self, answers: Mapping[str, Any]) -> Question | None:
        """The first question without an answer."""
        return next((one for one in self.asked(answers) if one.name not in answers), None)

    def forget(self, request: HttpRequest) -> None:
        """Forget the answers: they were sent. What the form was known by stays, for an answer that did not arrive."""
        request.session[self.key] = {_SENT: self.answers(request).get(FORM, "")}

    def sent(self, request: HttpRequest) -> str:
        """What the form was known by that was sent last from here; empty once another was begun."""
        return str(request.session.get(self.key, {}).get(_SENT, ""))

    def ask(self, request: HttpRequest, name: str) -> Page | HttpResponse:
        """Ask one question; keep its answer and go on to the next one that lacks an answer, or to the check."""
        answers = self.answers(request)
        asked = self.asked(answers)
        question = next((one for one in asked if one.name == name), None)
        if question is None:
            return redirect(self.path(asked[0].name))
        form = _form(question, request, answers)
        if request.method == "POST" and form.is_valid() and _took_file(form, question.name):
            answers[question.name] = form.cleaned_data[question.name]
            answers.setdefault(FORM, secrets.token_hex(16))
            request.session[self.key] = answers
            following = self.missing(answers)
            return redirect(self.path(following.name if following else CHECK))
        place = asked.index(question)
        data = {"name": name, "place": place + 1, "of": len(asked)}
        back = self.path(asked[place - 1].name) if place else ""
        return Page(data, {"form": form, "field": form[name], "back": back}, 422 if form.errors else 200)

    def shown(self, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The answers as the check shows them, each with the way to change it."""
        return [
            {
                "label": (field := one.field()).label,
                "answer": _said(field, answers.get(one.name)),
                "change": self.path(one.name),
            }
            for one in self.asked(answers)
        ]


def _form(question: Question, request: HttpRequest, answers: Mapping[str, Any]) -> Form:
    made = type("One", (Form,), {question.name: question.field()})
    known = answers.get(question.name)
    initial = {} if isinstance(known, dict) else {question.name: known}
    return made(request.POST, request.FILES) if request.method == "POST" else made(initial=initial)


def _took_file(form: Form, name: str) -> bool:
    """Keep a file that came; False where it is refused, and the form says why."""
    said = form.cleaned_data.get(name)
    if hasattr(said, "read"):
        try:
            form.cleaned_data[name] = keep(said.name, said.read())
        except PortalError as wrong:
            refuse(form, WRONG[wrong.code], name)
            return False
    return True


def _said(field: forms.Field, answer: Any) -> Any:
    if isinstance(answer, dict):
        return {"text": f"{answer['name']} ({max(answer['size'] >> 10, 1)} KiB)"}
    labels = dict(getattr(field, "choices", ()))
    return {"label": labels[answer]} if answer in labels else {"text": answer or "—"}
