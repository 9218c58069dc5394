# ruff: noqa: S311, FBT002  chance, not secrets; a log with or without witnesses
"""Ten thousand ways to change a log, each found; how many of each kind is counted."""

import random
from collections import Counter

import pytest

from jazari.core.errors import VerificationError
from jazari.governance.ledger import tiles
from jazari.governance.ledger.edge import Edge, grow
from jazari.governance.ledger.event import seal
from jazari.governance.ledger.notes import LOG, WITNESS, Checkpoint, PrivateKey
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.tree import consistency, is_consistent
from jazari.governance.ledger.verifying import Verification, canonical_order

KEY = PrivateKey.of("pole.example", LOG, b"l" * 32)
WITNESSES = [PrivateKey.of(f"witness.example/{at}", WITNESS, bytes([at]) * 32) for at in (1, 2)]
POLICY = Policy((KEY.public,), {f"W{at}": key.public for at, key in enumerate(WITNESSES)})


class Shown:
    """A log as somebody shows it: files by path, and what a verifier reads of them."""

    def __init__(self, files):
        self.files = dict(files)

    def read(self, path):
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def names(self, folder):
        start = "" if folder == "." else f"{folder}/"
        below = [path.removeprefix(start) for path in self.files if path.startswith(start)]
        return sorted({(path.split("/")[0], "/" in path) for path in below})


def log_of(entries, steps, cosigned=True):
    """The files of a log after appends that end at these sizes, as its writer leaves them."""
    edge, files, notes = Edge(), {}, {}
    for size in steps:
        batch = entries[edge.size : size]
        grown = grow(edge, batch, b"".join(one.leaf for one in map(_Leaf, batch)))
        files |= grown.files
        files = {
            path: data for path, data in files.items() if not any(path.startswith(f"{one}/") for one in grown.stale)
        }
        edge = grown.edge
        note = Checkpoint.of("pole.example", size, edge.root).signed_by(KEY)
        if cosigned:
            note = note.signed_by(*WITNESSES, when=1_800_000_000)
        notes[size] = note.note()
        files["checkpoint"] = notes[size]
    return files, notes


class _Leaf:
    def __init__(self, entry):
        from jazari.governance.ledger.tree import leaf_hash

        self.leaf = leaf_hash(entry)


STEPS = (90, 256, 300, 700, 777)


@pytest.fixture(scope="module")
def logs():
    from jazari.governance.ledger.event import Event

    said = {"outcome": "tutoring", "action": "followed", "reasons": "seen", "officer": "officer-3"}
    events = [
        Event("decision", said, {"system": "education.dropout", "version": "1.0.0"}, subject=str(at))
        for at in range(777)
    ]
    entries = [one.entry for one in seal(events, b"k" * 32)]
    return entries, log_of(entries, STEPS)


def verify(files, since=None):
    return Verification(Shown(files), "").finish(POLICY, since)


def bit(chance, files, notes):
    path = chance.choice(sorted(files))
    data = bytearray(files[path])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    files[path] = bytes(data)


def edit(chance, files, notes):
    path = chance.choice(sorted(files))
    data = files[path]
    at, length = chance.randrange(len(data)), chance.randrange(1, 40)
    files[path] = data[:at] + chance.randbytes(length) + data[at + chance.choice([0, length]) :]


def edit_an_entry_and_its_hash(chance, files, notes):
    """Somebody who knows the format changes an entry and every hash above it, but cannot sign."""
    number = chance.randrange(3)
    path, above = tiles.Tile(tiles.ENTRIES, number).path, tiles.Tile(0, number).path
    entries = tiles.unbundle(files[path])
    at = chance.randrange(256)
    entries[at] = entries[at].replace(b'"v":1', b'"v":2')
    files[path] = tiles.bundle(entries)
    leaf = _Leaf(entries[at]).leaf
    files[above] = files[above][: 32 * at] + leaf + files[above][32 * at + 32 :]


def deletion(chance, files, notes):
    del files[chance.choice([path for path in sorted(files) if (tile := tiles.parse(path)) is None or not older(tile)])]


def older(tile):
    return tile.width < 256 and tile.end < tiles.count(tile.level, 777)


def deletion_of_an_entry(chance, files, notes):
    path = tiles.Tile(tiles.ENTRIES, chance.randrange(3)).path
    entries = tiles.unbundle(files[path])
    del entries[chance.randrange(256)]
    files[path] = tiles.bundle(entries)


def insertion(chance, files, notes):
    name = chance.choice(
        [
            "tile/entries/009",
            "tile/0/003.p/200",
            "tile/2/000",
            "note.txt",
            "tile/0/000.p/0",
            "tile/0/x000/001",
            "tile/entries/000.bak",
        ]
    )
    files[name] = chance.randbytes(32)


def reordering(chance, files, notes):
    path = tiles.Tile(tiles.ENTRIES, chance.randrange(3)).path
    entries = tiles.unbundle(files[path])
    one, other = chance.sample(range(256), 2)
    entries[one], entries[other] = entries[other], entries[one]
    files[path] = tiles.bundle(entries)


