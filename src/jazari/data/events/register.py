"""The register of a state: which keys there are, at which site, and where each stands in the accumulators."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from jazari.core.errors import DataError
from jazari.data.events.columns import mapped, plain, write_columns
from jazari.data.events.hashing import hashed
from jazari.data.relation import RELATION, quoted
from jazari.data.source import open_source

_SPREAD = 8  # a direct table is used up to so many places a key
_STRIDE = 1 << 18  # keys looked at in one go, so that they stay in the cache


class Register:
    """Keys in the order in which they came, each with its site. A key keeps its place for ever.

    Attributes:
        keys: int64 or string, shape (n,).
        site: The number of each key's site, shape (n,); -1 where there is none.
        sites: The sites in the order of their numbers.
    """

    def __init__(self, keys: pa.Array, site: NDArray[np.int32], sites: list[str]) -> None:
        self.keys = keys
        self.site = site
        self.sites = sites
        self._names = _words(sites)

    @classmethod
    def of(cls, table: pa.Table) -> Register:
        """The register of a table that `fitting` gave."""
        register = cls(_one(table["key"]), np.empty(0, np.int32), [])
        register.site = register._numbered(_one(table["site"].dictionary_encode()))
        return register

    @classmethod
    def read(cls, path: Path) -> Register:
        """Map what `write` wrote."""
        batch = mapped(path)
        register = cls(batch["key"], plain(batch["site"]), json.loads(batch.schema.metadata[b"sites"]))
        if "ranked" in batch.schema.names:
            register._sorted = (plain(batch["order"]), plain(batch["ranked"]))
        return register

    def write(self, path: Path) -> None:
        """Write it, the sites in its metadata; with the order of its keys where they are looked up by it."""
        metadata = {"sites": json.dumps(self.sites, ensure_ascii=False)}
        columns = {"key": self.keys, "site": self.site}
        if self.is_text or self._direct is None:
            columns["order"], columns["ranked"] = self._sorted
        write_columns(path, columns, metadata)

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def is_text(self) -> bool:
        """Whether its keys are text."""
        return bool(pa.types.is_string(self.keys.type))

    @cached_property
    def keys_at(self) -> NDArray[np.int64]:
        """How many keys each site has, shape (sites,)."""
        counted = np.zeros(len(self.sites) + 1, np.int64)  # the first for keys without a site
        for start in range(0, len(self), _STRIDE):
            site = self.site[start : start + _STRIDE].astype(np.intp)
            counted += np.bincount(site + 1, minlength=len(counted))
        return counted[1:]

    def places(self, keys: pa.Array) -> NDArray[np.int32]:
        """Where keys stand, shape (n,); -1 where they are not in the register."""
        if self.is_text:
            return self._places_of_texts(keys.cast(pa.string()))
        keys = _whole(keys)
        filled = pc.fill_null(keys, self._low - 1) if keys.null_count else keys
        return self.placed(filled.to_numpy(zero_copy_only=False))

    def placed(self, keys: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Where whole keys stand, shape (n,); -1 where they are not in a register of whole keys."""
        if self._direct is None:
            return self._searched(keys)
        offset = np.subtract(keys, self._low, dtype=np.int64)
        # a negative offset is a very large one without its sign: one look for both ends
        if not len(offset) or offset.view(np.uint64).max() < len(self._direct):
            return np.asarray(self._direct.take(offset))
        inside = (offset >= 0) & (offset < len(self._direct))
        return np.where(inside, self._direct[np.where(inside, offset, 0)], np.int32(-1))

    def numbers(self, sites: pa.Array) -> NDArray[np.int32]:
        """The numbers of the names of sites, shape (n,); -1 where there is none. A new site takes the next number."""
        words = sites.cast(pa.string())
        at = pc.index_in(words, self._names)
        fresh = [site for site in words.filter(at.is_null()).unique().to_pylist() if site]
        if fresh:
            self.sites += fresh
            self._names = _words(self.sites)
            at = pc.index_in(words, self._names)
        return plain(pc.fill_null(at, -1) if at.null_count else at)

    def joined(self, table: pa.Table) -> Register:
        """This register with the rows of a table: new sites for the keys it has, its new keys at the end."""
        places = self.places(_one(table["key"]))
        numbers = self._numbered(_one(table["site"].dictionary_encode()))
        site = self.site.copy()
        known = (places >= 0) & (numbers >= 0)
        site[places[known]] = numbers[known]
        fresh = np.flatnonzero(places < 0)
        added = _one(table["key"]).cast(self.keys.type).take(pa.array(fresh))
        return Register(pa.concat_arrays([self.keys, added]), np.concatenate([site, numbers[fresh]]), self.sites)

    def _numbered(self, sites: pa.DictionaryArray) -> NDArray[np.int32]:
        """The number of the site of each row."""
        table = np.append(self.numbers(sites.dictionary), np.int32(-1))
        return np.asarray(table[pc.fill_null(sites.indices, len(table) - 1).to_numpy(zero_copy_only=False)])

    def _places_of_texts(self, keys: pa.Array) -> NDArray[np.int32]:
        _, ranked = self._sorted
        if (ranked[1:] == ranked[:-1]).any():  # two keys of one number: once in thousands of registers
            found: NDArray[np.int32] = pc.fill_null(pc.index_in(keys, self.keys), -1).to_numpy()
            return found
        places = self._searched(hashed(keys))
        same = pc.equal(self.keys.take(pa.array(np.maximum(places, 0))), keys)
        return np.where(pc.fill_null(same, False).to_numpy(zero_copy_only=False), places, np.int32(-1))  # noqa: FBT003  a value

    def _searched(self, numbers: NDArray[np.integer[Any]]) -> NDArray[np.int32]:
        """Where keys of these numbers stand; -1 where there is none."""
        order, ranked = self._sorted
        turn = np.argsort(numbers)  # looked for in their order, what is looked at stays in the cache
        numbers = numbers[turn]
        at = np.minimum(np.searchsorted(ranked, numbers), len(ranked) - 1)
        places = np.empty(len(numbers), np.int32)
        places[turn] = np.where(ranked[at] == numbers, order[at], -1)
        return places

    @cached_property
    def _values(self) -> NDArray[Any]:
        """A number a key: the key itself, or that of its text."""
        return hashed(self.keys) if self.is_text else plain(self.keys)

    @cached_property
    def _low(self) -> int:
        return int(self._values.min()) if len(self) else 0

    @cached_property
    def _direct(self) -> NDArray[np.int32] | None:
        span = int(self._values.max()) - self._low + 1 if len(self) else 1
        if span > _SPREAD * max(len(self), 1):
            return None
        table = np.full(span, -1, np.int32)
        for start in range(0, len(self), _STRIDE):
            values = self._values[start : start + _STRIDE]
            table[values - self._low] = np.arange(start, start + len(values), dtype=np.int32)
        return table

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int32], NDArray[Any]]:
        """The keys' places by their numbers, and the numbers in order."""
        order = np.argsort(self._values)
        return order.astype(np.int32), self._values[order]


