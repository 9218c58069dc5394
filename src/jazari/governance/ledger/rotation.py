"""Keys change hands: rotation, revocation, and the cosignatures of witnesses."""

from __future__ import annotations

from jazari.core.errors import LedgerError
from jazari.governance.ledger.event import Event
from jazari.governance.ledger.failures import differs
from jazari.governance.ledger.files import Disk, replace
from jazari.governance.ledger.keys import new_key
from jazari.governance.ledger.ledger import Ledger
from jazari.governance.ledger.notes import WITNESS, Checkpoint, Malformed, PublicKey, Signature
from jazari.governance.ledger.policy import Policy
from jazari.governance.ledger.settings import COSIGNED, POLICY
from jazari.governance.ledger.verifying import canonical_order

_ASIDE = ".policy"


def rotate(ledger: Ledger, reasons: str) -> PublicKey:
    """Give the log a new key.

    The old key seals the event that names the new one; then the head is signed by both, so that whoever trusts either
    can go on. The old key stays in the policy: receipts under it hold.

    Returns:
        The new public key.
    """
    with ledger.locked():
        old, new = ledger.keys.signing(), new_key(ledger.name)
        policy = ledger.policy()
        _write(ledger, _with_logs(policy, (*policy.logs, new.public)))
        ledger.write(Event("key_rotated", {"reasons": reasons}, {"key": str(new.public), "old_key": str(old.public)}))
        ledger.keys.replace(new)
        ledger.publish(_ordered(ledger.head().signed_by(new), ledger.policy()))
    return new.public


def revoke(ledger: Ledger, key: str, reasons: str) -> PublicKey:
    """Trust a key of the log no longer; where it is the one in use, another takes its place first.

    Receipts under the revoked key no longer verify with the new policy: make them again, they stand under the new one.

    Args:
        ledger: The ledger.
        key: A vkey of the policy, or the eight hexadecimal digits of its id.
        reasons: Why.

    Returns:
        The revoked key.

    Raises:
        LedgerError: JZ-614, the policy has no such key.
    """
    with ledger.locked():
        policy = ledger.policy()
        revoked = next((one for one in policy.logs if key in (str(one), one.id.hex())), None)
        if revoked is None:
            raise LedgerError(
                "JZ-614", "no key of this log is called so", found=", ".join(one.id.hex() for one in policy.logs),
                fix="give one of these ids, or the whole vkey.",
            )  # fmt: skip
        facts = {"old_key": str(revoked)}
        left = tuple(one for one in policy.logs if one != revoked)
        if ledger.keys.signing().public == revoked:
            new = new_key(ledger.name)
            facts["key"] = str(new.public)
            left = (*left, new.public)
            _write(ledger, _with_logs(policy, (*policy.logs, new.public)))
            ledger.keys.replace(new)
            ledger.publish(_ordered(ledger.head().signed_by(new), ledger.policy()))
        ledger.write(Event("key_revoked", {"reasons": reasons}, facts))
        _write(ledger, _with_logs(policy, left))
    return revoked


def add_cosignature(ledger: Ledger, line: str, vkey: str) -> None:
    """Put a witness's cosignature on the head of the log; the witness joins the policy under its key's name.

    Raises:
        VerificationError: JZ-621, it is not a cosignature of this head by this key.
    """
    where = "the cosignature"
    try:
        key, signature = PublicKey.parse(vkey), Signature.parse(line.rstrip("\n"))
    except Malformed as wrong:
        raise differs(
            "JZ-621",
            "this is not a cosignature",
            where=where,
            found=str(wrong),
            fix="ask the witness for its line again.",
        ) from None
    with ledger.locked():
        head = ledger.head()
        if key.kind != WITNESS or not signature.is_by(key) or not key.verifies(head.text, signature.data):
            raise differs(
                "JZ-621", "this cosignature is not of the log's head", where=where,
                found=f"{signature.name} ({signature.id.hex()})",
                fix="the log may have grown since: ask the witness again.",
            )  # fmt: skip
        policy = ledger.policy()
        if key not in policy.witnesses.values():
            policy = Policy(
                policy.logs, {**policy.witnesses, f"{key.name}/{key.id.hex()}": key}, policy.groups, policy.quorum
            )
            _write(ledger, policy)
        others = tuple(one for one in head.signatures if not one.is_by(key))
        cosigned = _ordered(Checkpoint(head.text, (*others, signature), head.origin, head.size, head.root), policy)
        ledger.publish(cosigned)
        replace(Disk(ledger.folder), COSIGNED, cosigned.note(), _ASIDE)


def _with_logs(policy: Policy, logs: tuple[PublicKey, ...]) -> Policy:
    return Policy(logs, policy.witnesses, policy.groups, policy.quorum)


def _ordered(checkpoint: Checkpoint, policy: Policy) -> Checkpoint:
    order = canonical_order(checkpoint, policy)
    lines = sorted(checkpoint.signatures, key=lambda one: order.index((one.name, one.id)))
    return Checkpoint(checkpoint.text, tuple(lines), checkpoint.origin, checkpoint.size, checkpoint.root)


def _write(ledger: Ledger, policy: Policy) -> None:
    replace(Disk(ledger.folder), POLICY, policy.text().encode(), _ASIDE)
