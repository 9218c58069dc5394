"""Bad packs: refused with a code, and nothing of them is left."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest

from jazari.core.errors import JazariError


def named(name, content=b"{}", *, link=False, **files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo(name)
        entry.filename = name
        if link:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, content)
        for other, text in files.items():
            archive.writestr(other, text)
    return out.getvalue()


def bomb():
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("dossier.json", "w") as stream,
    ):
        for _ in range(257):
            stream.write(bytes(1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "JZ-810"),
        (b"PK\x05\x06", "JZ-810"),
        (b"not a zip at all", "JZ-810"),
        (bytes(33 << 20), "JZ-811"),
        (named("../dossier.json"), "JZ-813"),
        (named("/etc/passwd"), "JZ-813"),
        (named("a\\b.json"), "JZ-813"),
        (named("waivers/../x.json"), "JZ-813"),
        (named("dossier.json", link=True), "JZ-813"),
        (named("folder/"), "JZ-813"),
        (named("x.json"), "JZ-814"),
        (named("dossier.json"), "JZ-815"),
        (named("dossier.json", b"[]"), "JZ-815"),
        (named("dossier.json", b"\xff\xfe"), "JZ-815"),
        (named("dossier.json", b'{"files": NaN}'), "JZ-815"),
        (named("dossier.json", b'{"a":' * 5000 + b"1" + b"}" * 5000), "JZ-815"),
        (named("dossier.json", b'{"files": {}, "case": "a.b", "declaration": {}}'), "JZ-814"),
        (named("dossier.json", b'{"files": {"x": 1}}'), "JZ-815"),
    ],
    ids=range(18),
)
def test_a_bad_archive_is_refused_with_its_code(django_ready, content, code):
    from jazari.hub.register.packs import read

    with pytest.raises(JazariError) as refused:
        read(content)
    assert refused.value.code == code
    assert refused.value.fix


def test_an_archive_bomb_is_refused_before_it_fills_the_memory(django_ready):
    from jazari.hub.register.packs import read

    with pytest.raises(JazariError, match="JZ-812"):
        read(bomb())


def test_too_many_files_are_refused(django_ready, zip_of):
    from jazari.hub.register.packs import read

    with pytest.raises(JazariError, match="JZ-812"):
        read(zip_of({f"f{number}": b"" for number in range(65)}))


def test_a_truncated_or_damaged_pack_is_refused_at_any_byte(django_ready, pack):
    import random

    from jazari.hub.register.packs import read
    from jazari.hub.register.verification import verify

    whole = pack()
    chance = random.Random(0)  # noqa: S311  damage, not secrecy
    for _ in range(200):
        damaged = bytearray(whole)
        place = chance.randrange(len(damaged))
        damaged[place] ^= 1 << chance.randrange(8)
        cut = bytes(damaged) if chance.random() < 0.7 else whole[:place]
        try:
            read_pack = read(cut)
            verify(read_pack)
        except JazariError:
            continue
        assert dict(read_pack.files) == dict(
            read(whole).files
        )  # a bit of the archive that says nothing, such as its time


@pytest.mark.parametrize("name", ["dossier.json", "evidence.json", "model.json", "card.fr.html"])
def test_any_changed_file_is_found(django_ready, dossier_files, zip_of, name):
    from jazari.core.errors import VerificationError
    from jazari.hub.register.packs import read
    from jazari.hub.register.verification import verify

    files = dossier_files()
    files[name] = files[name].replace(b"1", b"2", 1) if b"1" in files[name] else files[name] + b" "
    with pytest.raises(VerificationError, match="JZ-816"):
        verify(read(zip_of(files)))


def test_a_private_file_never_enters(django_ready, pack):
    from jazari.hub.register.packs import read

    with pytest.raises(JazariError, match="JZ-814"):
        read(pack(private=True))


def test_a_public_pack_says_that_its_evidence_was_not_recomputed(django_ready, pack):
    from jazari.hub.register import verification
    from jazari.hub.register.packs import read

    checks = verification.verify(read(pack()))
    assert [one["sentence"] for one in checks] == [verification.FILES, verification.JUDGED, verification.NOT_HERE]


def test_a_model_that_cannot_be_drawn_is_refused_with_a_code(django_ready):
    from jazari.hub.register.curves import draw

    for term in (
        {},
        {"columns": ["a"], "axes": [{"edges": [1]}], "table": [1], "counts": [1]},
        {"columns": [], "axes": []},
        3,
    ):
        with pytest.raises(JazariError, match="JZ-815"):
            draw({"terms": [term]}, {})


@pytest.mark.parametrize("tries", [200, pytest.param(3000, marks=pytest.mark.long)])
def test_whatever_a_dossier_holds_the_hub_takes_it_in_or_refuses_it_with_a_code(
    db, person, dossier_files, zip_of, client, tries
):
    import hashlib
    import json
    import random

    from jazari.core.canonical import digest_without, encode
    from jazari.hub.register import publication

    chance = random.Random(1)  # noqa: S311  damage, not secrecy
    odd = [None, 0, -1, 1e308, "", "x", "{a.b}", "\u0000", [], [1], {}, {"a": {"b": 1}}, True, "<script>"]

    def leaves(value, path=()):
        yield path
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in inside:
            yield from leaves(one, (*path, key))

    def changed(document, path, new):
        copy = json.loads(json.dumps(document))
        if not path:
            return new
        inner = copy
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = new
        return copy

    user, taken = person("publisher"), 0
    for _ in range(tries):
        files = dossier_files(seed=chance.random())
        name = chance.choice(["dossier.json", "evidence.json", "model.json"])
        document = json.loads(files[name])
        spoilt = changed(document, chance.choice(list(leaves(document))), chance.choice(odd))
        head = spoilt if name == "dossier.json" else json.loads(files["dossier.json"])
        if name != "dossier.json":
            files[name] = json.dumps(spoilt).encode()
            head["files"][name]["sha256"] = hashlib.sha256(files[name]).hexdigest()
        if isinstance(head, dict):
            head["digest"] = digest_without(head, "digest")
            files["dossier.json"] = encode(head)
        else:
            files["dossier.json"] = json.dumps(head).encode()
        try:
            version = publication.upload(zip_of(files), "MA-03", user)
        except JazariError as refused:
            assert refused.code.startswith(("JZ-81", "JZ-827")), refused
            continue
        taken += 1
        assert client(user).get(f"/ar/publish/{version.pk}/").status_code == 200
    assert 0 < taken < tries


@pytest.mark.parametrize("number", ["9" * 400, "-" + "9" * 30, "9223372036854775808", "1e400", "NaN"])
def test_a_number_that_programs_do_not_read_alike_is_refused(number):
    from jazari.hub.register.packs import document

    with pytest.raises(JazariError, match="JZ-815"):
        document(b'{"figure": ' + number.encode() + b"}", "evidence.json")
