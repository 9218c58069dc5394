"""What the register holds of an autumn: some values missing, some recorded too late, as schools' habits have it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.sectors.education.kingdom.autumn import Autumn, SchoolYear
from jazari.sectors.education.kingdom.places import Communes, Ints, Schools
from jazari.sectors.education.kingdom.provinces import PROVINCES, REGIONS
from jazari.sectors.education.kingdom.pupils import EDUCATIONS, GUARDIANS, WORKS, Pupils

CYCLES = ("primary", "lower secondary", "upper secondary")
SCHOOL_KINDS = ("public", "private")

# the share of values that nobody entered, at a school of average care
_MISSING = {
    "preschool": 0.12, "guardian_education": 0.08, "guardian_work": 0.06, "poverty_index": 0.09, "siblings_left": 0.10,
    "distance": 0.03, "travel_minutes": 0.10, "home_internet": 0.10, "unexcused_absences": 0.04,
    "harvest_absences": 0.06, "late_arrivals": 0.12, "conduct_mark": 0.05, "homework_done": 0.18, "summons": 0.10,
    "absences": 0.015, "term_average": 0.012, "maths_mark": 0.02, "arabic_mark": 0.02, "french_mark": 0.02,
}  # fmt: skip
# how many days after the first of December a school of ordinary habits enters them
_USUAL = {
    "absences": 12,
    "term_average": 16,
    "maths_mark": 15,
    "arabic_mark": 15,
    "french_mark": 16,
    "poverty_index": 4,
}


@dataclass(frozen=True)
class Year:
    """A school year: `2021-2022`, which starts on the first of September."""

    start: int

    @property
    def name(self) -> str:
        """`2021-2022`."""
        return f"{self.start}-{self.start + 1}"

    @property
    def december(self) -> int:
        """The first of December in days since 1970, as a date column holds it."""
        return (datetime.date(self.start, 12, 1) - datetime.date(1970, 1, 1)).days


def record(
    year: Year, pupils: Pupils, communes: Communes, schools: Schools, facts: SchoolYear, autumn: Autumn,
    left: NDArray[np.bool_], rng: np.random.Generator,
) -> pa.Table:  # fmt: skip
    """The rows of a chunk in one year, in the register's own columns."""
    n = len(pupils.age)
    columns: dict[str, pa.Array] = {
        "pupil_id": pa.array(pupils.pupil_id.copy()), "school_year": _words(np.zeros(n, np.int32), [year.name]),
        **_places(pupils, communes, schools), "sex": _words(pupils.girl, ["m", "f"]),
        "milieu": _words(schools.rural[pupils.school], ["urban", "rural"]),
    }  # fmt: skip
    care = schools.forgetful[pupils.school].astype(np.float32)
    values = {**_numbers(pupils, autumn), **_flags(pupils, autumn)}
    holes = {name: rng.random(n, dtype=np.float32) < care * np.float32(share) for name, share in _MISSING.items()}
    for name, value in values.items():
        columns[name] = _column(value, holes.get(name))
    for name, (codes, among) in _categories(pupils).items():
        columns[name] = _words(codes, among, holes.get(name))
    columns |= _of_the_school(pupils.school, communes, schools, facts)
    for name, usual in _USUAL.items():
        columns[f"{name}_recorded_on"] = _dates(year, pupils, schools, usual, holes[name], rng)
    columns["left_school"] = pa.array(left)
    return pa.table(columns)


def _places(pupils: Pupils, communes: Communes, schools: Schools) -> dict[str, pa.Array]:
    """Where each pupil is enrolled: school, commune, province, region."""
    commune = schools.commune[pupils.school]
    low, high = int(schools.commune.min()), int(schools.commune.max()) + 1
    codes = communes.codes(low, high)
    names = [f"{codes[c - low]}-{k:02d}" for c, k in zip(schools.commune, schools.number, strict=True)]
    province = communes.province[commune]
    regions = list(REGIONS)
    region = np.array([regions.index(one.region) for one in PROVINCES])[province]
    return {
        "school": _words(pupils.school, names), "commune": _words(commune - low, codes),
        "province": _words(province, [one.name for one in PROVINCES]), "region": _words(region, list(REGIONS.values())),
    }  # fmt: skip


