"""Forecast tables as arrays, and intervals of their measures by blocks of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jazari.core.errors import DataError

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.datetime64]
_BLOCK = 7  # origins that are drawn together
_NEEDED = ("series", "origin", "time", "actual", "baseline", "mase_scale", "q0.5")


@dataclass(frozen=True)
class Tensor:
    """Forecasts as arrays.

    Attributes:
        names: S series, in the order of the table.
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


def tensor_of(table: pa.Table) -> Tensor:
    """Read a table of forecasts; origins without any truth are left out.

    Raises:
        DataError: JZ-395.
    """
    missing = [name for name in _NEEDED if name not in table.column_names]
    if missing or not table.num_rows:
        raise DataError("JZ-395", "the table is none of forecasts", found=f"missing: {', '.join(missing) or 'rows'}",
                        fix="give the forecasts.parquet of a dossier.")  # fmt: skip
    table = table.sort_by([("series", "ascending"), ("origin", "ascending"), ("time", "ascending")])
    names, series = np.unique(table.column("series").to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    origins, issued = np.unique(_times(table, "origin"), return_inverse=True)
    steps = table.num_rows // (len(names) * len(origins))
    shape = (len(names), len(origins), steps)
    cell = series * len(origins) + issued
    if len(names) * len(origins) * steps != table.num_rows or (np.bincount(cell) != steps).any():
        raise DataError("JZ-395", "some forecasts miss steps, or hold a step twice",
                        found=f"{table.num_rows} rows for {len(names)} series and {len(origins)} origins",
                        fix="give one row a series, origin and time.")  # fmt: skip
    levels = sorted((float(name[1:]), name) for name in table.column_names if name.startswith("q0"))
    actual = _floats(table, "actual").reshape(shape)
    known = np.isfinite(actual).any(axis=(0, 2))
    if not known.any():
        raise DataError("JZ-395", "no truth stands beside the forecasts", found=f"{len(origins)} origins",
                        fix="score forecasts when their truth has come.")  # fmt: skip
    times = _times(table, "time").reshape(shape)[0]
    return Tensor(
        names=tuple(names.tolist()),
        origins=origins[known],
        times=times[known],
        levels=tuple(level for level, _ in levels),
        quantiles=np.stack([_floats(table, name).reshape(shape)[:, known] for _, name in levels], axis=-1),
        actual=actual[:, known],
        baseline=_floats(table, "baseline").reshape(shape)[:, known],
        scale=_floats(table, "mase_scale").reshape(shape)[:, 0, 0],
    )


def interval(losses: Floats, *, seed: int, draws: int, level: float = 0.95) -> tuple[float | None, float | None]:
    """A percentile interval of a measure: blocks of neighbouring origins are drawn with replacement.

    Args:
        losses: (S, O, H), NaN where unknown.
        seed: Of the draws.
        draws: How many.
        level: Of the interval.

    Source: H. R. Künsch, Annals of Statistics 17 (1989) 1217-1241 (moving blocks).
    """
    known = np.isfinite(losses)
    total, count = np.where(known, losses, 0.0).sum(axis=2), known.sum(axis=2)
    times = block_draws(total.shape[1], seed=seed, draws=draws)
    if times is None:
        return None, None
    sums, counts = times @ total.T, times @ count.T
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.nanmean(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def block_draws(origins: int, *, seed: int, draws: int) -> npt.NDArray[np.int64] | None:
    """How many times each origin is drawn when blocks of neighbours are: (draws, O); None for fewer than three."""
    if origins < 3:  # noqa: PLR2004  fewer say nothing of how days differ
        return None
    size = min(_BLOCK, max(origins // 3, 1))
    draw = np.random.default_rng(seed)
    starts = draw.integers(0, origins - size + 1, size=(draws, -(-origins // size)))
    at = (starts[:, :, None] + np.arange(size)).reshape(draws, -1)[:, :origins]
    return np.stack([np.bincount(each, minlength=origins) for each in at])


def known_mean(values: Floats, axes: tuple[int, ...]) -> Floats:
    """The mean of what is known; NaN where nothing is."""
    known = np.isfinite(values)
    count = known.sum(axis=axes)
    total = np.where(known, values, 0.0).sum(axis=axes)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _floats(table: pa.Table, name: str) -> Floats:
    return np.asarray(table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _times(table: pa.Table, name: str) -> Times:
    return np.asarray(table.column(name).cast(pa.timestamp("s"), safe=False).to_numpy()).astype("datetime64[s]")