def fitting(table: pa.Table, key: str, site: str, where: str) -> pa.Table:
    """The `key` and `site` of a use case's table, one row a key.

    Raises:
        DataError: JZ-374, the columns are not there, a key is missing or stands twice, or there is no row.
    """
    for name in (key, site):
        if name not in table.column_names:
            raise _unfit(where, f"the register has no column '{name}'", ", ".join(table.column_names[:60]))
    keys = table[key]
    wanted = pa.int64() if pa.types.is_integer(keys.type) else pa.string()
    keys = keys.cast(wanted)
    if keys.null_count or not len(keys):
        raise _unfit(where, "the register has rows without a key, or none", f"{keys.null_count} of {len(keys)} rows")
    different = pc.count_distinct(keys).as_py()
    if different < len(keys):
        raise _unfit(where, "a key stands twice in the register", f"{different} keys on {len(keys)} rows")
    return pa.table({"key": keys, "site": table[site].cast(pa.string())})


def _unfit(where: str, sentence: str, found: str) -> DataError:
    return DataError(
        "JZ-374", sentence, where=where, found=found,
        fix="give the table of one period, a row a key, with the key and the site that the events declare.",
    )  # fmt: skip


def _whole(keys: pa.Array) -> pa.Array:
    """Keys as whole numbers; text that is none, as in a csv, is missing."""
    if pa.types.is_integer(keys.type):
        return keys.cast(pa.int64())
    text = keys.cast(pa.string())
    return pc.if_else(pc.match_substring_regex(text, r"^-?\d{1,18}$"), text, None).cast(pa.int64())


def _words(texts: list[str]) -> pa.Array:
    """Texts as an Arrow array."""
    encoded = [one.encode() for one in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _one(column: Any) -> Any:
    """A column as one array."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def read_table(data: str, key: str, site: str) -> pa.Table:
    """The columns of the key and the site of a table, as `fitting` takes them.

    Raises:
        DataError: as `open_source`.
    """
    with open_source(data) as source, source.reading():
        wanted = [(index, name) for name in (key, site) if (index := source.position(name)) is not None]
        if not wanted:
            return pa.table({})
        columns = ", ".join(f"c{index} AS {quoted(name)}" for index, name in wanted)
        return source.select(f"SELECT {columns} FROM {RELATION}").to_arrow_table()
