"""Forms of the register."""

from __future__ import annotations

from typing import Any

from django import forms

from jazari.core.languages import LANGUAGES, direction
from jazari.hub.network.poles import CHOICES
from jazari.hub.pages.forms import Form
from jazari.hub.pages.language import sentence
from jazari.hub.register.packs import LARGEST
from jazari.hub.register.words import AUTOMATION, PHASES

_ABOUT = (
    ("wrong", sentence("Something is wrong")),
    ("old", sentence("Something is out of date")),
    ("unclear", sentence("Something is not clear")),
    ("other", sentence("Something else")),
)
_IN = {
    "ar": sentence("In Arabic"),
    "zgh": sentence("In Tamazight"),
    "fr": sentence("In French"),
    "en": sentence("In English"),
}


class Say(Form):
    """What a reader says of an entry. `website` is for machines: a person leaves it empty."""

    about = forms.ChoiceField(label=sentence("What is it about?"), choices=_ABOUT, widget=forms.RadioSelect)
    text = forms.CharField(
        label=sentence("What do you want to say?"),
        help_text=sentence(
            "Do not write names or other personal data. What you write is shown in public with its answer."
        ),
        max_length=2000,
        widget=forms.Textarea({"rows": 6, "dir": "auto"}),
    )
    website = forms.CharField(required=False, max_length=100)


class Answer(Form):
    """The public answer to a reader, or the reason why nothing is shown."""

    show = forms.ChoiceField(
        label=sentence("Show it in public with your answer?"),
        choices=(
            ("yes", sentence("Yes")),
            ("no", sentence("No: it holds personal data, an insult or an advertisement")),
        ),
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=sentence("Answer"), max_length=4000, widget=forms.Textarea({"rows": 5, "dir": "auto"})
    )


class Upload(Form):
    """A pack and the pole it comes from."""

    pole = forms.ChoiceField(label=sentence("Pole"), choices=CHOICES)
    pack = forms.FileField(
        label=sentence("Pack"),
        help_text=sentence("The file that `jazari pack DIR --for public --out X.zip` made. At most 32 MiB."),
        widget=forms.FileInput({"accept": ".zip,application/zip"}),
    )

    def __init__(self, *args: Any, poles: list[str], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["pole"].choices = [one for one in CHOICES if one[0] in poles]

    def clean_pack(self) -> Any:
        """Refuse a file that is too large before it is read."""
        pack = self.cleaned_data["pack"]
        if pack.size > LARGEST:
            raise forms.ValidationError(sentence("The file is too large"))
        return pack


class Words(Form):
    """One field of the entry in four languages."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for one in LANGUAGES:
            area = forms.Textarea({"rows": 4, "lang": one, "dir": direction(one)})
            self.fields[one] = forms.CharField(label=_IN[one], required=False, max_length=4000, widget=area)
            self.fields[one].error_messages["max_length"] = sentence("This text is too long")


class Circumstances(Form):
    """Where the system stands, and where it is in use."""

    phase = forms.ChoiceField(label=sentence("Phase"), choices=PHASES, widget=forms.RadioSelect)
    automation = forms.ChoiceField(label=sentence("Level of automation"), choices=AUTOMATION, widget=forms.RadioSelect)
    territories = forms.RegexField(
        r"^(MA-(0[1-9]|1[0-2]))([ ,]+MA-(0[1-9]|1[0-2]))*$",
        label=sentence("Regions where it is in use"),
        help_text=sentence("Codes with a blank between them: MA-01 MA-03. All twelve for the whole country."),
        max_length=120,
        widget=forms.TextInput({"dir": "ltr"}),
    )


class Reason(Form):
    """A reason in words, kept with the version and shown with it."""

    reason = forms.CharField(
        label=sentence("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )
