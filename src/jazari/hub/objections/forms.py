"""The questions of an objection and of a request, and the forms that answer them."""

from __future__ import annotations

from typing import Any

from django import forms

from jazari.hub.decisions.forms import CHOICES, NOT_REACHED, OTHER, way_of
from jazari.hub.objections.models import ASKERS, OUTCOMES, REASONS, SPEAKERS
from jazari.hub.objections.questions import Question
from jazari.hub.pages.forms import Form, refuse
from jazari.hub.pages.language import sentence

_CLOSING = tuple(one for one in OUTCOMES if one[0] not in ("withdrawn", "deemed"))
REPLACES = ("varied", "reversed")
_REMEDY = (*REPLACES, "remitted")


def _radio(label: str, choices: Any, hint: str = "") -> forms.Field:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, help_text=hint)


def _long(label: str, hint: str = "", least: int = 10) -> forms.Field:
    return forms.CharField(
        label=label,
        help_text=hint,
        min_length=least,
        max_length=4000,
        widget=forms.Textarea({"rows": 7, "dir": "auto"}),
    )


def _address(hint: str) -> forms.Field:
    return forms.CharField(
        label=sentence("Where may we write to you?"), help_text=hint, max_length=250, required=False,
        widget=forms.TextInput({"dir": "auto"}), validators=[_one_address],
    )  # fmt: skip


def _one_address(said: str) -> None:
    if not way_of(said):
        raise forms.ValidationError(NOT_REACHED)


def _short(label: str, hint: str = "", most: int = 200, *, required: bool = True) -> forms.Field:
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=required, widget=forms.TextInput({"dir": "auto"})
    )


OBJECTION = (
    Question(
        "speaker",
        lambda: _radio(
            sentence("Who objects?"),
            SPEAKERS,
            sentence(
                "If your guardian must not know of it, choose the last answer: it shows nowhere on the notice’s page."
            ),
        ),
    ),
    Question(
        "helper", lambda: _short(sentence("Name of the helper")), lambda answers: answers.get("speaker") == "helper"
    ),
    Question(
        "grounds",
        lambda: _long(
            sentence("What is wrong with the decision?"),
            sentence(
                "In your own words and in any language. What did nobody see, what has changed, what do you ask for?"
            ),
        ),
    ),
    Question(
        "file",
        lambda: forms.FileField(
            label=sentence("Do you want to add a paper?"),
            help_text=sentence("A PDF, a photo, a text or a table of at most 5 MiB. You can leave this empty."),
            required=False,
        ),
    ),
    Question(
        "answer_to",
        lambda: _address(
            sentence(
                "An e-mail or a telephone that only you read. Leave it empty to follow your objection by its number."
            )
        ),
    ),
)


def request_questions(areas: Any) -> tuple[Question, ...]:
    """The questions of a request for help, where it is given in these areas."""
    return (
        Question("asker", lambda: _radio(sentence("Who asks?"), ASKERS)),
        Question(
            "who",
            lambda: _short(
                sentence("Who needs the help?"),
                sentence("The name and the class or file number, so that the service finds them."),
            ),
        ),
        Question("territory", lambda: forms.ChoiceField(label=sentence("In which commune?"), choices=areas)),
        Question("site", lambda: _short(sentence("At which school or place?"), most=80, required=False)),
        Question(
            "why",
            lambda: _long(
                sentence("Why is the help needed?"), sentence("In your own words. No score is made of what you write.")
            ),
        ),
        Question(
            "answer_to",
            lambda: _address(
                sentence("An e-mail or a telephone. Leave it empty to follow your request here by its number.")
            ),
        ),
    )


class Answer(Form):
    """What a reviewer found: each field is a duty, so none may be left out."""

    examined = _long(sentence("What did you look at again, and whom did you hear?"))
    would_differ = forms.ChoiceField(
        label=sentence("Would the outcome differ without the system?"),
        choices=(("yes", sentence("Yes")), ("no", sentence("No"))),
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=sentence("How does the objection end?"), choices=_CLOSING, widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(label=sentence("What was the reason?"), choices=REASONS, widget=forms.RadioSelect)
    instead = forms.ChoiceField(
        label=sentence("What is decided instead?"),
        help_text=sentence("Only where the decision is varied or reversed. It is sealed in the place of the first."),
        choices=CHOICES,
        required=False,
        widget=forms.RadioSelect,
    )
    other = forms.CharField(label=sentence("What else, in a few words"), max_length=40, required=False)
    remedy = forms.CharField(
        label=sentence("What is put right, by whom and by when?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    reply = _long(
        sentence("Reply to the person"), sentence("In the language of the objection. The next routes are added to it.")
    )

    def __init__(self, *args: Any, decided: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self._decided = decided

    def clean(self) -> dict[str, Any]:
        """Who changes a decision says into what, the remedy and a reason; who upholds it found no error."""
        said: dict[str, Any] = super().clean()
        if said.get("outcome") in REPLACES:
            self._clean_instead(said)
        if said.get("outcome") == "upheld" and said.get("reason") != "none":
            refuse(self, sentence("Who upholds a decision found no error in it"), "reason")
        if said.get("outcome") in _REMEDY and not said.get("remedy"):
            refuse(self, sentence("Say what is put right"), "remedy")
        if said.get("outcome") in _REMEDY and said.get("reason") == "none":
            refuse(self, sentence("A decision that is changed had a reason to be"), "reason")
        return said

    def _clean_instead(self, said: dict[str, Any]) -> None:
        if not said.get("instead"):
            refuse(self, sentence("Say what is decided instead"), "instead")
        elif said["instead"] == self._decided != OTHER:
            refuse(self, sentence("This is what was decided before"), "instead")
        elif said["instead"] == OTHER and not said.get("other"):
            refuse(self, sentence("Fill in this field"), "other")


class Grant(Form):
    """The answer to a request for help."""

    granted = forms.ChoiceField(
        label=sentence("Do you give the help?"),
        choices=(("yes", sentence("Yes, it takes one of the places")), ("no", sentence("No"))),
        widget=forms.RadioSelect,
    )
    reply = _long(sentence("Reply, with the reasons"))
