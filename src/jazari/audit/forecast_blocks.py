"""Forecast tables as arrays, and intervals of their measures by blocks of days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jazari.core.errors import DataError

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]
_BLOCK = 7  # origins that are drawn together
_AT_ONCE = 4_000_000  # quantiles that lie in memory as arrays: 32 MB
_NEEDED = ("series", "origin", "time", "actual", "baseline", "mase_scale", "q0.5")


@dataclass(frozen=True)
class Tensor:
    """Forecasts as arrays.

    Attributes:
        names: S series, sorted.
        origins: (O,) rising.
        times: (O, H).
        levels: L levels, rising.
        quantiles: (S, O, H, L).
        actual: (S, O, H), NaN where unknown.
        baseline: (S, O, H).
        scale: (S,) of the MASE.
    """

    names: tuple[str, ...]
    origins: Times
    times: Times
    levels: tuple[float, ...]
    quantiles: Floats
    actual: Floats
    baseline: Floats
    scale: Floats

    def quantile(self, level: float) -> Floats:
        """The quantile of a level: (S, O, H).

        Raises:
            DataError: JZ-395, the table has no such level.
        """
        if level not in self.levels:
            raise DataError("JZ-395", f"the forecasts have no quantile {level:g}",
                            found=", ".join(map(str, self.levels)),
                            fix="forecast with the levels .025, .05, .10 ... .95, .975.")  # fmt: skip
        return np.asarray(self.quantiles[..., self.levels.index(level)])

    @property
    def median(self) -> Floats:
        """(S, O, H)."""
        return self.quantile(0.5)


def tensors_of(table: pa.Table) -> Iterator[Tensor]:
    """Read a table of forecasts, so many series at a time that their arrays stay small; in the order of their names.

    Raises:
        DataError: JZ-395.
    """
    missing = [name for name in _NEEDED if name not in table.column_names]
    if missing or not table.num_rows:
        raise DataError("JZ-395", "the table is none of forecasts", found=f"missing: {', '.join(missing) or 'rows'}",
                        fix="give the forecasts.parquet of a dossier.")  # fmt: skip
    names, series = _coded(table)
    origins, issued = np.unique(_times(table, "origin"), return_inverse=True)
    moments = _times(table, "time")
    order = np.lexsort((moments, issued, series))
    if not (order[1:] > order[:-1]).all():
        table, series, issued, moments = table.take(pa.array(order)), series[order], issued[order], moments[order]
    steps = table.num_rows // (len(names) * len(origins))
    cell = series * len(origins) + issued
    if len(names) * len(origins) * steps != table.num_rows or (np.bincount(cell) != steps).any():
        raise DataError("JZ-395", "some forecasts miss steps, or hold a step twice",
                        found=f"{table.num_rows} rows for {len(names)} series and {len(origins)} origins",
                        fix="give one row a series, origin and time.")  # fmt: skip
    scale = _floats(table, "mase_scale").reshape(len(names), -1)
    if not ((scale == scale[:, :1]) | (np.isnan(scale) & np.isnan(scale[:, :1]))).all():
        raise DataError("JZ-395", "a series has one scale", found="several values of mase_scale in a series",
                        fix="give the mean error of the simple rule, once a series.")  # fmt: skip
    levels = sorted((float(name[1:]), name) for name in table.column_names if name.startswith("q0"))
    times, each = moments[: len(origins) * steps].reshape(len(origins), steps), len(origins) * steps
    many = max(_AT_ONCE // (each * len(levels)), 1)
    for first in range(0, len(names), many):
        chosen = names[first : first + many]
        rows = table.slice(first * each, len(chosen) * each)
        shape = (len(chosen), len(origins), steps)
        yield Tensor(
            names=tuple(chosen),
            origins=origins,
            times=times,
            levels=tuple(level for level, _ in levels),
            quantiles=np.stack([_floats(rows, name).reshape(shape) for _, name in levels], axis=-1),
            actual=_floats(rows, "actual").reshape(shape),
            baseline=_floats(rows, "baseline").reshape(shape),
            scale=scale[first : first + many, 0],
        )


def interval(
    totals: Floats, counts: Floats, *, seed: int, draws: int, level: float = 0.95
) -> tuple[float | None, float | None]:
    """A percentile interval of a measure: blocks of neighbouring origins are drawn with replacement.

    Args:
        totals: (S, O) losses, added up over each horizon.
        counts: (S, O) how many.
        seed: Of the draws.
        draws: How many.
        level: Of the interval.

    Source: H. R. Künsch, Annals of Statistics 17 (1989) 1217-1241 (moving blocks).
    """
    times = block_draws(totals.shape[1], seed=seed, draws=draws)
    if times is None:
        return None, None
    sums, known = times @ totals.T, times @ counts.T
    means = np.nanmean(np.where(known > 0, sums / np.maximum(known, 1), np.nan), axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def block_draws(origins: int, *, seed: int, draws: int) -> Floats | None:
    """How many times each origin is drawn when blocks of neighbours are: (draws, O); None for fewer than three."""
    if origins < 3:  # noqa: PLR2004  fewer say nothing of how days differ
        return None
    size = min(_BLOCK, max(origins // 3, 1))
    draw = np.random.default_rng(seed)
    starts = draw.integers(0, origins - size + 1, size=(draws, -(-origins // size)))
    at = (starts[:, :, None] + np.arange(size)).reshape(draws, -1)[:, :origins]
    return np.stack([np.bincount(each, minlength=origins) for each in at]).astype(np.float64)


def _coded(table: pa.Table) -> tuple[list[str], npt.NDArray[np.int64]]:
    """The names of the series, sorted, and the place of each row's."""
    encoded = pc.dictionary_encode(table.column("series").cast(pa.string())).combine_chunks()
    words = encoded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=words.__getitem__)
    rank = np.empty(len(words), dtype=np.int64)
    rank[order] = np.arange(len(words))
    return [words[at] for at in order], rank[encoded.indices.to_numpy(zero_copy_only=False)]


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _times(table: pa.Table, name: str) -> Times:
    return np.asarray(table.column(name).cast(pa.timestamp("s"), safe=False).to_numpy()).astype("datetime64[s]")
