"""Forecasting: `backtest` over rolling origins, `forecast` ahead of the last reading, `resume` from a kept state.

A forecast issued at an origin has seen what came before it, and what is declared known ahead: nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

import numpy as np
from threadpoolctl import threadpool_limits

from jazari.core import plugins
from jazari.core.errors import EngineError
from jazari.core.progress import Progress, Silent
from jazari.engines.forecast.answer import Forecasts, State
from jazari.engines.forecast.blocks import Blocks, blocks_of
from jazari.engines.forecast.calendar import daily
from jazari.engines.forecast.intervals import Intervals
from jazari.engines.forecast.leaks import refuse_leaks
from jazari.engines.forecast.panel import Floats, Panel, Times
from jazari.engines.forecast.profiles import PROFILE
from jazari.engines.forecast.rolling import Member, Rolling, corrected
from jazari.engines.forecast.scores import mase_scale, seasonal_naive, truth
from jazari.engines.forecast.settings import Settings
from jazari.engines.forecast.state import errors_back, issued_back, joined, keep, scale_of

GROUP = "jazari.engines.forecast"
_BURN = 42  # days that are forecast before the first origin, so that intervals have errors to learn from
_LEFT_OUT = 84


def backtest(panel: Panel, origins: Times, settings: Settings, *, progress: Progress | None = None) -> Forecasts:
    """Forecast at each origin with what was known then, and set beside it what came true.

    Args:
        panel: The series; `calendar` and `known` may reach past the last reading.
        origins: (O,) starts of blocks, rising: midnights where `issue` is 0. One past the end is the future.
        settings: Horizon, levels, variant and seed.
        progress: Told of each origin.

    Returns:
        Quantiles (O, S, H, L), truth, baseline and state: see `Forecasts`.

    Raises:
        EngineError: JZ-420 no daily cycle, JZ-422 an origin that is none, JZ-423 too little before the first origin,
            JZ-424 a column known ahead that is the series itself.
    """
    seen_to = np.sort(np.asarray(origins, dtype="datetime64[s]"))
    told = progress or Silent()
    told.step("forecast", len(seen_to))
    variant = plugins.load(GROUP, settings.variant)
    refuse_leaks(panel, seen_to[0], settings.ahead)
    with threadpool_limits(1):  # many small matrices: more threads only wait for each other
        if getattr(variant, "runs_on_steps", False):
            answer: Forecasts = variant.backtest(panel, seen_to, settings, told)
            return answer
        return _on_blocks(panel, seen_to, settings, variant, told)


def forecast(panel: Panel, settings: Settings, *, progress: Progress | None = None) -> Forecasts:
    """Forecast from the first origin that has every reading behind it: see `backtest`."""
    return backtest(panel, next_origin(panel, settings), settings, progress=progress)


def next_origin(panel: Panel, settings: Settings) -> Times:
    """The first block that begins after the last reading: (1,)."""
    if not panel.is_daily_cycle:
        return panel.ahead(1)
    end = panel.times[-1] + panel.step
    into = (end - end.astype("datetime64[D]").astype(end.dtype)) // panel.step
    wait = (settings.issue - int(into)) % panel.cycle
    return np.asarray([end + wait * panel.step]).astype("datetime64[s]")


def resume(state: State, panel: Panel, *, country: str = "MA", progress: Progress | None = None) -> Forecasts:
    """Go on from a kept state with new readings: learn their errors, then forecast from the first origin behind them.

    Regressions are refreshed on the kept and the new readings; boosted trees stay as they were fitted; intervals learn
    every day whose truth has come. `state` of the answer is the new state.

    Raises:
        EngineError: JZ-425, the readings do not go on from the kept ones.
    """
    whole = joined(state, panel)
    kept = state.document["settings"]
    settings = Settings(kept["ahead"], kept["issue"], tuple(kept["levels"]), kept["variant"], kept["seed"])
    days = np.arange(
        whole.times[0].astype("datetime64[D]"), whole.times[-1].astype("datetime64[D]") + 2 + settings.ahead
    )
    whole = replace(whole, calendar=daily(days, country) if panel.calendar else {})
    origins = next_origin(whole, settings)
    variant = plugins.load(GROUP, settings.variant)
    told = progress or Silent()
    with threadpool_limits(1):
        if getattr(variant, "runs_on_steps", False):
            answer: Forecasts = variant.backtest(whole, origins, settings, told)
            return answer
        blocks = blocks_of(
            whole, ahead=settings.ahead, issue=settings.issue, seen=len(whole.times), scale=scale_of(state.document)
        )
        last = _days(whole, blocks, np.asarray([np.datetime64(state.document["last"], "s")]))[0]
        members = _members(variant, blocks, settings.seed, state.document["members"])
        errors = errors_back(state.tables["errors"], whole.names, blocks.horizon)
        rolling = Rolling(blocks, members, Intervals.of_document(state.document["intervals"], errors))
        pending = issued_back(state.tables["issued"], last, whole.names, len(settings.levels))
        rolling.restore(pending, np.asarray(state.document["shape"], dtype=np.float64))
        return _answer(whole, blocks, rolling, settings, (last + 1, origins), told)


def _on_blocks(panel: Panel, origins: Times, settings: Settings, variant: type, told: Progress) -> Forecasts:
    seen = int(np.searchsorted(panel.times, origins[0]))
    if seen < 2 * PROFILE * panel.cycle and panel.is_daily_cycle:
        _refuse_early(seen // panel.cycle, 4 * PROFILE)
    blocks = blocks_of(panel, ahead=settings.ahead, issue=settings.issue, seen=seen)
    days = _days(panel, blocks, origins)
    members = _members(variant, blocks, settings.seed, ())
    start, errors = _opening(blocks, members, days[0])
    rolling = Rolling(blocks, members, Intervals(np.asarray(settings.levels), errors))
    if errors.shape[1]:
        rolling.fitted = [start]
    return _answer(panel, blocks, rolling, settings, (start, origins), told)


def _members(variant: Any, blocks: Blocks, seed: int, kept: Sequence[Mapping[str, Any]]) -> list[tuple[Member, float]]:
    """The members of a variant; those that are kept as documents are read back."""
    if hasattr(variant, "members"):
        members: list[tuple[Member, float]] = variant.members(blocks, seed)
    else:
        members = [(variant(blocks, seed=seed), 1.0)]
    for (member, _), each in zip(members, kept, strict=False):
        if hasattr(member, "restore"):
            member.restore(each["model"])
    return members


def _answer(
    panel: Panel, blocks: Blocks, rolling: Rolling, settings: Settings, window: tuple[int, Times], told: Progress
) -> Forecasts:
    start, origins = window
    days = _days(panel, blocks, origins)
    issued = dict(rolling.run(start, days, told))
    scaled = np.stack([issued[day] for day in days], axis=1)
    quantiles = np.ascontiguousarray(np.swapaxes(np.sort(blocks.back(scaled), axis=3), 0, 1))
    seen = int(np.searchsorted(panel.times, origins[0]))
    at = ((origins - panel.times[0]) // panel.step).astype(np.int64)
    return Forecasts(
        names=panel.names,
        origins=origins,
        times=origins[:, None] + panel.step * np.arange(settings.ahead),
        levels=np.asarray(settings.levels),
        quantiles=quantiles,
        actual=truth(panel, at, settings.ahead),
        baseline=seasonal_naive(panel, at, settings.ahead, PROFILE * panel.cycle),
        mase_scale=mase_scale(panel.values[:, :seen], PROFILE * panel.cycle),
        notes={
            "variant": settings.variant,
            "members": {type(one).__name__.lower(): each for one, each in rolling.members},
        },
        state=keep(panel, blocks, rolling, settings, days[-1]) if settings.keeps else None,
    )


def _days(panel: Panel, blocks: Blocks, origins: Times) -> list[int]:
    at = (origins - panel.times[0]) / panel.step - blocks.skipped
    days = at / panel.cycle
    whole = np.rint(days).astype(int)
    if (np.abs(days - whole) > 1e-9).any() or (whole >= blocks.shape[1]).any() or len(np.unique(whole)) != len(whole):  # noqa: PLR2004
        raise EngineError(
            "JZ-422", "an origin is no start of a day of this panel",
            found=f"{origins[0]} to {origins[-1]}; the readings end at {panel.times[-1]}",
            fix="give each midnight (or declared hour of issue) once, at most the first one after the last reading.",
        )  # fmt: skip
    least = blocks.warm + 2 * PROFILE + blocks.span
    if whole[0] < least:
        _refuse_early(int(whole[0]), least)
    return [int(day) for day in whole]


def _refuse_early(days: int, least: int) -> NoReturn:
    raise EngineError(
        "JZ-423", "too little lies before the first origin to learn from", found=f"{days} days; {least} are needed",
        fix="begin the test window later, or give more of the series.",
    )  # fmt: skip


def _opening(blocks: Blocks, members: Sequence[tuple[Any, float]], first: int) -> tuple[int, Floats]:
    """Where the rolling begins, and the errors known by then."""
    if len(members) == 1 and hasattr(members[0][0], "left_out"):
        member = members[0][0]
        member.fit(first)
        return first, corrected(member.left_out(_LEFT_OUT + 1), blocks.shape[2])
    burn = min(_BURN, (first - blocks.warm) // 2)
    return first - burn, np.zeros((blocks.shape[0], 0, blocks.horizon))
