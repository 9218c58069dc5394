"""What keepers, citizens, auditors and witnesses do with a ledger."""

import json
import shutil
import sqlite3

import pytest

from jazari.core.errors import JazariError, LedgerError, VerificationError
from jazari.governance import custody
from jazari.governance.events import create_ledger
from jazari.governance.ledger import receipts
from jazari.governance.ledger.files import Disk
from jazari.governance.ledger.keys import Keys
from jazari.governance.ledger.notes import LOG, WITNESS, PrivateKey, to_base64
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.receipts import Proof
from jazari.governance.ledger.witness import Witness, request


@pytest.fixture
def sealed(ledger, make):
    """A ledger with entries, and the receipt of one of them."""
    given = ledger.append([make["decision"](at) for at in range(600)])
    return ledger, given[123]


@pytest.fixture
def other(tmp_path):
    with create_ledger(tmp_path / "other", "witness.example") as made:
        yield made


def kept(ledger, tmp_path, name="kept"):
    """A checkpoint that somebody keeps."""
    path = tmp_path / name
    path.write_bytes((ledger.folder / "log" / "checkpoint").read_bytes())
    return path


def test_a_receipt_is_refused_without_a_trusted_key(sealed, tmp_path):
    ledger, receipt = sealed
    path = tmp_path / "receipt"
    custody.save(path, custody.make_receipt(ledger.folder, receipt.number))
    with pytest.raises(VerificationError, match="JZ-629") as caught:
        custody.verify_receipt(path, None)
    assert caught.value.exit_code == 4
    assert custody.verify_receipt(path, ledger.folder / "policy")["record"]["number"] == receipt.number
    stranger = tmp_path / "stranger"
    stranger.write_text(Policy((PrivateKey.of("pole.example", LOG, b"s" * 32).public,)).text())
    with pytest.raises(VerificationError, match="JZ-629"):
        custody.verify_receipt(path, stranger)