def _numbers(pupils: Pupils, autumn: Autumn) -> dict[str, NDArray[np.generic]]:
    """The numbers of each pupil; steps of a quarter, so that four bytes hold them exactly."""
    small = {
        "age": pupils.age, "grade": pupils.grade, "years_over_age": autumn.overage, "years_repeated": pupils.repeated,
        "siblings_enrolled": pupils.siblings, "siblings_left": pupils.siblings_left, "school_changes": pupils.changes,
        "years_in_register": pupils.years_here, "late_arrivals": autumn.lates, "summons": autumn.summons,
        "homework_done": autumn.homework, "poverty_index": pupils.poverty,
    }  # fmt: skip
    exact = {
        "distance": autumn.distance, "travel_minutes": autumn.minutes, "absences": autumn.absences,
        "unexcused_absences": autumn.unexcused, "harvest_absences": autumn.harvest,
        "absences_last_year": pupils.last_absences, "term_average": autumn.average,
        "average_last_year": pupils.last_average, "maths_mark": autumn.maths, "arabic_mark": autumn.arabic,
        "french_mark": autumn.french, "conduct_mark": autumn.conduct,
    }  # fmt: skip
    return {
        **{name: value.astype(np.int8) for name, value in small.items()},
        **{name: value.astype(np.float32) for name, value in exact.items()},
    }


def _flags(pupils: Pupils, autumn: Autumn) -> dict[str, NDArray[np.generic]]:
    flags = {
        "preschool": pupils.preschool, "moved_in": pupils.moved_in, "home_internet": pupils.internet,
        "school_bus": autumn.bus, "boarding": autumn.boarding, "canteen": autumn.canteen, "social_aid": autumn.aid,
        "grant": autumn.grant, "tutoring": autumn.tutoring,
    }  # fmt: skip
    return {name: value.astype(np.int8) for name, value in flags.items()}


def _categories(pupils: Pupils) -> dict[str, tuple[Ints, list[str]]]:
    return {
        "guardian": (pupils.guardian, list(GUARDIANS)),
        "guardian_education": (pupils.education, list(EDUCATIONS)),
        "guardian_work": (pupils.work, list(WORKS)),
    }


def _of_the_school(at: Ints, communes: Communes, schools: Schools, facts: SchoolYear) -> dict[str, pa.Array]:
    """What the register holds of the school and its commune, repeated on each pupil's row."""
    small = {
        "class_size": schools.class_size, "multigrade": schools.multigrade, "new_teachers": schools.new_teachers,
        "teacher_absence": facts.teacher_absence, "water": schools.water, "toilets": schools.toilets,
        "electricity": schools.electricity, "school_internet": schools.internet, "road_closed": facts.closed,
        "school_leavers_last_year": facts.leavers, "school_pass_rate": facts.passed,
        "commune_poverty": communes.poverty[schools.commune], "drought": facts.drought * 100,
    }  # fmt: skip
    columns = {
        name: pa.array(np.asarray(value, dtype=float).round().astype(np.int8)[at]) for name, value in small.items()
    }
    columns["school_size"] = pa.array(schools.pupils.astype(np.int16)[at])
    columns["next_level_distance"] = pa.array(schools.next_level_km.astype(np.float32)[at])
    columns["school_kind"] = _words(schools.private[at], list(SCHOOL_KINDS))
    columns["cycle"] = _words(schools.cycle[at], list(CYCLES))
    return columns


def _column(value: NDArray[np.generic], hole: NDArray[np.bool_] | None) -> pa.Array:
    """A column with its holes; a year that a pupil did not spend in the register is a hole too."""
    if value.dtype == np.float32:
        unknown = np.isnan(value)
        hole = unknown if hole is None else hole | unknown
    return pa.array(value, mask=hole)


def _words(codes: NDArray[np.generic], among: list[str], hole: NDArray[np.bool_] | None = None) -> pa.Array:
    """A column of words, stored once each."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=hole), pa.array(among))


def _dates(
    year: Year, pupils: Pupils, schools: Schools, usual: int, hole: NDArray[np.bool_], rng: np.random.Generator
) -> pa.Array:  # fmt: skip
    """When each value was entered: by the school's habit, a class a day."""
    a_class = rng.integers(0, 6, (len(schools.rural), 13))[pupils.school, pupils.grade]
    lag = np.maximum(schools.recording_lag, 1 - usual).round()
    days = year.december + usual + lag[pupils.school] + a_class
    return pa.array(days.astype(np.int32), mask=hole).view(pa.date32())
