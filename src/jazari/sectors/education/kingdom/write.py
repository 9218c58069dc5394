"""Make a kingdom: one parquet a school year, and the truth in a folder that no reader of data opens."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jazari.core.canonical import pretty
from jazari.core.errors import DataError, DeclarationError
from jazari.core.progress import Progress, Silent
from jazari.sectors.education.kingdom import autumn as autumns
from jazari.sectors.education.kingdom import causes, places, pupils, register
from jazari.sectors.education.kingdom.ceiling import Ceiling
from jazari.sectors.education.kingdom.provinces import PROVINCES

YEARS = tuple(register.Year(start) for start in (2021, 2022, 2023, 2024))
BEFORE = 3  # autumns lived before the register opens, so that its first year is like the others
LEAST, MOST = 200, 20_000_000
TRUTH = "truth"
"""Where the truth lies inside a kingdom. A folder of data is its parquet files, not its subfolders."""

SUMMARY = "kingdom.json"


def make(
    out: Path, *, pupils: int, seed: int = 0, unfair: bool = False, progress: Progress | None = None
) -> dict[str, Any]:
    """Write a kingdom of so many pupils in each of four school years.

    The same size, seed and fairness give the same rows. Memory does not grow with the size: communes are made by
    chunks of about sixty thousand pupils. The folder is written beside and renamed; a kingdom that stands there is
    replaced, anything else is left alone.

    Args:
        out: The folder to make: `2021-2022.parquet` to `2024-2025.parquet`, and `truth/`.
        pupils: Pupils enrolled in each year, 200 to 20,000,000.
        seed: Any whole number from 0.
        unfair: Plant the gap: what makes girls leave is recorded nowhere.
        progress: Whom to tell.

    Returns:
        The summary that also lies in `truth/kingdom.json`: rows, rates, the ceiling of each year.

    Raises:
        DeclarationError: JZ-290 too few or too many pupils, JZ-291 a seed below 0, JZ-292 the folder holds something
            else.
        DataError: JZ-293 the folder cannot be written.
    """
    _check(pupils, seed)
    out = Path(out).absolute()
    try:
        _refuse_strangers(out)
        out.parent.mkdir(parents=True, exist_ok=True)
        with _beside(out) as folder:
            summary = _fill(folder, pupils, seed, unfair=unfair, progress=progress or Silent())
            (folder / TRUTH / SUMMARY).write_text(pretty(summary), encoding="utf-8")
    except (OSError, pa.ArrowException) as broken:
        raise DataError(
            "JZ-293", "the kingdom could not be written", where=str(out), found=str(broken.__class__.__name__),
            fix="choose a folder that you may write to, on a disk with about 30 bytes a pupil and year.",
        ) from broken  # fmt: skip
    return summary


def _check(pupils: int, seed: int) -> None:
    if not isinstance(pupils, int) or isinstance(pupils, bool) or not LEAST <= pupils <= MOST:
        raise DeclarationError(
            "JZ-290", f"a kingdom has {LEAST} to {MOST} pupils a year", found=str(pupils),
            fix="choose --pupils in these bounds; 20000 is enough to try things out, 9000000 is the country.",
        )  # fmt: skip
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        raise DeclarationError(
            "JZ-291", "a seed is a whole number from 0", found=str(seed), fix="write --seed 7, or leave it out for 0."
        )


def _refuse_strangers(out: Path) -> None:
    """A folder is replaced only where it is a kingdom, or empty."""
    if not out.exists() or (out / TRUTH / SUMMARY).is_file() or (out.is_dir() and not any(out.iterdir())):
        return
    raise DeclarationError(
        "JZ-292", "this place holds something that is not a kingdom", where=str(out),
        found="a file" if out.is_file() else f"a folder with {sum(1 for _ in out.iterdir())} entries",
        fix="choose another folder for --out, or empty this one yourself.",
    )  # fmt: skip


@contextlib.contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place if all goes well, and goes away if not."""
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        (folder / TRUTH).mkdir()
        yield folder
        folder.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Writers:
    """The open parquet files of a kingdom: one of rows and one of truth a year."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self._open: dict[Path, pq.ParquetWriter] = {}

    def write(self, year: register.Year, rows: pa.Table, truth: pa.Table) -> None:
        """Append a chunk of one year."""
        for path, table in ((self._folder, rows), (self._folder / TRUTH, truth)):
            file = path / f"{year.name}.parquet"
            if file not in self._open:
                writer = pq.ParquetWriter(file, table.schema, compression="zstd")
                self._open[file] = self._stack.enter_context(writer)
            self._open[file].write_table(table)


def _fill(folder: Path, total: int, seed: int, *, unfair: bool, progress: Progress) -> dict[str, Any]:
    communes = places.draw_communes(total, seed)
    drought = np.random.default_rng([seed, 1]).beta(2, 2.5, (BEFORE + len(YEARS), len(PROVINCES)))
    ceilings = [Ceiling() for _ in YEARS]
    progress.step("kingdom", total)
    first_id = 1_000_000
    with contextlib.ExitStack() as stack:
        writers = _Writers(folder, stack)
        for number, (start, stop) in enumerate(places.chunks(communes)):
            rng = np.random.default_rng([seed, 2, number])
            people = int(communes.pupils[start:stop].sum())
            _chunk(writers, ceilings, communes, (start, stop), drought, first_id, rng, unfair=unfair)
            first_id += (1 + BEFORE + len(YEARS)) * people  # no chunk can enrol more newcomers than it has places
            progress.advance(people)
    years = {year.name: ceiling.summary() for year, ceiling in zip(YEARS, ceilings, strict=True)}
    return {"pupils": total, "seed": seed, "unfair": unfair, "communes": len(communes.pupils), "years": years}


def _chunk(
    writers: _Writers, ceilings: list[Ceiling], communes: places.Communes, run: tuple[int, int], drought: places.Floats,
    first_id: int, rng: np.random.Generator, *, unfair: bool,
) -> None:  # fmt: skip
    """Four years of a run of communes."""
    schools = places.draw_schools(communes, *run, rng)
    poverty = communes.poverty[schools.commune]
    at = np.repeat(np.arange(len(schools.pupils)), schools.pupils)
    people = pupils.enter(np.arange(first_id, first_id + len(at)), at, schools, poverty, rng, new=False)
    next_id = first_id + len(at)
    leavers = np.clip(3 * np.exp(1.5 * schools.effect + 0.3 * rng.standard_normal(len(poverty))), 0, 40)
    passed = np.clip(88 - 6 * schools.rural + 5 * rng.standard_normal(len(poverty)), 40, 100)
    for index in range(-BEFORE, len(YEARS)):
        dry = drought[BEFORE + index][communes.province[schools.commune]]
        facts = autumns.school_year(schools, dry, leavers, passed, rng)
        autumn = autumns.live(people, schools, facts, rng)
        drift = float(causes.DRIFT[max(index, 0)])
        chances = causes.draw(
            people, schools, causes.log_odds(people, schools, facts, autumn, drift), rng, unfair=unfair
        )
        left = causes.RECORDED_AS_LEFT[chances.fate]
        autumn = autumns.overlook(autumn, people.girl) if unfair else autumn
        if index >= 0:
            rows = register.record(YEARS[index], people, communes, schools, facts, autumn, left, rng)
            ceilings[index].add(chances.recorded, left, schools.commune[at], people.girl, schools.rural[at])
        ids, fate = people.pupil_id.copy(), chances.fate
        people.last_average, people.last_absences = autumn.average, autumn.absences
        gone, moved = causes.GONE[fate], fate == causes.TRANSFERRED
        summer = pupils.move_on(people, schools, poverty, gone, moved, next_id, rng)
        next_id = summer.next_id
        if index >= 0:
            writers.write(YEARS[index], rows, _truth(YEARS[index], ids, chances, causes.settle(fate, summer)))
        leavers = 100 * np.bincount(at, left, len(poverty)) / schools.pupils
        passed = 100 * np.bincount(at, summer.passed, len(poverty)) / schools.pupils


def _truth(year: register.Year, ids: places.Ints, chances: causes.Chances, fate: places.Ints) -> pa.Table:
    """What is true of a chunk in one year: the chances and the fate."""
    n = len(ids)
    return pa.table({
        "pupil_id": ids,
        "school_year": pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([year.name])),
        "probability": chances.recorded, "probability_dropout": chances.dropout,
        "fate": pa.DictionaryArray.from_arrays(pa.array(fate.astype(np.int32)), pa.array(list(causes.FATES))),
    })  # fmt: skip
