"""Communes and schools: where the pupils are enrolled, and the habits of the schools that record them."""

# ruff: noqa: PLR2004  the figures of an invented kingdom stand where they act

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jazari.sectors.education.kingdom.provinces import PROVINCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

COMMUNES_AT_MOST = 1_503  # the communes of the country
PUPILS_A_COMMUNE = 400  # below the national scale a commune is smaller, so that there are enough of them to compare
CHUNK = 60_000  # pupils generated together; fixed, so that the same seed gives the same kingdom on any machine
CYCLE_SHARES = (0.55, 0.27, 0.18)  # primary, lower secondary, upper secondary
_SIZES = np.array([[330.0, 480.0, 560.0], [120.0, 260.0, 330.0]])  # a school by milieu (urban, rural) and cycle


@dataclass(frozen=True)
class Communes:
    """The communes in their order, one value each.

    Attributes:
        province: Index into `PROVINCES`.
        number: Its number in the province, from 1.
        rural: Whether it is a rural commune.
        pupils: Pupils enrolled there every year.
        poverty: The share of poor households, in percent.
        effect: What the commune itself adds to the log-odds of leaving.
    """

    province: Ints
    number: Ints
    rural: Flags
    pupils: Ints
    poverty: Floats
    effect: Floats

    def codes(self, start: int, stop: int) -> list[str]:
        """The codes of communes `[start, stop)`: the province and the number, `MA-TET-003`."""
        pairs = zip(self.province[start:stop], self.number[start:stop], strict=True)
        return [f"{PROVINCES[province].code}-{number:03d}" for province, number in pairs]


@dataclass(frozen=True)
class Schools:
    """Schools, one value each. `cycle` is 0 primary, 1 lower secondary, 2 upper secondary."""

    commune: Ints
    number: Ints
    cycle: Ints
    pupils: Ints
    rural: Flags
    private: Flags
    next_level_km: Floats
    class_size: Floats
    multigrade: Flags
    new_teachers: Floats
    water: Flags
    toilets: Flags
    electricity: Flags
    internet: Flags
    bus: Floats
    boarding: Floats
    canteen: Floats
    effect: Floats
    recording_lag: Floats
    forgetful: Floats
    emigration: Floats


def shares(total: int, weights: Floats, least: int = 0) -> Ints:
    """Whole numbers that sum to `total` in proportion to `weights` (largest remainder), none below `least`."""
    free = total - least * len(weights)
    exact = weights / weights.sum() * free
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: free - int(whole.sum())]] += 1
    return np.asarray(whole + least, dtype=np.int64)


def draw_communes(pupils: int, seed: int) -> Communes:
    """The communes of a kingdom of so many pupils a year."""
    rng = np.random.default_rng([seed, 0])
    count = int(np.clip(round(pupils / PUPILS_A_COMMUNE), 1, COMMUNES_AT_MOST))
    weights = np.array([one.weight for one in PROVINCES])
    a_province = shares(count, weights, least=1) if count >= len(PROVINCES) else _spread(count, weights)
    province = np.repeat(np.arange(len(PROVINCES)), a_province)
    number = np.concatenate([np.arange(1, many + 1) for many in a_province])
    urban_share = np.array([one.urban for one in PROVINCES])[province] / 100
    # within a province the first communes are its towns; the share is kept over provinces of a single commune
    position = (number - rng.random(count)) / a_province[province]
    rural = position > urban_share
    weight = (weights / np.maximum(a_province, 1))[province] * np.exp(0.35 * rng.standard_normal(count))
    poverty = np.clip(np.where(rural, 27.0, 11.0) + np.where(rural, 10.0, 6.0) * rng.standard_normal(count), 1, 70)
    effect = 0.14 * rng.standard_normal(count)
    least = min(120, pupils // (2 * count))
    return Communes(province, number, rural, shares(pupils, weight, least), np.round(poverty), effect)


def _spread(count: int, weights: Floats) -> Ints:
    """One commune in each of `count` provinces, drawn evenly along the list so that the regions are covered."""
    cut = (np.arange(count) + 0.5) / count * weights.sum()
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), cut), len(weights) - 1)
    return np.bincount(chosen, minlength=len(weights))