def reordering_of_tiles(chance, files, notes):
    one, other = chance.sample(range(3), 2)
    for level in (tiles.ENTRIES, 0):
        a, b = tiles.Tile(level, one).path, tiles.Tile(level, other).path
        files[a], files[b] = files[b], files[a]


def truncated_tile(chance, files, notes):
    path = chance.choice([one for one in sorted(files) if one != "checkpoint"])
    files[path] = files[path][: chance.randrange(len(files[path]))]


def replayed_checkpoint(chance, files, notes):
    files["checkpoint"] = notes[chance.choice(STEPS[:-1])]


def signatures_replayed(chance, files, notes):
    old, new = Checkpoint.parse(notes[chance.choice(STEPS[:-1])]), Checkpoint.parse(files["checkpoint"])
    files["checkpoint"] = Checkpoint(new.text, old.signatures, new.origin, new.size, new.root).note()


def signatures_reordered(chance, files, notes):
    head = Checkpoint.parse(files["checkpoint"])
    lines = list(head.signatures)
    while lines == list(head.signatures):
        lines = chance.choices(lines, k=chance.randrange(1, 5)) if chance.random() < 0.5 else chance.sample(lines, 3)
        if [(one.name, one.id) for one in lines] == canonical_order(
            Checkpoint(head.text, tuple(lines), "", 0, b""), POLICY
        ) and lines[0].name == "pole.example":
            lines = list(head.signatures)
    files["checkpoint"] = Checkpoint(head.text, tuple(lines), head.origin, head.size, head.root).note()


IN_PLACE = (
    bit, bit, bit, bit, edit, edit, edit_an_entry_and_its_hash, deletion, deletion_of_an_entry, insertion, reordering,
    reordering_of_tiles, truncated_tile, replayed_checkpoint, signatures_replayed, signatures_reordered,
)  # fmt: skip


def cut_back(chance, entries, notes):
    """The whole log as it was at an older checkpoint: by itself a good log; a checkpoint kept from later tells."""
    files, _ = log_of(entries, [size for size in STEPS if size <= chance.choice(STEPS[:-1])])
    assert verify(files).size < 777
    later = Checkpoint.parse(notes[777])
    with pytest.raises(VerificationError, match="JZ-625"):
        verify(files, since=later)


def fork(chance, entries, notes):
    """Two logs with one past and the same keys, each shown to one witness: neither witness can sign the other's."""
    at = chance.randrange(90, 777)
    other = [*entries[:at], entries[at].replace(b'"v":1', b'"v":3'), *entries[at + 1 :]]
    files, forked = log_of(other, STEPS)
    assert verify(files).size == 777
    seen_by_one, seen_by_other = Checkpoint.parse(notes[777]), Checkpoint.parse(forked[777])
    assert seen_by_one.root != seen_by_other.root
    with pytest.raises(VerificationError, match="JZ-625"):
        verify(files, since=seen_by_one)
    node = tiles.Hashes(lambda tile: Shown(files).read(tile.path), 777).node
    kept = Checkpoint.parse(notes[700])
    if at < 700:  # the fork lies before what the first witness cosigned: no proof leads from there
        assert not is_consistent(700, kept.root, 777, seen_by_other.root, consistency(node, 700, 777))


def inject(logs, count, seed):
    entries, (whole, notes) = logs
    chance, found = random.Random(seed), Counter()
    for at in range(count):
        if at % 50 == 49:
            shape = chance.choice([cut_back, fork])
            shape(chance, entries, notes)
            found[shape.__name__] += 1
            continue
        change, files = IN_PLACE[at % len(IN_PLACE)], dict(whole)
        change(chance, files, notes)
        if files == whole:
            continue
        with pytest.raises(VerificationError) as caught:
            verify(files)
        assert caught.value.where
        assert caught.value.exit_code == 4
        found[change.__name__] += 1
    return found


def test_the_untouched_log_verifies(logs):
    _, (whole, notes) = logs
    assert verify(whole).size == 777
    assert verify(whole, since=Checkpoint.parse(notes[300])).since == 300


def test_two_hundred_changes_are_all_found(logs):
    found = inject(logs, 200, seed=1)
    assert sum(found.values()) >= 190


@pytest.mark.long
def test_ten_thousand_changes_are_all_found(logs):
    found = inject(logs, 10_200, seed=2)
    assert sum(found.values()) >= 10_000


def test_every_single_bit_of_a_small_log_is_covered():
    entries = [b'{"v":1}', b'{"v":12}', b""]
    files, _ = log_of(entries, (1, 2, 3))
    assert verify(files).size == 3
    for path, data in files.items():
        for at in range(8 * len(data)):
            changed = bytearray(data)
            changed[at // 8] ^= 1 << at % 8
            with pytest.raises(VerificationError):
                verify(files | {path: bytes(changed)})
