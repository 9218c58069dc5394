"""Scores of alerts: probabilities of an event beside what came true."""

from __future__ import annotations

from typing import Any

import numpy as np

from jazari.audit.forecast_blocks import Floats
from jazari.core.errors import DataError

_BINS = 10


def alerts(probability: Floats, happened: Floats) -> dict[str, Any]:
    """Brier score, its parts and a reliability table.

    Args:
        probability: (N,) of the event.
        happened: (N,) 1 where it came true, 0 where not.

    Returns:
        `brier`, `reliability`, `resolution`, `uncertainty` (over bins of equal width, exact to the spread within bins),
        `skill` over always saying the base rate, `n`, and `table` (`said`, `came`, `n` a bin).

    Raises:
        DataError: JZ-397.

    Source: A. H. Murphy, Journal of Applied Meteorology 12 (1973) 595-600.
    """
    said, came = np.asarray(probability, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    is_sound = (
        said.shape == came.shape and said.size > 0 and np.isfinite(said).all() and np.isin(came, (0.0, 1.0)).all()
    )
    if not is_sound or (said < 0).any() or (said > 1).any():
        raise DataError("JZ-397", "an alert is a probability beside what came true",
                        found=f"{said.size}, {came.size} values",
                        fix="give probabilities between 0 and 1, and 0 or 1 for what happened.")  # fmt: skip
    rate = float(came.mean())
    place = np.minimum((said * _BINS).astype(int), _BINS - 1)
    count = np.bincount(place, minlength=_BINS)
    used = count > 0
    mean_said = np.bincount(place, said, _BINS)[used] / count[used]
    mean_came = np.bincount(place, came, _BINS)[used] / count[used]
    share = count[used] / said.size
    brier, uncertainty = float(((said - came) ** 2).mean()), rate * (1 - rate)
    return {
        "brier": brier,
        "reliability": float((share * (mean_said - mean_came) ** 2).sum()),
        "resolution": float((share * (mean_came - rate) ** 2).sum()),
        "uncertainty": uncertainty,
        "skill": 1 - brier / uncertainty if uncertainty else None,
        "n": int(said.size),
        "table": [
            {"said": float(a), "came": float(b), "n": int(c)}
            for a, b, c in zip(mean_said, mean_came, count[used], strict=True)
        ],
    }
