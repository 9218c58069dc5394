"""`jazari verify` finds any change, and says so of what it could not check."""

import zipfile

import pytest

from jazari.core.canonical import digest_without, encode
from jazari.core.errors import JazariError, VerificationError
from jazari.usecase.dossier import Dossier
from jazari.usecase.pack import pack
from jazari.usecase.verify import verify


def spoiled(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_an_untouched_dossier_verifies_and_its_evidence_is_recomputed(dossier):
    result = verify(dossier.path)
    assert result.recomputed
    assert not result.absent


def test_one_changed_byte_in_any_file_is_found(dossier, copy_of):
    copy = copy_of(dossier)
    for path in sorted(copy.path.iterdir()):
        before = path.read_bytes()
        spoiled(path)
        with pytest.raises(VerificationError) as caught:
            verify(copy.path)
        assert caught.value.exit_code == 4
        path.write_bytes(before)
    verify(copy.path)


@pytest.mark.parametrize("change", ["gone", "added", "emptied"])
def test_a_file_that_is_gone_added_or_emptied_is_found(dossier, copy_of, change):
    copy = copy_of(dossier)
    if change == "gone":
        (copy.path / "keys.parquet").unlink()
    elif change == "added":
        (copy.path / "notes.txt").write_text("x")
    else:
        (copy.path / "model.json").write_text("")
    with pytest.raises(VerificationError):
        verify(copy.path)


def test_evidence_dressed_up_with_fresh_fingerprints_does_not_follow_from_the_predictions(dossier, copy_of):
    from jazari.core.canonical import file_digest

    copy = copy_of(dossier)
    evidence, document = dict(copy.evidence), dict(copy.document)
    evidence["auc"] = evidence["auc"] | {"value": 0.99}
    (copy.path / "evidence.json").write_bytes(encode(evidence))
    document["files"] = document["files"] | {
        "evidence.json": {"sha256": file_digest(copy.path / "evidence.json"), "audience": "public"}
    }
    document["digest"] = digest_without(document, "digest")
    (copy.path / "dossier.json").write_bytes(encode(document))
    with pytest.raises(VerificationError, match="auc differs"):
        verify(copy.path)


@pytest.mark.parametrize(("audience", "recomputed"), [("public", False), ("auditor", True)])
def test_a_pack_verifies_and_says_what_is_not_in_it(dossier, tmp_path, audience, recomputed):
    pack(dossier, audience, tmp_path / "p.zip")
    result = verify(tmp_path / "p.zip")
    assert result.recomputed is recomputed
    assert "list.parquet" in result.absent


def test_a_pack_depends_on_the_dossier_alone_and_holds_only_what_its_audience_may_see(dossier, tmp_path):
    for name in ("a.zip", "b.zip"):
        pack(dossier, "public", tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    names = set(zipfile.ZipFile(tmp_path / "a.zip").namelist())
    assert names == {
        "dossier.json",
        "model.json",
        "evidence.json",
        *(f"card.{one}.html" for one in ("ar", "zgh", "fr", "en")),
    }


def archive(path, entries):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in entries:
            opened.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "entries",
    [
        [("../evil.txt", "x")],
        [("/etc/evil.txt", "x")],
        [("a/b/c.txt", "x")],
        [("bomb.bin", b"\0" * 40_000_000)],
        [(f"{number}.txt", "x") for number in range(300)],
        [("dossier.json", "x"), ("DOSSIER.json", "y")],
    ],
    ids=["parent", "absolute", "deep", "bomb", "many", "twice"],
)
def test_an_archive_that_is_no_dossier_is_refused(tmp_path, entries):
    with pytest.raises(VerificationError, match="JZ-561"):
        verify(archive(tmp_path / "x.zip", entries))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["x.zip"]


def test_noise_and_nothing_are_refused_with_a_code(tmp_path):
    (tmp_path / "noise.zip").write_bytes(bytes(range(256)) * 20)
    for path in (tmp_path / "noise.zip", tmp_path, tmp_path / "nowhere"):
        with pytest.raises(JazariError, match="JZ-"):
            verify(path)


def test_a_dossier_opens_only_where_there_is_one(tmp_path):
    with pytest.raises(JazariError, match="JZ-225"):
        Dossier.open(tmp_path)
