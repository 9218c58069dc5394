# ruff: noqa: S311  chance, not secrets
"""The tree against pymerkle (an oracle that shares no code with ours) and published vectors."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from jazari.governance.ledger import tiles, tree
from jazari.governance.ledger.edge import Edge, grow

# the leaves, roots and proofs of Certificate Transparency's reference implementation of RFC 6962
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
FROM_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def nodes(leaves):
    """The nodes over leaf hashes, worked out from nothing."""
    rows = [leaves]
    while len(rows[-1]) > 32:
        rows.append(tree.parents(rows[-1]))
    return lambda level, index: rows[level][32 * index : 32 * index + 32]


def entry(at):
    return f"entry {at}".encode()


def test_roots_and_proofs_of_rfc_6962_come_out():
    entries = [bytes.fromhex(one) for one in LEAVES]
    for size, root in enumerate(ROOTS):
        assert grow(Edge(), entries[:size], tree.leaf_hashes(entries[:size])).edge.root.hex() == root
    node = nodes(tree.leaf_hashes(entries))
    assert [one.hex() for one in tree.inclusion(node, 0, 8)] == PATH_0_OF_8
    assert [one.hex() for one in tree.consistency(node, 6, 8)] == FROM_6_TO_8
    assert tree.is_consistent(
        6, bytes.fromhex(ROOTS[6]), 8, bytes.fromhex(ROOTS[8]), list(map(bytes.fromhex, FROM_6_TO_8))
    )


def compare(sizes, indices, olds):
    """Roots and inclusion proofs are pymerkle's; consistency proofs lead from its old root to its new one."""
    entries = [entry(at) for at in range(max(sizes))]
    oracle = InmemoryTree(algorithm="sha256")
    for one in entries:
        oracle.append_entry(one)
    leaves = tree.leaf_hashes(entries)
    node = nodes(leaves)
    roots = {0: tree.EMPTY_ROOT}
    for size in sizes:
        root = grow(Edge(), entries[:size], leaves[: 32 * size]).edge.root
        roots[size] = root
        assert root == (oracle.get_root(size) if size else tree.EMPTY_ROOT)
        for index in indices(size):
            path = tree.inclusion(node, index, size)
            theirs = oracle.prove_inclusion(index + 1, size).serialize()["path"]
            assert [one.hex() for one in path] == theirs[1:]
            assert tree.root_from_inclusion(leaves[32 * index : 32 * index + 32], index, size, path) == root
        for old in olds(size):
            before = roots.get(old) or oracle.get_root(old)
            assert tree.is_consistent(old, before, size, root, tree.consistency(node, old, size))


def test_every_size_up_to_three_hundred_agrees_with_pymerkle():
    compare(
        range(301),
        lambda size: {0, size // 3, size - 1} if size else (),
        lambda size: {1, size // 2, size - 1} - {0, -1} if size else (),
    )


@pytest.mark.long
def test_every_size_up_to_two_thousand_agrees_with_pymerkle():
    chance = random.Random(5)
    compare(
        range(2001),
        lambda size: {chance.randrange(size) for _ in range(3)} if size else (),
        lambda size: {chance.randrange(1, size + 1) for _ in range(3)} if size else (),
    )


@pytest.mark.long
def test_a_thousand_larger_sizes_agree_with_pymerkle():
    chance = random.Random(6)
    compare(
        sorted(chance.randrange(2001, 70_000) for _ in range(1000)),
        lambda size: [chance.randrange(size)],
        lambda size: [chance.randrange(1, size)],
    )


@given(st.integers(1, 700), st.data())
def test_a_proof_with_one_bit_changed_proves_nothing(size, data):
    leaves = tree.leaf_hashes(entry(at) for at in range(size))
    node = nodes(leaves)
    index = data.draw(st.integers(0, size - 1))
    root = tree.range_root(node, 0, size)
    path = tree.inclusion(node, index, size)
    leaf = leaves[32 * index : 32 * index + 32]
    assert tree.root_from_inclusion(leaf, index, size, path) == root
    assert tree.root_from_inclusion(leaf, index, size, [*path, leaf]) != root
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        bit = data.draw(st.integers(0, 255))
        flipped = int.to_bytes(int.from_bytes(path[at]) ^ 1 << bit, 32)
        assert tree.root_from_inclusion(leaf, index, size, [*path[:at], flipped, *path[at + 1 :]]) != root
        assert tree.root_from_inclusion(leaf, index, size, path[:-1]) != root


@given(st.integers(0, 600), st.integers(0, 600), st.data())
def test_a_consistency_proof_holds_for_its_own_past_only(one, other, data):
    old, size = sorted((one, other))
    leaves = tree.leaf_hashes(entry(at) for at in range(size))
    node = nodes(leaves)
    before = tree.range_root(node, 0, old) if old else tree.EMPTY_ROOT
    after = tree.range_root(node, 0, size) if size else tree.EMPTY_ROOT
    path = tree.consistency(node, old, size)
    assert tree.is_consistent(old, before, size, after, path)
    assert not tree.is_consistent(old, bytes(32), size, after, path)
    assert old == 0 or not tree.is_consistent(old, before, size, bytes(32), path)
    assert not tree.is_consistent(old, before, size, after, [*path, bytes(32)])
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert not tree.is_consistent(old, before, size, after, path[:at] + path[at + 1 :])


@given(st.lists(st.integers(1, 600), max_size=6))
def test_growing_in_steps_leaves_the_tiles_of_growing_at_once(steps):
    size = sum(steps)
    entries = [entry(at) for at in range(size)]
    edge, files, at = Edge(), {}, 0
    for step in steps:
        grown = grow(edge, entries[at : at + step], tree.leaf_hashes(entries[at : at + step]))
        files |= grown.files
        files = {
            path: data for path, data in files.items() if not any(path.startswith(f"{one}/") for one in grown.stale)
        }
        edge, at = grown.edge, at + step
    at_once = grow(Edge(), entries, tree.leaf_hashes(entries))
    assert (edge.root, edge.tail, edge.rows) == (at_once.edge.root, at_once.edge.tail, at_once.edge.rows)
    assert at_once.files.items() <= files.items()
    assert all(tiles.parse(path).width < 256 for path in files.keys() - at_once.files.keys())
    loaded = Edge.load(lambda tile: files[tile.path], size)
    assert (loaded.root, loaded.tail) == (edge.root, edge.tail)


@given(st.integers(0, 10**12), st.integers(1, 256), st.integers(-1, 63))
def test_a_tile_has_one_path(number, width, level):
    tile = tiles.Tile(level, number, width)
    assert tiles.parse(tile.path) == tile


def test_paths_are_those_of_the_specification():
    assert tiles.Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert tiles.Tile(tiles.ENTRIES, 273, 112).path == "tile/entries/273.p/112"
    for wrong in (
        "tile/00/000",
        "tile/0/1",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/64/000x",
        "tile/0/000.p/257",
    ):
        assert tiles.parse(wrong) is None
    # the example of a tree of 70,000 entries in the specification
    assert [[sum(1 for _ in tiles.tiles(level, 70_000))] for level in tiles.levels(70_000)] == [[274], [2], [1]]


@given(st.lists(st.binary(max_size=300), max_size=20), st.data())
def test_a_bundle_gives_its_entries_back_and_a_cut_one_none(entries, data):
    whole = tiles.bundle(entries)
    assert tiles.unbundle(whole) == entries
    cut = data.draw(st.integers(0, len(whole)))
    found = tiles.unbundle(whole[:cut])
    assert found is None or found == entries[: len(found)]
