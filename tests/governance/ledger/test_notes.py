# ruff: noqa: E501, RUF001  signed lines are as long as they are; a digit that looks like a letter is tested
"""Signed notes, checkpoints, cosignatures and policies against the specifications' examples."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.governance.ledger.notes import (
    LOG,
    WITNESS,
    Checkpoint,
    Malformed,
    PrivateKey,
    PublicKey,
    Signature,
    from_base64,
)
from jazari.governance.ledger.policy import Policy

# the example of golang.org/x/mod/sumdb/note, from which C2SP signed-note comes
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# the example of C2SP tlog-cosignature
SOFA = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()

LOG_KEY = PrivateKey.of("pole.example", LOG, bytes(range(32)))
WITNESS_KEYS = [PrivateKey.of(f"witness.example/{at}", WITNESS, bytes([at]) * 32) for at in range(1, 4)]
HEAD = Checkpoint.of("pole.example", 7, bytes(range(32)))


def test_the_note_of_go_is_signed_and_verified_to_the_byte():
    key = PrivateKey.parse(NEUMANN_PRIVATE)
    assert str(key.public) == NEUMANN
    assert key.text() == NEUMANN_PRIVATE
    assert key.sign(NEUMANN_TEXT).line() == NEUMANN_LINE
    assert PublicKey.parse(NEUMANN).verifies(NEUMANN_TEXT, Signature.parse(NEUMANN_LINE[:-1]).data)
    assert not PublicKey.parse(NEUMANN).verifies(NEUMANN_TEXT + b"!", Signature.parse(NEUMANN_LINE[:-1]).data)


def test_the_checkpoint_of_the_specification_is_read_and_written_to_the_byte():
    read = Checkpoint.parse(SOFA)
    assert (read.origin, read.size, len(read.signatures)) == ("example.com/behind-the-sofa", 20852163, 2)
    assert read.note() == SOFA
    assert int.from_bytes(read.signatures[1].data[:8], "big") == 1679315147


def test_a_private_key_is_not_shown_when_it_is_printed():
    assert "AYEKFALVFGyN" not in repr(PrivateKey.parse(NEUMANN_PRIVATE))


def test_a_cosignature_is_the_ed25519_of_the_text_that_the_specification_states():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = WITNESS_KEYS[0]
    signature = key.sign(HEAD.text, 1679315147)
    message = b"cosignature/v1\ntime 1679315147\n" + HEAD.text
    Ed25519PublicKey.from_public_bytes(key.public.raw).verify(signature.data[8:], message)
    assert key.public.verifies(HEAD.text, signature.data)
    assert not key.public.verifies(HEAD.text, (1679315148).to_bytes(8, "big") + signature.data[8:])


@given(st.integers(0, 8 * 500), st.booleans())
def test_one_flipped_bit_never_leaves_a_checkpoint_that_its_keys_signed(at, cosigned):
    note = HEAD.signed_by(LOG_KEY)
    if cosigned:
        note = note.signed_by(WITNESS_KEYS[0], when=1)
    data = bytearray(note.note())
    at %= 8 * len(data)
    data[at // 8] ^= 1 << at % 8
    keys = [LOG_KEY.public] + [WITNESS_KEYS[0].public] * cosigned
    try:
        changed = Checkpoint.parse(bytes(data))
        assert changed.note() == bytes(data)
        assert changed.signers(tuple(keys)) != keys
    except Malformed:
        pass


@pytest.mark.parametrize(
    "data",
    [
        b"", b"a\n1\n", SOFA[:-1], SOFA.replace(b"20852163", b"020852163"), SOFA.replace(b"2I=\n", b"2J=\n"),
        SOFA.replace(b"\n\n", b"\n"), SOFA + b"x", SOFA.replace(b"sofa\n", b"sofa\r\n", 1), b"\xff" + SOFA,
        SOFA.replace("—".encode(), b"-"),
    ],
)  # fmt: skip
def test_what_is_not_a_checkpoint_is_refused(data):
    with pytest.raises(Malformed):
        Checkpoint.parse(data)


def test_base64_has_one_writing():
    assert from_base64("AAA=") == b"\0\0"
    for other in ("AAB=", "AAA", "AA A=", "AAA=\n", "AA-=", "é"):
        with pytest.raises(Malformed):
            from_base64(other)


@pytest.mark.parametrize(
    "vkey", ["", "a", "a+b+c", NEUMANN.replace("c74f20a3", "c74f20a4"), NEUMANN[:-4] + "AAAA", "P N" + NEUMANN[1:]]
)
def test_what_is_not_a_key_is_refused(vkey):
    with pytest.raises(Malformed):
        PublicKey.parse(vkey)


def policy(*lines):
    return "\n".join(
        [
            f"log {LOG_KEY.public}",
            *(f"witness W{at} {key.public} https://w.example/{at}" for at, key in enumerate(WITNESS_KEYS)),
            *lines,
            "",
        ]
    ).encode()


def test_a_quorum_is_counted_over_groups():
    read = Policy.parse(
        policy("# two of three, or the first", "group any-two 2 W1 W2", "group all-of all W0 any-two", "quorum all-of")
    )
    assert not read.has_quorum(["W1", "W2"])
    assert read.has_quorum(["W0", "W1", "W2"])
    assert not read.has_quorum(["W0", "W1"])
    assert Policy.parse(read.text().encode()) == read
    head = HEAD.signed_by(LOG_KEY).signed_by(*WITNESS_KEYS[:2], when=5)
    assert read.seen_by(head) == ["W0", "W1"]


def test_the_example_of_the_policy_specification_is_understood():
    keys = [PrivateKey.of(f"w{at}", WITNESS, bytes([at + 9]) * 32).public for at in range(6)]
    names = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    lines = [f"log {LOG_KEY.public}", ""] + [f"\twitness {name}  {key} " for name, key in zip(names, keys, strict=True)]
    lines += [
        "group X-witnesses 2 X1 X2 X3",
        "group Y-witnesses any Y1 Y2 Y3",
        "group X-and-Y all X-witnesses Y-witnesses",
        "quorum X-and-Y",
    ]
    read = Policy.parse("\n".join(lines).encode())
    assert read.has_quorum(["X1", "X3", "Y2"])
    assert not read.has_quorum(["X1", "X2", "X3"])
    assert not read.has_quorum(["X1", "Y1", "Y2", "Y3"])


@pytest.mark.parametrize(
    "lines",
    [
        (), ("quorum none", "quorum none"), ("quorum W9",), ("group g 2 W0", "quorum g"), ("group g 0 W0", "quorum g"),
        ("group g any W0", "group h any W0", "quorum h"), ("group none any W0", "quorum none"), ("group W0 any W1", "quorum none"),
        ("group g any none", "quorum g"), ("group g any", "quorum g"), ("nonsense", "quorum none"), ("quorum none\r",),
        (f"witness W9 {WITNESS_KEYS[0].public}", "quorum none"), (f"log {LOG_KEY.public}", "quorum none"),
        (f"log {WITNESS_KEYS[0].public}", "quorum none"), ("group g 1 g", "quorum g"), ("group g ١ W0", "quorum g"),
    ],
)  # fmt: skip
def test_what_is_not_a_policy_is_refused(lines):
    with pytest.raises(Malformed):
        Policy.parse(policy(*lines))


def test_signatures_by_unknown_keys_are_ignored_and_wrong_ones_by_known_keys_refused():
    stranger = PrivateKey.of("stranger", LOG, b"s" * 32)
    note = HEAD.signed_by(stranger, LOG_KEY)
    assert note.signers((LOG_KEY.public,)) == [LOG_KEY.public]
    forged = HEAD.with_signatures(Signature("pole.example", LOG_KEY.public.id, stranger.sign(HEAD.text).data))
    with pytest.raises(Malformed):
        forged.signers((LOG_KEY.public,))


def test_a_signature_with_another_writing_of_its_second_half_is_refused():
    data = LOG_KEY.sign(HEAD.text).data
    order = 2**252 + 27742317777372353535851937790883648493
    other = data[:32] + (int.from_bytes(data[32:], "little") + order).to_bytes(32, "little")
    assert LOG_KEY.public.verifies(HEAD.text, data)
    assert not LOG_KEY.public.verifies(HEAD.text, other)


def test_a_vkey_is_what_its_parts_say():
    name, stamp, coded = NEUMANN.split("+", 2)
    key = PublicKey.parse(NEUMANN)
    assert (key.name, key.id.hex(), bytes([key.kind]) + key.raw) == (name, stamp, base64.b64decode(coded))
