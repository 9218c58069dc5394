"""Why pupils leave: the planted log-odds, and the fates that a register confuses with dropping out.

The engine is never told. What is planted: a curve of the grade, absences, marks, repeated years, age above the grade,
poverty, distance (stronger for rural girls), the family, the school; three pairs (distance x transport, repeated years
x marks, absences x poverty) and one triple (end of a cycle x age above the grade x distance of the next level).
"""

# ruff: noqa: PLR2004  the figures of an invented kingdom stand where they act

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jazari.sectors.education.kingdom.autumn import Autumn, SchoolYear
from jazari.sectors.education.kingdom.places import Floats, Ints, Schools
from jazari.sectors.education.kingdom.pupils import Pupils, Summer

FATES = (
    "stayed", "dropped out", "dropped out, filed as transfer", "came back unrecorded", "transferred",
    "transferred without trace", "emigrated", "emigrated undeclared", "finished",
)  # fmt: skip
STAYED, DROPPED, FILED, BACK, TRANSFERRED, TRACELESS, EMIGRATED, UNDECLARED, FINISHED = range(len(FATES))
RECORDED_AS_LEFT = np.array([False, True, False, True, False, True, False, True, False])
GONE = np.array([False, True, True, False, False, True, True, True, False])

FILED_SHARE, BACK_SHARE = 0.06, 0.08  # of those who stop coming
TRACELESS_SHARE, UNDECLARED_SHARE = 0.05, 0.40  # of transfers, of emigrations

INTERCEPT = -5.97
DRIFT = np.array([0.0, 0.04, -0.03, 0.03])  # what each school year adds
_GRADE = np.array([0, -0.9, -0.9, -0.7, -0.5, -0.2, 0.6, 0.4, 0.35, 0.9, 0.1, 0.0, 0.3])
_REPEATED = np.array([0.0, 0.35, 0.75, 0.95, 1.05, 1.1, 1.15])
_GUARDIAN = np.array([0.0, 0.12, 0.2, 0.18, 0.5])
_EDUCATION = np.array([0.22, 0.05, -0.12, -0.4])
_WORK = np.array([0.1, 0.2, 0.0, -0.08, -0.3, 0.1, 0.2])

# the unfair kingdom: what makes girls leave is written down nowhere, so their log-odds hardly move with the causes
HIDDEN_SLOPE, HIDDEN_LEVEL = 0.30, -4.05


@dataclass(frozen=True)
class Chances:
    """What is true of each enrolment, shape (n,).

    Attributes:
        recorded: The chance that the register will say `left_school`.
        dropout: The chance of dropping out for good.
        fate: Index into `FATES`.
    """

    recorded: Floats
    dropout: Floats
    fate: Ints


def log_odds(pupils: Pupils, schools: Schools, year: SchoolYear, autumn: Autumn, drift: float) -> Floats:
    """The planted log-odds of ceasing to come to school, shape (n,)."""
    at = pupils.school
    way = np.log1p(autumn.distance / 1.5) * np.where(autumn.bus | autumn.boarding, 0.15, 1.0)  # pair: transport
    girl_far = 0.35 * (pupils.girl & schools.rural[at])
    absences = np.log1p(autumn.absences / 6)
    poverty = pupils.poverty
    repeated = np.minimum(pupils.repeated, 6)
    z = INTERCEPT + drift + _GRADE[pupils.grade] + schools.effect[at] - 0.25 * pupils.girl
    z += 0.30 * ~schools.rural[at]  # work and housing in towns
    z += (0.55 + girl_far) * way
    z += (0.85 + 0.45 * np.clip((poverty - 50) / 25, -1, 1)) * absences  # pair: poverty
    z += 0.20 * np.maximum(10.5 - autumn.average, 0) + _REPEATED[repeated]
    z += (repeated > 0) * np.where(autumn.average < 9, 0.8, np.where(autumn.average >= 12, -0.3, 0.0))  # pair: marks
    last_class = (pupils.grade == 6) | (pupils.grade == 9)
    z += 1.4 * (last_class & (autumn.overage >= 2) & (schools.next_level_km[at] >= 6))  # the triple
    z += 0.28 * np.clip(autumn.overage - 1, 0, 4) + 0.008 * (poverty - 35) + 0.02 * np.maximum(poverty - 70, 0)
    return np.asarray(z + _circumstances(pupils, schools, year, autumn), dtype=np.float64)


