"""Forms in the hub's own words: an error is an English sentence of the catalogues, translated where it is shown."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

from jazari.hub.pages.language import sentence

MESSAGES = {
    "required": sentence("Fill in this field"),
    "invalid": sentence("This value cannot be read"),
    "invalid_choice": sentence("Choose one of the answers"),
    "max_length": sentence("This text is too long"),
    "min_length": sentence("This text is too short"),
    "null_characters_not_allowed": sentence("This value cannot be read"),
    "missing": sentence("Choose a file"),
    "empty": sentence("This file is empty"),
}
_KEPT = "\n\r\t\0\u200c\u200d"  # the joiners that Arabic is written with; a null is refused by its field


class Form(forms.Form):
    """A form whose messages are sentences of the catalogues and whose fields say what is wrong with them."""

    data: Any

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named, auto_id="f-%s")
        for name, field in self.fields.items():
            field.error_messages |= MESSAGES
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"f-{name}-hint"

    def _clean_fields(self) -> None:
        """Clean texts before they are measured; passwords stay as typed."""
        told: Any = self.data.copy()
        for name, field in self.fields.items():
            if getattr(field, "strip", False) and isinstance(told.get(self.add_prefix(name)), str):
                told[self.add_prefix(name)] = _plain(told[self.add_prefix(name)])
        self.data = told
        super()._clean_fields()

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error, and mark the field for who does not see the page."""
        super().add_error(field, error)
        if field in self.fields:
            attributes = self.fields[field].widget.attrs
            marks = (attributes.get("aria-describedby", ""), f"f-{field}-wrong")
            attributes |= {"aria-invalid": "true", "aria-describedby": " ".join(filter(None, marks))}


def _plain(said: str) -> str:
    """A text without the signs that turn it round or hide in it: Unicode Cc and Cf, but ends of lines and joiners."""
    return "".join(one for one in said if one in _KEPT or unicodedata.category(one) not in ("Cc", "Cf"))


def refuse(form: Form, message: str, field: str | None = None) -> None:
    """Add an error in the hub's words to a form that was read."""
    form.add_error(field, message)