def chunks(communes: Communes) -> list[tuple[int, int]]:
    """Where to cut the communes: runs `[start, stop)` of about `CHUNK` pupils, the same for the same kingdom."""
    total = np.cumsum(communes.pupils)
    number = (total - communes.pupils) // CHUNK
    edges = np.flatnonzero(np.diff(number)) + 1
    starts, stops = [0, *edges.tolist()], [*edges.tolist(), len(total)]
    return list(zip(starts, stops, strict=True))


def draw_schools(communes: Communes, start: int, stop: int, rng: np.random.Generator) -> Schools:
    """The schools of a run of communes. Every commune has at least one of each cycle."""
    index: list[int] = []
    number: list[int] = []
    cycle: list[int] = []
    pupils: list[int] = []
    for commune in range(start, stop):
        before = 0
        for one, here in enumerate(shares(int(communes.pupils[commune]), np.array(CYCLE_SHARES), least=1)):
            many = max(1, round(here / _SIZES[int(communes.rural[commune]), one]))
            index += [commune] * many
            number += range(before + 1, before + many + 1)
            cycle += [one] * many
            pupils += shares(int(here), rng.uniform(0.5, 1.5, many)).tolist()
            before += many
    where = np.array(index)
    return _equip(communes, where, np.array(number), np.array(cycle), np.array(pupils), rng)


def _equip(
    communes: Communes, where: Ints, number: Ints, cycle: Ints, pupils: Ints, rng: np.random.Generator
) -> Schools:
    """What each school has, and how it records."""
    n, rural, poor = len(where), communes.rural[where], communes.poverty[where]
    private = ~rural & (rng.random(n) < 0.16)
    need = rural * 0.25 + poor / 200
    reach = np.where(rural, np.array([2.5, 6.0, 11.0])[cycle], np.array([0.8, 1.5, 2.0])[cycle])
    late = rng.random(n)  # one school in twelve closes its books late as a habit, two in twelve now and then
    lag = np.where(
        late < 0.08, rng.uniform(8, 45, n), np.where(late < 0.25, rng.uniform(-2, 12, n), rng.uniform(-12, 2, n))
    )
    abroad = np.array([2.2 if PROVINCES[p].region in ("MA-02", "MA-05") else 1.0 for p in communes.province[where]])
    return Schools(
        commune=where, number=number, cycle=cycle, pupils=pupils, rural=rural, private=private,
        next_level_km=np.round(reach * rng.lognormal(0, 0.6, n) * 4) / 4,
        class_size=_class_size(rural, private, cycle, rng),
        multigrade=rural & (cycle == 0) & (rng.random(n) < 0.45),
        new_teachers=np.round(100 * rng.beta(1.2 + 2 * rural, 6, n)),
        water=rng.random(n) > need * 0.7, toilets=rng.random(n) > need,
        electricity=rng.random(n) > need * 0.3, internet=rng.random(n) > need * 1.5,
        bus=np.where(rural, rng.choice([0.05, 0.35, 0.75], n, p=[0.45, 0.35, 0.2]), 0.06),
        boarding=np.where(rural, np.array([0.0, 0.10, 0.22])[cycle], np.array([0.0, 0.02, 0.05])[cycle]),
        canteen=np.where(cycle == 0, np.where(rural, 0.55, 0.12), 0.08),
        effect=communes.effect[where] + 0.20 * rng.standard_normal(n),
        recording_lag=lag, forgetful=rng.gamma(2.0, 0.5, n), emigration=abroad,
    )  # fmt: skip


def _class_size(rural: Flags, private: Flags, cycle: Ints, rng: np.random.Generator) -> Floats:
    usual = np.where(rural, 26, 36) - 12 * private + 3 * cycle
    sizes: Floats = np.clip(usual + 5 * rng.standard_normal(len(rural)), 8, 55).round()
    return sizes
