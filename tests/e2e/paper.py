"""Reading a notice as a person does: the text of a PDF that typst made, font by font through its own ToUnicode maps."""

from __future__ import annotations

import re
import zlib

_PLAIN = rb"[^()\\]|\\."
# a string may hold parentheses that match without marking them
_SHOW = re.compile(rb"/(f\d+) [\d.]+ Tf|\(((?:%s|\((?:%s)*\))*)\)" % (_PLAIN, _PLAIN), re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """All the text of a PDF in the order of drawing."""
    objects = dict(re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL))
    shown = []
    for content in objects.values():
        named, drawn = (re.search(rb"/%s (\d+) 0 R" % key, content) for key in (b"Resources", b"Contents"))
        page = _stream(objects[drawn[1]] if drawn else content)
        if named and b" Tf" in page:  # a page, or a form within one: each has its own names of fonts
            shown.append(_read(page, _fonts(objects[named[1]], objects)))
    return "\n".join(shown)


def _fonts(resources: bytes, objects: dict[bytes, bytes]) -> dict[bytes, dict[int, str]]:
    found = {}
    for name, font in re.findall(rb"/(f\d+) (\d+) 0 R", resources):
        unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
        found[name] = _map(_stream(objects[unicode[1]])) if unicode else {}
    return found


def _stream(content: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    if not found:
        return b""
    try:
        return zlib.decompressobj().decompress(found[1])  # a last byte that looks like a line's end may be cut off
    except zlib.error:
        return found[1]


def _map(table: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\n", table)
    return {int(code, 16): bytes.fromhex(letters.decode()).decode("utf-16-be") for code, letters in pairs}


def _read(page: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    out, font = [], {}
    for name, text in _SHOW.findall(page):
        if name:
            font = fonts.get(name, {})
            out.append(" ")
            continue
        codes = re.sub(rb"\\([0-7]{3}|.)", lambda one: _plain(one[1]), text, flags=re.DOTALL)
        out.append("".join(font.get(int.from_bytes(codes[at : at + 2]), "") for at in range(0, len(codes), 2)))
    return "".join(out)


def _plain(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if len(escaped) == 3 else _ESCAPES.get(escaped, escaped)