def _circumstances(pupils: Pupils, schools: Schools, year: SchoolYear, autumn: Autumn) -> Floats:
    """The smaller causes, shape (n,)."""
    at = pupils.school
    last = np.where(np.isnan(pupils.last_average), 10.0, pupils.last_average)
    z = _GUARDIAN[pupils.guardian] + _EDUCATION[pupils.education] + _WORK[pupils.work]
    z += 0.22 * np.minimum(pupils.siblings_left, 3) + 0.12 * np.minimum(pupils.changes, 3) - 0.15 * pupils.preschool
    z += 0.06 * np.minimum(autumn.unexcused, 12) + 0.08 * np.minimum(autumn.harvest, 8)
    z += 0.07 * np.maximum(10 - last, 0)
    z += 0.09 * np.maximum(12 - autumn.conduct, 0) - 0.006 * (autumn.homework - 70) + 0.06 * autumn.summons
    z -= 0.20 * autumn.tutoring + 0.15 * autumn.canteen + 0.20 * autumn.grant + 0.10 * autumn.aid
    z += 0.012 * (schools.class_size[at] - 32) + 0.15 * schools.multigrade[at] + 0.025 * (year.teacher_absence[at] - 6)
    z -= 0.10 * schools.toilets[at] + 0.10 * schools.electricity[at] + 0.3 * schools.private[at]
    z += 0.03 * np.clip(year.leavers[at] - 3, -3, 12) + 0.35 * year.drought[at] * schools.rural[at]
    return np.asarray(z, dtype=np.float64)


def draw(pupils: Pupils, schools: Schools, odds: Floats, rng: np.random.Generator, *, unfair: bool) -> Chances:
    """Draw what becomes of each pupil by next September, and keep the true chances."""
    at, n = pupils.school, len(odds)
    if unfair:
        odds = np.where(pupils.girl, HIDDEN_LEVEL + HIDDEN_SLOPE * (odds - INTERCEPT), odds)
    dropout = 1 / (1 + np.exp(-odds))
    moving = np.where(schools.rural[at], 0.020, 0.035) * (1 + 0.5 * np.minimum(pupils.changes, 3))
    abroad = 0.003 * schools.emigration[at] * np.where(pupils.work == 5, 3.0, 0.8)
    event, kind, other = rng.random(n), rng.random(n), rng.random(n)
    stops = event < dropout
    fate = np.where(
        stops, np.where(kind < FILED_SHARE, FILED, np.where(kind < FILED_SHARE + BACK_SHARE, BACK, DROPPED)), STAYED
    )
    leaves = ~stops & (other < moving + abroad)
    transfers = leaves & (other < moving)
    fate[transfers] = np.where(kind[transfers] < TRACELESS_SHARE, TRACELESS, TRANSFERRED)
    goes = leaves & ~transfers
    fate[goes] = np.where(kind[goes] < UNDECLARED_SHARE, UNDECLARED, EMIGRATED)
    noise = moving * TRACELESS_SHARE + abroad * UNDECLARED_SHARE
    return Chances(dropout * (1 - FILED_SHARE) + (1 - dropout) * noise, dropout * (1 - BACK_SHARE), fate)


def settle(fate: Ints, summer: Summer) -> Ints:
    """The fates once the summer is over: who finished, and who passed into a school of another part of the country."""
    stayed = fate == STAYED
    return np.where(stayed & summer.finished, FINISHED, np.where(stayed & summer.elsewhere, TRANSFERRED, fate))
