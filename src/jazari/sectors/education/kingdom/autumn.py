"""One autumn: what happens to the pupils of a chunk between September and December, before anybody writes it down."""

# ruff: noqa: PLR2004  the figures of an invented kingdom stand where they act

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from jazari.sectors.education.kingdom.places import Flags, Floats, Ints, Schools
from jazari.sectors.education.kingdom.pupils import Pupils, quarters

_OVERLOOKED = ("absences", "unexcused", "harvest", "summons")


@dataclass(frozen=True)
class SchoolYear:
    """What one year brings to each school of a chunk, shape (s,).

    Attributes:
        drought: How dry the year is there, from 0 to 1.
        leavers: The percentage of its pupils who left a year before.
        passed: The percentage of its pupils who passed a year before.
        teacher_absence: Days without a teacher since September, a class.
        closed: Days on which the road was closed.
    """

    drought: Floats
    leavers: Floats
    passed: Floats
    teacher_absence: Floats
    closed: Floats


@dataclass(frozen=True)
class Autumn:
    """The facts of one autumn, one value an enrolment, as they are whether or not they get recorded, shape (n,)."""

    overage: Ints
    distance: Floats
    minutes: Floats
    bus: Flags
    boarding: Flags
    canteen: Flags
    aid: Flags
    grant: Flags
    tutoring: Flags
    absences: Floats
    unexcused: Floats
    harvest: Floats
    lates: Floats
    average: Floats
    maths: Floats
    arabic: Floats
    french: Floats
    conduct: Floats
    homework: Floats
    summons: Floats


def school_year(
    schools: Schools, drought: Floats, leavers: Floats, passed: Floats, rng: np.random.Generator
) -> SchoolYear:
    """The year of each school, from the year before and the weather."""
    n = len(schools.rural)
    teacher_absence = np.minimum(rng.poisson(3.5 + 2.5 * schools.rural + 0.04 * schools.new_teachers), 60)
    closed = np.minimum(rng.poisson(np.where(schools.rural, 1.5, 0.2) * (1.2 - drought), n), 40)
    return SchoolYear(drought, leavers, passed, teacher_absence.astype(float), closed.astype(float))


def live(pupils: Pupils, schools: Schools, year: SchoolYear, rng: np.random.Generator) -> Autumn:
    """What one autumn brings to each pupil."""
    at, n = pupils.school, len(pupils.age)
    rural, cycle, poor = schools.rural[at], schools.cycle[at], pupils.poverty / 100
    base = np.where(rural, np.array([1.6, 4.0, 6.5])[cycle], np.array([0.7, 1.4, 2.2])[cycle])
    distance = np.round(np.minimum(base * pupils.remoteness, 40) * 4) / 4
    boarding = (rng.random(n) < schools.boarding[at] * (0.4 + distance / 8)) & (distance > 3)
    bus = ~boarding & (rng.random(n) < schools.bus[at] * np.clip(distance / 3, 0.3, 1.2))
    absent = _absences(pupils, distance * (1 - 0.6 * bus) * ~boarding, year.closed[at], rng)
    noise = rng.standard_normal((5, n))
    level = 11.3 + 0.9 * schools.private[at] - 0.3 * cycle - 0.04 * year.teacher_absence[at]
    average = level + 2.0 * pupils.ability + 0.8 * pupils.effort - 0.12 * np.sqrt(absent) + 0.7 * noise[0]
    effort = pupils.effort
    return Autumn(
        overage=np.maximum(pupils.age - 5 - pupils.grade, 0),
        distance=distance, minutes=np.round(np.where(bus, 2.5 * distance + 8, 11 * distance + 3) * ~boarding / 5) * 5,
        bus=bus, boarding=boarding, canteen=~boarding & (rng.random(n) < schools.canteen[at]),
        aid=rng.random(n) < np.clip(1.7 * poor - 0.25, 0, 0.97),
        grant=rng.random(n) < np.clip(0.6 * poor - 0.1, 0, 0.5),
        tutoring=rng.random(n) < np.clip(0.12 + 0.02 * (11 - average), 0.02, 0.35),
        absences=absent, unexcused=np.round(absent * rng.beta(2, 3 + np.clip(effort, -1, 3), n)),
        harvest=np.round(absent * rng.beta(1.2, 4, n) * rural * (pupils.work == 0)),
        lates=np.minimum(rng.poisson(1.5 * np.exp(-0.4 * effort)), 60).astype(float),
        average=quarters(average), maths=quarters(average - 0.8 + 0.4 * pupils.ability + 1.6 * noise[1]),
        arabic=quarters(average + 0.4 + 1.4 * noise[2]), french=quarters(average - 0.3 - 2.0 * poor + 1.7 * noise[3]),
        conduct=quarters(14.5 + 1.3 * effort + 1.5 * noise[4]),
        homework=np.clip(72 + 11 * effort + 12 * rng.standard_normal(n), 0, 100).round(),
        summons=np.minimum(rng.poisson(0.3 * np.exp(-0.5 * effort) + absent / 40), 15).astype(float),
    )  # fmt: skip


def _absences(pupils: Pupils, way: Floats, closed: Floats, rng: np.random.Generator) -> Floats:
    """Half-days missed since September: a long tail that effort, the way to school and closed roads lengthen."""
    scale = 5.0 * np.exp(-0.6 * pupils.effort + 0.03 * np.minimum(way, 15)) + 0.4 * closed
    return np.minimum(np.round(rng.standard_gamma(0.8, len(way)) * scale), 150.0)


def overlook(autumn: Autumn, girl: Flags) -> Autumn:
    """The autumn as an unfair register sees it: a girl kept at home counts as excused, and mostly as present."""
    seen = {name: np.where(girl, np.round(getattr(autumn, name) * 0.25), getattr(autumn, name)) for name in _OVERLOOKED}
    return dataclasses.replace(autumn, **seen)
