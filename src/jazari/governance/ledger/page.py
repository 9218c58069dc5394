"""A receipt as a page to print: what was decided, that it is sealed, and how anybody can check."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from jazari.core.languages import direction, known, translate
from jazari.governance.ledger.receipts import Proof
from jazari.governance.ledger.wording import Line, lines

_STYLE = (
    "body{font:12pt/1.5 'Noto Sans','Noto Sans Arabic','Noto Sans Tifinagh',sans-serif;max-width:42rem;"
    "margin-inline:auto;padding:1rem}h1{font-size:1.4rem}dt{font-weight:bold;margin-block-start:.6rem}dd{margin:0;text-align:start}dd[dir=ltr]{unicode-bidi:isolate}"
    "[dir=rtl] dd{text-align:right}"
    "dd,pre{overflow-wrap:anywhere}pre{white-space:pre-wrap;font-size:.7rem;direction:ltr;"
    "text-align:left;border:1px solid;padding:.5rem}"
    "@media print{body{max-width:none;padding:0}}"
)
_SEALED = (
    "This was recorded in a log that cannot be changed afterwards without everybody seeing it. "
    "Keep this page: nobody can deny the entry to you."
)
_CHECK = (
    "Anybody can check this receipt without asking the institution, with the text below saved as a file "
    "and the key of the log from the public register:"
)


def page(proof: Proof, entry: Mapping[str, Any], record: Mapping[str, Any], language: str) -> str:
    """The page of a receipt, a whole HTML document without scripts or anything from elsewhere.

    Args:
        proof: The receipt.
        entry: Its public entry.
        record: Its record.
        language: `ar`, `zgh`, `fr` or `en`.

    Raises:
        DeclarationError: JZ-202, Jazari does not speak the language.
    """
    known(language)

    def say(sentence: str, **values: object) -> str:
        return html.escape(translate(sentence, language, **values))

    rows = "\n".join(map(_row, lines(entry, record, language)))
    title = say("Receipt of a sealed decision" if entry.get("kind") == "decision" else "Receipt of a sealed event")
    log = html.escape(proof.checkpoint.origin)
    return f"""<!DOCTYPE html>
<html lang="{language}" dir="{direction(language)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{_STYLE}</style></head>
<body>
<h1>{title}</h1>
<p>{say(_SEALED)}</p>
<dl>
{rows}
<dt>{say("Log")}</dt><dd dir="ltr">{log}</dd>
<dt>{say("Place in the log")}</dt><dd dir="ltr">{proof.index}</dd>
</dl>
<h2>{say("How to check it")}</h2>
<p>{say(_CHECK)}</p>
<pre>jazari receipt verify receipt.tlog-proof --trust policy</pre>
<pre>{html.escape(proof.text().decode())}</pre>
</body>
</html>
"""


def _row(line: Line) -> str:
    way = f' dir="{line.way}"' if line.way else ""
    shown = "".join(f"<dd{way}>{html.escape(one)}</dd>" for one in line.texts)
    return f"<dt>{html.escape(line.label)}</dt>{shown}"
