"""Verify a receipt of a Jazari ledger without Jazari: Python's standard library and `cryptography`, nothing else.

    python verify_receipt.py RECEIPT POLICY

RECEIPT is a C2SP tlog-proof, POLICY a C2SP tlog-policy that you got by another way. Prints what was sealed and leaves
with 0, or says why not and leaves with 4.
"""

import base64
import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Refused(Exception):
    """The receipt proves nothing."""


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise Refused("base64 that is not canonical")
    return data


def read_key(vkey):
    """A vkey: name, id, type and Ed25519 key."""
    name, stamp, coded = vkey.split("+", 2)
    data = unbase64(coded)
    if sha256(name.encode() + b"\n" + data).hexdigest()[:8] != stamp or len(data) != 33:
        raise Refused("a key in the policy is not one")
    return name, bytes.fromhex(stamp), data[0], data[1:]


def read_policy(text):
    """The logs, the witnesses, the groups and the quorum of a tlog-policy."""
    logs, witnesses, groups, quorum = [], {}, {}, None
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            logs.append(read_key(words[1]))
        elif words[0] == "witness":
            witnesses[words[1]] = read_key(words[2])
        elif words[0] == "group":
            members = words[3:]
            least = {"any": 1, "all": len(members)}.get(words[2]) or int(words[2])
            groups[words[1]] = (least, members)
        elif words[0] == "quorum":
            quorum = words[1]
    return logs, witnesses, groups, quorum


def signed(key, text, lines):
    """Whether a key signed the text of a note."""
    name, stamp, kind, raw = key
    for who, data in lines:
        if who != name or data[:4] != stamp:
            continue
        signature, message = data[4:], text
        if kind == 4:  # a witness signs the time with the checkpoint
            when, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = f"cosignature/v1\ntime {when}\n".encode() + text
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
        except InvalidSignature:
            raise Refused(f"the signature of {name} is wrong") from None
        return True
    return False


def reached(name, seen, groups):
    """Whether a witness or a group has witnessed."""
    if name == "none" or name in seen:
        return True
    least, members = groups.get(name, (1, []))
    return sum(reached(member, seen, groups) for member in members) >= least


def root_of(leaf, index, size, path):
    """The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2)."""
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("the path is too long")
        if at & 1 or at == last:
            root = sha256(b"\x01" + sibling + root).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = sha256(b"\x01" + root + sibling).digest()
        at, last = at >> 1, last >> 1
    if last:
        raise Refused("the path is too short")
    return root


def verify(receipt, policy):
    """What the receipt says, or Refused."""
    head, _, note = receipt.partition("\n\n")
    first, extra, index, *path = head.split("\n")
    if first != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise Refused("not a receipt")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    lines = [line.split(" ") for line in signatures.splitlines()]
    lines = [(name, unbase64(coded)) for dash, name, coded in lines if dash == "—"]
    logs, witnesses, groups, quorum = read_policy(policy)
    if not any(key[0] == origin and signed(key, text.encode(), lines) for key in logs):
        raise Refused("no trusted key of the log signed")
    seen = {name for name, key in witnesses.items() if signed(key, text.encode(), lines)}
    if quorum is None or not reached(quorum, seen, groups):
        raise Refused("not enough witnesses")
    opened = unbase64(extra.removeprefix("extra ")).decode()
    reader = json.JSONDecoder()  # the very bytes of entry and record are what was hashed
    entry, end = reader.raw_decode(opened, len('{"entry":'))
    entry_bytes = opened[len('{"entry":') : end].encode()
    start = end + len(',"record":')
    record, end = reader.raw_decode(opened, start)
    record_bytes, salt = opened[start:end].encode(), bytes.fromhex(json.loads(opened)["salt"])
    whole = b'{"entry":%b,"record":%b,"salt":"%b"}' % (entry_bytes, record_bytes, salt.hex().encode())
    if whole.decode() != opened or str(int(index[6:])) != index[6:]:
        raise Refused("the receipt is not in its only encoding")
    leaf = sha256(b"\x00" + entry_bytes).digest()
    if root_of(leaf, int(index[6:]), int(size), [unbase64(one) for one in path]) != unbase64(root):
        raise Refused("the entry is not in the log")
    if sha256(b"jazari commitment v1\x00" + salt + record_bytes).hexdigest() != entry["commitment"]:
        raise Refused("the record is not the one that was sealed")
    said = {"log": origin, "size": int(size), "index": int(index[6:]), "witnesses": sorted(seen)}
    return said | {"entry": entry, "record": record}


if __name__ == "__main__":
    try:
        print(json.dumps(verify(*(Path(name).read_text() for name in sys.argv[1:3])), indent=2, ensure_ascii=False))
    except (Refused, ValueError, KeyError, IndexError) as why:
        print(f"refused: {why}", file=sys.stderr)
        sys.exit(4)
