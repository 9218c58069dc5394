"""Forms of officers: why a list is opened, and what was decided."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from jazari.core.languages import LANGUAGES, NAMES
from jazari.hub.decisions.models import ACTIONS
from jazari.hub.pages.forms import Form, refuse
from jazari.hub.pages.language import sentence

HELP, NOTHING, OTHER = "help", "none", "other"
CHOICES = (
    (HELP, sentence("The help is offered")),
    (NOTHING, sentence("No help")),
    (OTHER, sentence("Something else, said below")),
)
ANOTHER = "another purpose"


NOT_REACHED = sentence("Write one e-mail address, or one telephone number such as 0612345678 or +212612345678")
_TELEPHONE = re.compile(r"(\+|00)?\d{8,15}")
_IS_MAIL = EmailValidator()


def way_of(address: str) -> str:
    """By which way an address is reached: `mail`, `sms`, or empty where it is neither, or more than one."""
    if _TELEPHONE.fullmatch(re.sub(r"[ .()-]", "", address)):
        return "sms"
    try:
        _IS_MAIL(address)
    except ValidationError:
        return ""
    return "mail"


class Purpose(Form):
    """What a list is opened for."""

    purpose = forms.ChoiceField(label=sentence("What do you open the list for?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, declared: str, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["purpose"].choices = (
            (declared, sentence("For this purpose, and no other")),
            (ANOTHER, sentence("For something else")),
        )


class Decide(Form):
    """One decision: what was decided, what the officer did with what the list proposed, and why."""

    outcome = forms.ChoiceField(label=sentence("What did you decide?"), choices=CHOICES, widget=forms.RadioSelect)
    other = forms.CharField(label=sentence("What else, in a few words"), max_length=40, required=False)
    action = forms.ChoiceField(
        label=sentence("What did you do with what the system proposed?"), choices=ACTIONS, widget=forms.RadioSelect
    )
    reasons = forms.CharField(
        label=sentence("Why? What did you see, and whom did you talk to?"),
        help_text=sentence("The person reads this. No national identity number."),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """Something else has to be said; and the list proposed the help, so following it is to offer it."""
        said: dict[str, Any] = super().clean()
        if said.get("outcome") == OTHER and not said.get("other"):
            refuse(self, sentence("Fill in this field"), "other")
        if (said.get("action") == "followed") != (said.get("outcome") == HELP) and said.get("action") != "modified":
            refuse(
                self, sentence("Who follows the system offers the help; who does not has departed from it"), "action"
            )
        return said


class Give(Form):
    """How a notice is given."""

    language = forms.ChoiceField(
        label=sentence("Language of the notice"), choices=[(one, NAMES[one]) for one in LANGUAGES]
    )


class Send(Form):
    """Where the message goes that a notice waits."""

    channel = forms.ChoiceField(
        label=sentence("By which way?"),
        choices=(("mail", sentence("E-mail")), ("sms", sentence("Text message"))),
        widget=forms.RadioSelect,
    )
    address = forms.CharField(
        label=sentence("Address or telephone number"), max_length=250, widget=forms.TextInput({"dir": "ltr"})
    )
    language = forms.ChoiceField(
        label=sentence("Language of the notice"), choices=[(one, NAMES[one]) for one in LANGUAGES]
    )

    def clean(self) -> dict[str, Any]:
        """The address is one, and of the kind that the way needs."""
        said: dict[str, Any] = super().clean()
        if said.get("address") and way_of(said["address"]) != said.get("channel"):
            refuse(self, NOT_REACHED, "address")
        return said
