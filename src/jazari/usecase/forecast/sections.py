"""What a card says of forecasts: how far off, how sure, in words first; then what is ahead, series, days, reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from jazari.usecase.forecast import charts, sheets
from jazari.usecase.section import Chart, Grid, Section, Voice

_SHOWN = 24  # series in a table of the card; `series.csv` holds all
_PARTS = {"weekday": "Monday to Friday", "saturday": "Saturday", "sunday": "Sunday"}


def sections(
    declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
) -> list[Section]:
    """The sections of a card, in reading order; a section whose figures were not measured is left out."""
    unit = unit_of(declaration)
    made = [
        in_words(evidence, unit, say),
        ahead(evidence, unit, say),
        figures(evidence, unit, say),
        by_series(evidence, unit, say),
        _reliability(evidence, say),
        _days(evidence, say),
        _groups(evidence, say),
        _sums(evidence, say),
        _read(declaration, evidence, model, say),
    ]
    return [one for one in made if one is not None]


def unit_of(declaration: Mapping[str, Any]) -> str:
    """The unit of the readings, as it is printed."""
    of = declaration["engine"].get("of")
    return str(next((one["unit"] for one in declaration["table"]["columns"] if one["name"] == of), ""))


def in_words(evidence: Mapping[str, Any], unit: str, say: Voice) -> Section:
    """How far off and how sure, for whoever reads one paragraph."""
    origins, skill = evidence["origins"], evidence.get("skill") or {}
    sentences = [
        say(
            "Measured on {n} forecasts, issued from {first} to {last}; none saw what came after its own origin.",
            n=say.number(origins["count"]), first=_day(origins["first"]), last=_day(origins["last"]),
        )
    ]  # fmt: skip
    if (evidence.get("mape") or {}).get("value") is not None:
        sentences.append(
            say("On average the forecast is off by {share}.", share=say.percent(evidence["mape"]["value"] / 100, 1))
        )
    else:
        sentences.append(
            say("On average the forecast is off by {size}.", size=amount(evidence["mae"]["value"], unit, say))
        )
    if skill.get("mae") is not None:
        key = (
            "That is {share} less than the declared simple rule, the season before repeated."
            if skill["mae"] >= 0
            else "That is {share} more than the declared simple rule, the season before repeated."
        )
        sentences.append(say(key, share=say.percent(abs(skill["mae"]))))
    for level, shares in (evidence.get("coverage") or {}).items():
        known = [share for share in shares.values() if share is not None]
        low, high = min(known), max(known)
        sentences.append(
            say(
                "Of 100 readings, {low} to {high} fell inside the band that should hold {level}, series by series.",
                low=say.number(100 * low), high=say.number(100 * high), level=say.number(100 * float(level)),
            )
        )  # fmt: skip
    return Section(say("In plain words"), sentences)


def ahead(evidence: Mapping[str, Any], unit: str, say: Voice) -> Section | None:
    """The forecast whose truth nobody knew when the dossier was written."""
    found = evidence.get("ahead") or {}
    if not found:
        return None
    drawn = []
    for name, quantiles in found["series"].items():
        title = f"{name} ({unit})" if unit else name
        marks = (found["times"][0], found["times"][-1])
        svg = charts.fan(quantiles, label=title, marks=marks, language=say.language)
        top = max(range(len(quantiles["0.5"])), key=quantiles["0.5"].__getitem__)
        sentence = say(
            "The highest value is expected at {time}: {value}, and between {low} and {high} four times in five.",
            time=found["times"][top], value=amount(quantiles["0.5"][top], unit, say),
            low=amount(quantiles["0.1"][top], "", say), high=amount(quantiles["0.9"][top], unit, say),
        )  # fmt: skip
        heads = [say("Time"), *(say("level {level}", level=level) for level in quantiles)]
        rows = [
            (time, *(amount(quantiles[level][step], "", say) for level in quantiles))
            for step, time in enumerate(found["times"])
        ]
        drawn.append(Chart(title, svg, sentence, Grid(heads, rows), csv=sheets.AHEAD))
    sentence = say("Issued at {origin}; the bands hold half, four fifths and 95 in 100.", origin=found["origin"])
    return Section(say("What is ahead"), [sentence], charts=drawn)


def figures(evidence: Mapping[str, Any], unit: str, say: Voice) -> Section:
    """Every measure with its interval."""
    of = {"unit": unit} if unit else {"unit": say("in the unit of the readings")}
    peak = evidence.get("peak") or {}
    rows = [
        (say("Mean absolute error ({unit})", **of), say.figure(evidence.get("mae"), 2)),
        (say("Mean absolute percentage error"), say.figure(evidence.get("mape"), 2)),
        (say("Error over that of the seasonal naive rule (MASE)"), say.figure(evidence.get("mase"), 3)),
        (say("CRPS ({unit})", **of), say.figure(evidence.get("crps"), 2)),
    ]
    for level, width in (evidence.get("sharpness") or {}).items():
        name = say("Mean width of the band that should hold {level} in 100", level=say.number(100 * float(level)))
        rows.append((name, amount(width, unit, say)))
    if peak.get("size") is not None:
        rows.append((say("Error of the highest value of each horizon"), say.percent(peak["size"], 1)))
        rows.append((say("Steps by which it came earlier or later"), say.number(peak["steps"], 1)))
    sentences = [say("Figures with their 95 % intervals, by blocks of seven neighbouring origins.")]
    why = (evidence.get("mape") or {}).get("why")
    if why:
        sentences.append(say("No percentage is given: readings come near zero or below it."))
    return Section(say("Figures"), sentences, Grid((say("Figure"), say("Value and interval")), rows))


def by_series(evidence: Mapping[str, Any], unit: str, say: Voice) -> Section:
    """The series that fare worst first."""
    found = evidence["by_series"]
    order = sorted(found, key=lambda name: -(found[name].get("mase") or found[name].get("mae") or 0.0))
    coverage = evidence["coverage"]
    rows = []
    for name in order[:_SHOWN]:
        one = found[name]
        shares = [say.percent(coverage[level].get(name), 1) for level in coverage]
        rows.append(
            (
                name,
                amount(one.get("mae"), "", say),
                say.number(one.get("mape"), 2),
                say.number(one.get("mase"), 3),
                *shares,
            )
        )
    heads = [
        say("Series"), say("Mean absolute error ({unit})", unit=unit or say("in the unit of the readings")),
        say("Percentage error"), "MASE",
        *(say("Inside the band of {level}", level=say.percent(float(level))) for level in coverage),
    ]  # fmt: skip
    sentences = []
    if len(order) > _SHOWN:
        sentences.append(
            say("The {n} series that fare worst, of {all}.", n=say.number(_SHOWN), all=say.number(len(order)))
        )
        sentences += _spread(found, say)
    return Section(say("Series by series"), sentences, Grid(heads, rows), folded=len(order) > _SHOWN)


def _spread(found: Mapping[str, Mapping[str, float]], say: Voice) -> list[str]:
    """How the errors of many series spread, in one sentence; none where they have no scale."""
    ratios = sorted((one["mase"], name) for name, one in found.items() if "mase" in one)
    if not ratios:
        return []
    (low, _), (middle, _), (high, _) = (ratios[len(ratios) * quarter // 4] for quarter in (1, 2, 3))
    below = sum(ratio < 1 for ratio, _ in ratios) / len(ratios)
    return [
        say(
            "Half of all series have a MASE between {low} and {high}, the middle one {middle}; the best is '{best}' "
            "with {least}; {share} are below 1, the mean error of the simple rule before the audit.",
            low=say.number(low, 2), high=say.number(high, 2), middle=say.number(middle, 2), best=ratios[0][1],
            least=say.number(ratios[0][0], 2), share=say.percent(below),
        )
    ]  # fmt: skip


def _reliability(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    shares = evidence.get("levels")
    if not shares:
        return None
    worst = max(abs(float(level) - share) for level, share in shares.items())
    title = say("Promised against observed share, level by level")
    svg = charts.levels(shares, label=title, marks=("0", say("promised: 1")))
    sentence = say(
        "At worst, promised and observed shares differ by {points} points.", points=say.number(100 * worst, 1)
    )
    rows = [(say.percent(float(level), 1), say.percent(share, 1)) for level, share in shares.items()]
    chart = Chart(title, svg, sentence, Grid((say("promised"), say("observed")), rows), csv=sheets.LEVELS)
    return Section(say("How sure"), charts=[chart], grid=_coverage_by(evidence, say), folded=True)


def _coverage_by(evidence: Mapping[str, Any], say: Voice) -> Grid | None:
    """Coverage by type of day and hour of the day."""
    by = evidence.get("coverage_by") or {}
    if not by:
        return None
    first = next(iter(by.values()))
    keys = [
        *(("day", one) for one in first.get("day", {})),
        *(("hour", one) for one in sorted(first.get("hour", {}), key=int)),
    ]
    rows = []
    for kind, key in keys:
        name = say(_PARTS[key]) if kind == "day" else say("{hour}:00", hour=f"{int(key):02}")
        rows.append((name, *(say.percent(by[level][kind].get(key), 1) for level in by)))
    heads = [say("When"), *(say("Inside the band of {level}", level=say.percent(float(level))) for level in by)]
    return Grid(heads, rows)


def _days(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    days = evidence.get("days")
    if not days:
        return None
    worst = max(days, key=days.__getitem__)
    title = say("Error of each day over the usual one")
    sentence = say(
        "The hardest day was {day}: {times} times the usual error.", day=worst, times=say.number(days[worst], 1)
    )
    rows = [(day, say.number(value, 2)) for day, value in days.items()]
    chart = Chart(
        title, charts.calendar(days, label=title), sentence, Grid((say("Day"), say("Error over the usual one")), rows),
        csv=sheets.DAYS,
    )  # fmt: skip
    return Section(say("Calendar of errors"), charts=[chart])


def _groups(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    rows, sentences = [], []
    for name, one in (evidence.get("gaps") or {}).items():
        rows += [
            (f"{name}: {place}", say.number(one.get("series", {}).get(place)), say.number(error, 3))
            for place, error in one.get("by_territory", {}).items()
        ]
        if one.get("ratio"):
            sentences.append(
                say(
                    "{column}: the error of '{worst}' is {times} times that of '{best}'.", column=name,
                    worst=one["worst"], best=one["best"], times=say.number(one["ratio"], 2),
                )
            )  # fmt: skip
    if not rows:
        return None
    heads = (say("Where"), say("Series"), say("Error over that of the seasonal naive rule (MASE)"))
    return Section(say("Who is served worse"), sentences, Grid(heads, rows))


def _sums(evidence: Mapping[str, Any], say: Voice) -> Section | None:
    """Which series are sums, and how far forecasts were moved until they add up."""
    parts, moved = (evidence.get("adds_up") or {}).get("parts"), evidence.get("reconciled") or {}
    if not parts:
        return None
    rows = [
        (whole, ", ".join(each[:_SHOWN]) + (" ..." if len(each) > _SHOWN else ""), say.percent(moved.get(whole), 2))
        for whole, each in list(parts.items())[:_SHOWN]
    ]
    worst = max(moved, key=moved.__getitem__) if moved else ""
    sentences = [
        say(
            "What is expected of a whole adds up from what is expected of its parts; the bands of a whole do not add "
            "up from theirs, and are not meant to."
        )
    ]
    if worst:
        sentences.append(
            say(
                "To this end forecasts were moved, by {share} of their size at most (series '{worst}').",
                share=say.percent(moved[worst], 2), worst=worst,
            )
        )  # fmt: skip
    heads = (say("Whole"), say("Parts"), say("Moved by, as a share of its size"))
    return Section(say("What adds up"), sentences, Grid(heads, rows))


def _read(
    declaration: Mapping[str, Any], evidence: Mapping[str, Any], model: Mapping[str, Any] | None, say: Voice
) -> Section | None:
    reading = evidence.get("reading")
    if not reading:
        return None
    columns = reading["columns"]
    sentences = [
        say(
            "Read: {series} series, {rows} rows, from {first} to {last}; time from '{time}', values from {values}.",
            series=say.number(reading["series"]), rows=say.number(reading["rows"]), first=_minute(reading["first"]),
            last=_minute(reading["last"]), time=columns["time"],
            values=", ".join(f"'{one}'" for one in columns["values"][:6]),
        )
    ]  # fmt: skip
    if reading["averaged"] > 1:
        sentences.append(
            say(
                "{n} readings a step were averaged to the declared step, {every}.", n=say.number(reading["averaged"]),
                every=declaration["engine"].get("every", ""),
            )
        )  # fmt: skip
    sentences += list(_remarks(reading["remarks"], say))
    if model and model.get("variant"):
        members = ", ".join(f"{name} {weight:g}" for name, weight in (model.get("members") or {}).items())
        sentences.append(
            say("Engine: {variant}.", variant=f"{model['variant']} ({members})" if members else model["variant"])
        )
    return Section(say("What was read"), sentences)


def _remarks(remarks: list[Mapping[str, Any]], say: Voice) -> Iterator[str]:
    """Each remark where there are few; else how many of each sort."""
    if len(remarks) <= _SHOWN:
        for one in remarks:
            yield say("{series}: {remark}", series=one["series"], remark=say(one["sentence"], **one["values"]))
        return
    for code, count in sorted(Counter(one["code"] for one in remarks).items()):
        yield say("{n} series with remark {code}; series by series in evidence.json.", n=say.number(count), code=code)


def amount(value: float | None, unit: str, say: Voice) -> str:
    """An amount with as many digits as it deserves."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 3  # noqa: PLR2004  about four figures
    return f"{say.number(value, digits)} {unit}".strip()


def _day(moment: str) -> str:
    return moment[:10]


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
