"""Files that people add: what is taken, and what runs, bursts or pretends."""

from __future__ import annotations

import io
import zipfile

import pytest


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 text", "application/pdf"),
        ("a.JPG", b"\xff\xd8\xff\xe0 picture", "image/jpeg"),
        ("a.png", b"\x89PNG\r\n\x1a\n picture", "image/png"),
        ("a.txt", "نص".encode(), "text/plain"),
        ("a.csv", b"day,absences\n1,-3\n", "text/csv"),
        (
            "a.docx",
            zipped(word__document_xml=b"<w/>"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_papers_that_people_have_are_taken(name, content, kind):
    from jazari.hub.objections.uploads import check

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
    ],
)
def test_what_runs_bursts_or_pretends_is_refused(name, content, code):
    from jazari.core.errors import PortalError
    from jazari.hub.objections.uploads import check

    with pytest.raises(PortalError, match=code):
        check(name, content)
