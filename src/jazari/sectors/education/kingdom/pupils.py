"""Pupils: who they are, how they enter the register, and how they move through it from year to year."""

# ruff: noqa: PLR2004  the figures of an invented kingdom stand where they act

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from jazari.sectors.education.kingdom.places import Flags, Floats, Ints, Schools

FIRST_GRADES = np.array([1, 7, 10])  # of each cycle
LAST_GRADES = np.array([6, 9, 12])
GUARDIANS = ("both parents", "mother", "father", "grandparents", "other")
EDUCATIONS = ("none", "primary", "secondary", "higher")
WORKS = ("farming", "day labour", "trade", "salaried", "civil service", "abroad", "without work")


@dataclass
class Pupils:
    """The pupils of a chunk, one value an enrolment. Nobody knows `ability` and `effort`: marks come from them."""

    pupil_id: Ints
    school: Ints
    girl: Flags
    age: Ints
    grade: Ints
    repeated: Ints
    ability: Floats
    effort: Floats
    poverty: Floats
    remoteness: Floats
    siblings: Ints
    siblings_left: Ints
    guardian: Ints
    education: Ints
    work: Ints
    preschool: Flags
    internet: Flags
    last_average: Floats
    last_absences: Floats
    changes: Ints
    years_here: Ints
    moved_in: Flags

    def put(self, places: Ints, others: Pupils) -> None:
        """Seat others at these places; each place keeps its school."""
        for one in dataclasses.fields(self):
            if one.name != "school":
                getattr(self, one.name)[places] = getattr(others, one.name)

    def select(self, places: Ints) -> Pupils:
        """A copy of the pupils at these places."""
        return Pupils(**{one.name: getattr(self, one.name)[places] for one in dataclasses.fields(self)})


def enter(
    ids: Ints, school: Ints, schools: Schools, poverty_of: Floats, rng: np.random.Generator, *, new: bool
) -> Pupils:
    """Pupils who enter the register.

    Args:
        ids: Their identifiers, shape (n,).
        school: Index into `schools`, shape (n,).
        schools: The schools of the chunk.
        poverty_of: The poverty of each school's commune, in percent.
        rng: The chunk's random numbers.
        new: True for newcomers, who start a cycle; False for the first year, when all grades are there.
    """
    n, cycle, rural = len(ids), schools.cycle[school], schools.rural[school]
    span = LAST_GRADES[cycle] - FIRST_GRADES[cycle] + 1
    late_start = (cycle == 0) & (rng.random(n) < 0.12)  # moved here from elsewhere in the middle of primary school
    spread = late_start | (not new)
    grade = FIRST_GRADES[cycle] + np.where(spread, (rng.random(n) * span).astype(np.int64), 0)
    ability = rng.standard_normal(n)
    poverty = np.clip(
        18 + 0.9 * poverty_of[school] - 20 * schools.private[school] + 17 * rng.standard_normal(n), 0, 100
    )
    effort = 0.35 * ability - 0.008 * (poverty - 35) + 0.9 * rng.standard_normal(n)
    repeated = np.minimum(rng.poisson(0.055 * grade * np.exp(-0.6 * ability - 0.3 * effort)), 4)
    repeated = np.minimum(repeated, grade)
    ladder = poverty / 100 + 0.35 * rng.random(n)
    education = 3 - np.clip((ladder * 4.2).astype(np.int64), 0, 3)
    average = quarters(11.5 + 2.2 * ability + 0.8 * effort + 0.9 * rng.standard_normal(n))
    absences = np.minimum(np.round(rng.gamma(0.9, 6.0 * np.exp(-0.55 * effort), n)), 150)
    return Pupils(
        pupil_id=ids, school=school, girl=rng.random(n) < np.where(cycle == 2, 0.52, 0.48),
        age=5 + grade + repeated + (rng.random(n) < 0.1 + 0.12 * rural),
        grade=grade, repeated=repeated, ability=ability, effort=effort, poverty=np.round(poverty),
        remoteness=rng.lognormal(0, 0.75, n),
        siblings=np.minimum(rng.poisson(1.2 + 0.8 * rural), 8),
        siblings_left=np.minimum(rng.poisson(0.08 + 0.006 * poverty), 4),
        guardian=rng.choice(5, n, p=[0.79, 0.11, 0.03, 0.045, 0.025]),
        education=education, work=_work(rural, poverty, rng), preschool=rng.random(n) < 0.75 - 0.3 * rural,
        internet=rng.random(n) < np.clip(0.9 - 0.008 * poverty - 0.15 * rural, 0.05, 0.95),
        last_average=np.where(grade == 1, np.nan, average), last_absences=np.where(grade == 1, np.nan, absences),
        changes=rng.poisson(0.15 + 0.2 * (cycle > 0), n), years_here=np.where(new, 0, np.minimum(grade - 1, 6)),
        moved_in=np.full(n, new) & (grade > 1),
    )  # fmt: skip