def test_any_change_of_a_receipt_is_found(sealed):
    ledger, receipt = sealed
    text, policy = receipt.text(), ledger.policy()
    receipts.verify(text, policy)
    for at in range(8 * text.index(b"\n"), 8 * len(text), 7):
        data = bytearray(text)
        data[at // 8] ^= 1 << at % 8
        with pytest.raises(VerificationError):
            receipts.verify(bytes(data), policy)
    proof = Proof.parse(text)
    assert proof.text() == text
    entry, record, salt = receipts.opened(proof.extra)
    for extra in (
        receipts.opening(json.dumps(entry).encode(), json.dumps(record).encode(), salt),
        b"{}", b"[]", proof.extra.replace(b"seen on", b"seen in"), proof.extra[:-1] + b',"x":1}',
    ):  # fmt: skip
        with pytest.raises(VerificationError):
            receipts.verify(text.replace(to_base64(proof.extra).encode(), to_base64(extra).encode()), policy)
    for wrong in (
        b"",
        b"\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\n",
        text.replace(b"index 123", b"index 0123"),
        text.replace(b"index 123", b"index 124"),
    ):
        with pytest.raises(VerificationError):
            receipts.verify(wrong, policy)


def test_the_path_of_a_receipt_is_short(sealed):
    proof = sealed[1].proof()
    assert len(proof.path) <= 10
    assert sum(map(len, proof.path)) <= 320


@pytest.mark.parametrize("language", ["fr", "ar", "en", "zgh"])
def test_a_receipt_is_a_page_to_print_in_each_language(sealed, language):
    text = sealed[1].text()
    page = custody.make_page(text, language)
    assert f'lang="{language}"' in page
    assert ('dir="rtl"' in page) == (language == "ar")
    assert "seen on visit 123" in page
    assert text.decode() in page
    assert "<script" not in page


def test_a_page_shows_markup_in_a_record_as_text(ledger, make):
    given = ledger.append([make["decision"](1, reasons="<b>&amp;</b>")])[0]
    assert "<b>" not in custody.make_page(given.text(), "en")


def test_a_witness_cosigns_what_extends_what_it_saw(sealed, other, make, tmp_path):
    ledger, receipt = sealed
    said = custody.witness(other.folder, ledger.folder)
    assert (said["origin"], said["size"], said["attached"]) == ("pole.example", 600, True)
    assert custody.verify(ledger.folder).witnesses
    quorum = tmp_path / "quorum"
    policy = ledger.policy()
    name = next(iter(policy.witnesses))
    quorum.write_text(Policy(policy.logs, policy.witnesses, {}, name).text())
    opened = receipts.verify(receipt.text(), Policy.parse(quorum.read_bytes()))
    assert opened.witnesses == (name,)
    later = ledger.append([make["decision"](at) for at in range(5)])[0]
    assert receipts.verify(receipt.text(), Policy.parse(quorum.read_bytes())).size == 600
    with pytest.raises(VerificationError, match="JZ-630"):
        receipts.verify(later.text(), Policy.parse(quorum.read_bytes()))
    with pytest.raises(VerificationError, match="JZ-630"):
        custody.verify(ledger.folder, trust=quorum)
    assert custody.witness(other.folder, ledger.folder)["size"] == 605
    assert custody.verify(ledger.folder, trust=quorum).size == 605


def test_a_witness_refuses_a_log_that_forked_or_lost_entries(sealed, other, make, tmp_path):
    ledger, _ = sealed
    ledger.close()
    copy = tmp_path / "copy"
    shutil.copytree(ledger.folder, copy)
    from jazari.governance.events import open_ledger

    with open_ledger(ledger.folder) as one:
        one.append([make["decision"]("one")])
    custody.witness(other.folder, ledger.folder)
    with pytest.raises(VerificationError, match="JZ-632"):
        custody.witness(other.folder, copy)  # the shorter one
    with open_ledger(copy) as two:
        two.append([make["decision"]("two")])
        with pytest.raises(VerificationError, match="JZ-632"):
            custody.witness(other.folder, copy)  # the same size, another root
        two.append([make["decision"]("three")])
        with pytest.raises(VerificationError, match="JZ-632"):
            custody.witness(other.folder, copy)  # a longer one that does not extend it
        with pytest.raises(VerificationError, match="JZ-625"):
            custody.verify(copy, since=kept(ledger, tmp_path))


def test_the_call_of_a_witness_answers_as_the_protocol_says(sealed, other, make):
    ledger, _ = sealed
    witness, files = Witness(other.folder, Keys(other.folder).signing(WITNESS)), Disk(ledger.folder)
    body = request(files, "log", 0)
    assert witness.add_checkpoint(body).status == 404
    witness.trust(*ledger.policy().logs)
    for wrong in (b"", b"old x\n\n", body.replace(b"old 0", b"old 00"), b"old 0\nAA==" + body[5:], body[:-9]):
        assert witness.add_checkpoint(wrong).status == 400
    assert witness.add_checkpoint(body.replace(b"old 0", b"old 9999")).status == 400
    head = ledger.head()
    stranger = PrivateKey.of("pole.example", LOG, b"s" * 32)
    unsigned = type(head)(head.text, (), head.origin, head.size, head.root).signed_by(stranger)
    assert witness.add_checkpoint(b"old 0\n\n" + unsigned.note()).status == 403
    assert witness.add_checkpoint(b"old 0\n" + to_base64(bytes(32)).encode() + body[5:]).status == 422
    answer = witness.add_checkpoint(body)
    assert answer.status == 200
    assert answer.body.startswith("— witness.example ")
    again = witness.add_checkpoint(body)
    assert (again.status, again.body, again.content_type) == (409, "600\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(files, "log", 600)).status == 200
    ledger.append([make["decision"]("x")])
    good = request(files, "log", 600)
    assert witness.add_checkpoint(good.replace(good.split(b"\n")[1], to_base64(bytes(32)).encode())).status == 422
    assert witness.add_checkpoint(good).status == 200


def test_a_cosignature_of_another_head_is_not_taken(sealed, other, make):
    ledger, _ = sealed
    said = custody.witness(other.folder, ledger.folder)
    ledger.append([make["decision"]("x")])
    with pytest.raises(VerificationError, match="JZ-621"):
        custody.cosign(ledger.folder, said["line"], said["key"])
    with pytest.raises(VerificationError, match="JZ-621"):
        custody.cosign(ledger.folder, "nonsense", said["key"])


def test_a_copy_of_a_log_is_witnessed_and_verified_with_a_policy(sealed, other, tmp_path):
    ledger, _ = sealed
    copy = tmp_path / "copy"
    shutil.copytree(ledger.folder / "log", copy)
    with pytest.raises(VerificationError, match="JZ-629"):
        custody.verify(copy)
    assert custody.verify(copy, trust=ledger.folder / "policy").size == 600
    with pytest.raises(VerificationError, match="JZ-633"):
        custody.witness(other.folder, copy)
    said = custody.witness(other.folder, copy, ledger.folder / "policy")
    assert not said["attached"]
    custody.cosign(ledger.folder, said["line"], said["key"])
    assert custody.verify(ledger.folder).witnesses


def test_a_rotated_key_is_named_by_the_old_one_and_both_hold(sealed, make, tmp_path):
    ledger, receipt = sealed
    before, old_policy = receipt.text(), ledger.policy()
    since = kept(ledger, tmp_path)
    key = custody.rotate(ledger.folder, "planned")
    assert receipts.verify(before, ledger.policy()).index == 123
    assert receipts.verify(receipt.text(), old_policy).index == 123  # the head carries both signatures
    ledger.append([make["decision"]("after")])
    with pytest.raises(VerificationError, match="JZ-629"):
        receipts.verify(receipt.text(), old_policy)
    assert custody.verify(ledger.folder, since=since).keys == (key,)
    entry = next(entry for entry in ledger.entries() if entry["kind"] == "key_rotated")
    assert (entry["key"], entry["old_key"]) == (key, str(old_policy.logs[0]))


def test_a_revoked_key_is_no_longer_trusted_and_receipts_are_made_again(sealed, make):
    ledger, receipt = sealed
    before, old = receipt.text(), ledger.policy().logs[0]
    with pytest.raises(LedgerError, match="JZ-614"):
        custody.revoke(ledger.folder, "00000000", "stolen")
    assert custody.revoke(ledger.folder, old.id.hex(), "stolen") == str(old)
    assert old not in ledger.policy().logs
    with pytest.raises(VerificationError, match="JZ-629"):
        receipts.verify(before, ledger.policy())
    assert receipts.verify(receipt.text(), ledger.policy()).index == 123
    ledger.append([make["decision"]("after")])
    assert custody.verify(ledger.folder).size == 602
    assert "key_revoked" in {entry["kind"] for entry in ledger.entries(600)}


def test_an_old_key_is_revoked_without_another_change(sealed):
    ledger, _ = sealed
    old = ledger.policy().logs[0]
    new = custody.rotate(ledger.folder, "planned")
    custody.revoke(ledger.folder, str(old), "expired")
    assert [str(key) for key in ledger.policy().logs] == [new]
    assert custody.verify(ledger.folder).keys == (new,)


def test_verification_says_where_and_why(sealed, tmp_path):
    ledger, _ = sealed
    log = ledger.folder / "log"
    bundle = log / "tile" / "entries" / "001"
    data = bytearray(bundle.read_bytes())
    data[data.index(b"decision")] ^= 1
    whole = bundle.read_bytes()
    bundle.write_bytes(data)
    with pytest.raises(VerificationError, match="JZ-622") as caught:
        custody.verify(ledger.folder)
    assert (caught.value.where, caught.value.found) == ("log/tile/0/001", "the hash of entry 256 is another")
    bundle.write_bytes(whole)
    (log / "stray").write_bytes(b"")
    with pytest.raises(VerificationError, match="JZ-624") as caught:
        custody.verify(ledger.folder)
    assert caught.value.where == "log/stray"
    (log / "stray").unlink()
    (log / "tile" / "0" / "000").unlink()
    with pytest.raises(VerificationError, match="JZ-623"):
        custody.verify(ledger.folder)


def test_a_log_cut_back_behind_its_store_is_found(ledger, make):
    ledger.append([make["decision"](1)])
    old = ledger.folder.parent / "old"
    shutil.copytree(ledger.folder / "log", old)
    ledger.append([make["decision"](2)])
    shutil.rmtree(ledger.folder / "log")
    shutil.copytree(old, ledger.folder / "log")
    with pytest.raises(VerificationError, match="JZ-626"):
        custody.verify(ledger.folder)


def test_what_cannot_be_read_gives_a_coded_error(tmp_path, ledger):
    nothing = tmp_path / "nothing"
    for act in (
        lambda: custody.verify(nothing),
        lambda: custody.verify(ledger.folder, since=nothing),
        lambda: custody.verify(ledger.folder, trust=nothing),
        lambda: custody.verify_receipt(nothing, None),
        lambda: custody.make_receipt(nothing, "x"),
        lambda: custody.witness(ledger.folder, nothing),
        lambda: custody.witness(nothing, ledger.folder),
        lambda: custody.save(nothing / "deeper" / "x", b""),
    ):
        with pytest.raises(JazariError, match="JZ-6"):
            act()
    nothing.write_bytes(b"\xff")
    with pytest.raises(VerificationError, match="JZ-620"):
        custody.verify(ledger.folder, since=nothing)


def test_every_record_is_compared_with_its_entry(ledger, make):
    ledger.append([make["decision"](at) for at in range(300)])
    forgotten = ledger.receipt(next(row["number"] for row in ledger.records(start=7))).number
    ledger.forget(forgotten, "asked for", "keeper")
    assert custody.verify(ledger.folder).records == 300  # 299 of decisions, one of the erasure
    path = ledger.folder / "records.sqlite"

    def spoil(statement, *values):
        with sqlite3.connect(path) as connection:
            connection.execute(statement, values)
        connection.close()

    def wrong():
        with pytest.raises(VerificationError, match="JZ-636") as found:
            custody.verify(ledger.folder)
        return found.value.found

    spoil("UPDATE records SET record = replace(record, 'tutoring', 'nothing') WHERE place = 4")
    assert wrong() == "1 of 301, at index 4"
    spoil(
        "UPDATE records SET officer = NULL, salt = NULL, record = NULL, number = NULL, subject = NULL WHERE place = 5"
    )
    assert wrong() == "2 of 301, at index 4, 5"
    spoil("DELETE FROM records WHERE place IN (255, 300)")
    assert wrong() == "4 of 301, at index 4, 5, 255, 300"
    spoil("UPDATE records SET number = 'X' WHERE place > 20 AND place < 60")
    assert wrong().startswith("43 of 301, at index 4, 5, 21, 22, 23, 24, 25, 26, 27, 28, ...")
    assert custody.verify(ledger.folder, log_only=True).records is None


def test_a_record_that_came_back_after_its_erasure_is_found(ledger, make):
    ledger.append([make["decision"](at) for at in range(3)])
    kept = ledger.store.row(1)
    ledger.forget(kept.number, "asked for", "keeper")
    with sqlite3.connect(ledger.folder / "records.sqlite") as connection:
        connection.execute("DELETE FROM records WHERE place = 1")
        connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)", kept)
    connection.close()
    with pytest.raises(VerificationError, match="JZ-636") as found:
        custody.verify(ledger.folder)
    assert found.value.found == "1 of 4, at index 1"
