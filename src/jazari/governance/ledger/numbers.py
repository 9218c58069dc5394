"""Numbers that people carry: short, unguessable, hard to mistype.

Twenty letters of Crockford's base32 (https://www.crockford.com/base32.html) in groups of four: four for the time in
steps of ten minutes, so that numbers given together lie together in a store's index, fifteen drawn at random
(75 bits), and one that checks the others.
"""

from __future__ import annotations

import os
import time

from jazari.core.errors import LedgerError

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {letter: at for at, letter in enumerate(_LETTERS)} | {"O": 0, "I": 1, "L": 1}
_PAIRS = [a + b for a in _LETTERS for b in _LETTERS]
_STEP = 600
_TIME_BITS = 20
_RANDOM_BITS = 75
_LENGTH = 20
_SHIFTS = range(85, 0, -10)


def _masks() -> tuple[int, ...]:
    """For each bit of the check letter, the bits of the number whose parity it is.

    The check letter makes the sum of letter i times g**i zero in the field of 32 elements (x**5 = x**2 + 1, g = x), so
    every wrong letter and every swap of neighbours is noticed.
    """
    masks = [0] * 5
    for at in range(_LENGTH - 1):
        for bit in range(5):
            power = 1
            for _ in range(at + 1 + bit):
                power = (power << 1) ^ (0b100101 if power & 0b10000 else 0)
            for row in range(5):
                masks[row] |= (power >> row & 1) << (5 * at + bit)
    return tuple(masks)


_A, _B, _C, _D, _E = _masks()


def _check(value: int) -> str:
    bits = (value & _A).bit_count() & 1 | ((value & _B).bit_count() & 1) << 1 | ((value & _C).bit_count() & 1) << 2
    return _LETTERS[bits | ((value & _D).bit_count() & 1) << 3 | ((value & _E).bit_count() & 1) << 4]


def new(when: float | None = None) -> str:
    """A number that nobody can guess, as twenty letters without separators."""
    step = int((time.time() if when is None else when) // _STEP) & ((1 << _TIME_BITS) - 1)
    value = step << _RANDOM_BITS | int.from_bytes(os.urandom(10)) >> 5
    # 95 bits are 19 letters; two letters at a time, from the right
    pairs = [_PAIRS[value >> shift & 0x3FF] for shift in _SHIFTS]
    return f"{''.join(pairs)}{_LETTERS[value & 31]}{_check(value)}"


def shown(number: str) -> str:
    """A number as it is printed: `7ZK2-0FQW-...`."""
    return "-".join(number[at : at + 4] for at in range(0, len(number), 4))


def read(text: str) -> str:
    """The number that a person typed: any case, with or without hyphens and spaces, O for 0 and I or L for 1.

    Raises:
        LedgerError: JZ-612, it is not twenty letters of the alphabet, or its check letter is wrong.
    """
    letters = text.upper().replace("-", "").replace(" ", "")
    if len(letters) != _LENGTH or any(letter not in _VALUE for letter in letters):
        raise _wrong(f"{len(letters)} letters and digits")
    value = 0
    for letter in letters[:-1]:
        value = value << 5 | _VALUE[letter]
    number = "".join(_LETTERS[_VALUE[letter]] for letter in letters)
    if number[-1] != _check(value):
        raise _wrong("a check letter that does not fit the others")
    return number


def _wrong(found: str) -> LedgerError:
    return LedgerError(
        "JZ-612", "this is not a number that a ledger gives", found=found,
        fix="copy all twenty letters and digits from the notice or the receipt: five groups of four.",
    )  # fmt: skip