def _work(rural: Flags, poverty: Floats, rng: np.random.Generator) -> Ints:
    """What the guardian lives from: a draw from one table a milieu, shifted by poverty."""
    tables = np.cumsum([[0.04, 0.24, 0.22, 0.25, 0.12, 0.06, 0.07], [0.46, 0.2, 0.1, 0.07, 0.04, 0.07, 0.06]], axis=1)
    draw = np.clip(rng.random(len(rural)) * (1.25 - poverty / 180), 0, 0.9999)
    return np.where(rural, np.searchsorted(tables[1], draw), np.searchsorted(tables[0], draw)).clip(0, len(WORKS) - 1)


def quarters(marks: Floats) -> Floats:
    """Marks out of 20, in quarters of a point."""
    return np.round(np.clip(marks, 0, 20) * 4) / 4


@dataclass(frozen=True)
class Summer:
    """How a summer went.

    Attributes:
        next_id: The next identifier that is free.
        passed: Who passed the class, shape (n,).
        finished: Who has finished school, shape (n,).
        elsewhere: Who passed into a school of another part of the country, shape (n,).
    """

    next_id: int
    passed: Flags
    finished: Flags
    elsewhere: Flags


def move_on(
    pupils: Pupils, schools: Schools, poverty_of: Floats, gone: Flags, moved: Flags, next_id: int,
    rng: np.random.Generator,
) -> Summer:  # fmt: skip
    """Bring the pupils to the next September, in place.

    Who is gone leaves an empty place; who moved changes places with others who moved; who passed the last grade of a
    cycle takes an empty place of the next cycle, near home where there is one; newcomers fill the rest.
    """
    n, cycle = len(pupils.age), schools.cycle[pupils.school]
    passes = rng.random(n) < 1 / (1 + np.exp(-(0.9 * (pupils.last_average - 8.2) + 1.2)))
    climbs = ~gone & passes & (pupils.grade == LAST_GRADES[cycle])
    pupils.age += 1
    pupils.years_here += 1
    pupils.grade += passes
    pupils.repeated = np.minimum(pupils.repeated + ~passes, 6)
    pupils.ability = 0.97 * pupils.ability + 0.24 * rng.standard_normal(n)
    pupils.effort = 0.75 * pupils.effort + 0.08 * pupils.ability + 0.64 * rng.standard_normal(n)
    pupils.moved_in[:] = False
    _swap(pupils, np.flatnonzero(moved & ~climbs), cycle, rng)
    climbers = [np.flatnonzero(climbs & (cycle == level)) for level in (0, 1)]
    copies = [pupils.select(one) for one in climbers]
    empty, elsewhere = gone | climbs, np.zeros(n, bool)
    for level, copy in enumerate(copies):
        free = np.flatnonzero(empty & (cycle == level + 1))
        seated = min(len(free), len(copy.age))
        order = rng.permutation(len(copy.age))
        chosen, taken = np.sort(order[:seated]), np.sort(rng.permutation(free)[:seated])  # both lie by commune
        copy.remoteness = rng.lognormal(0, 0.75, len(copy.age))
        pupils.put(taken, copy.select(chosen))
        empty[taken] = False
        elsewhere[climbers[level][order[seated:]]] = True
    free = np.flatnonzero(empty)
    ids = np.arange(next_id, next_id + len(free))
    pupils.put(free, enter(ids, pupils.school[free], schools, poverty_of, rng, new=True))
    return Summer(next_id + len(free), passes, climbs & (cycle == 2), elsewhere)


def _swap(pupils: Pupils, moving: Ints, cycle: Ints, rng: np.random.Generator) -> None:
    """Those who move house take each other's places, cycle by cycle, so that every school stays as full as it was."""
    for level in range(3):
        here = moving[cycle[moving] == level]
        travellers = pupils.select(rng.permutation(here))
        travellers.changes += 1
        travellers.years_here[:] = 0
        travellers.moved_in[:] = True
        pupils.put(here, travellers)
