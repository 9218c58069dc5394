"""Each safeguard judges a run both ways, says `not yet` where there is nothing to judge, and never raises."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jazari.governance.safeguards import (
    beats_baseline,
    calibrated_within,
    expires,
    gap_at_most,
    human_decides,
    never_for,
    no_future,
    notice,
    objection,
    person_beats_site,
    recorded_in_time,
    shadow_first,
    small_cells,
)
from jazari.schema.columns import audited, column
from jazari.schema.help import places
from jazari.schema.inspection import Inspection
from jazari.schema.table import Table


def F(value, low=None, high=None, n=1000):  # noqa: N802  the shape is called F in the reference
    return {"value": value, "low": value if low is None else low, "high": value if high is None else high, "n": n}


def measured(**evidence):
    return Inspection(evidence=evidence)


def gaps(metric="recall", **columns):
    return measured(groups={name: {"gaps": {metric: gap}, "groups": []} for name, gap in columns.items()})


SEX = gap_at_most(0.10, metric="recall", across=("sex",))
BOTH = gap_at_most(0.10, metric="recall", across=("sex", "milieu"))


@pytest.mark.parametrize(
    ("gap", "state"),
    [
        (F(0.30, 0.1001, 0.5), "broken"),  # the whole interval lies above the limit
        (F(0.30, 0.10, 0.5), "holds"),  # the lower end only touches it
        (F(0.30, 0.02, 0.5), "holds"),  # wide, but chance could do it
        (F(0.05, 0.01, 0.09), "holds"),
        (None, "not yet"),
        ({"suppressed": True}, "not yet"),
        (F(None), "not yet"),
        ({"value": None, "low": 0.3, "high": 0.4}, "not yet"),
        ({"value": True, "low": 0.3, "high": 0.4}, "not yet"),
        ({"value": 0.3, "low": None, "high": None}, "broken"),  # no interval: the figure stands for itself
        ({"value": 0.09, "high": 0.4}, "holds"),
    ],
)
def test_a_gap_is_broken_where_the_low_end_of_its_interval_exceeds_the_limit(gap, state):
    assert SEX.check(gaps(sex=gap)).state == state


def test_a_gap_reads_its_own_measure_and_its_own_columns():
    wide, narrow = F(0.3, 0.2, 0.4), F(0.02, 0.0, 0.04)
    assert SEX.check(gaps("precision", sex=wide)).state == "not yet"
    assert gap_at_most(0.10, metric="precision", across=("sex",)).check(gaps("precision", sex=wide)).state == "broken"
    assert SEX.check(gaps(sex=narrow, milieu=wide)).state == "holds"
    assert BOTH.check(gaps(sex=narrow, milieu=narrow)).state == "holds"


def test_one_wide_gap_breaks_it_whatever_the_other_column_says():
    found = BOTH.check(gaps(sex=None, milieu=F(0.3, 0.2, 0.4)))
    assert (found.state, found.values["column"], found.values["gap"]) == ("broken", "milieu", 0.3)
    assert BOTH.check(gaps(sex=None, milieu=F(0.02, 0.0, 0.04))).state == "not yet"
    assert BOTH.check(gaps(sex=None, milieu=F(0.02, 0.0, 0.04))).values["columns"] == "sex"


def test_the_widest_broken_gap_is_named():
    found = BOTH.check(gaps(sex=F(0.25, 0.24, 0.3), milieu=F(0.4, 0.2, 0.5)))
    assert found.values["column"] == "milieu"
    assert set(found.evidence["gaps"]) == {"sex", "milieu"}


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_gap_is_broken_exactly_where_low_exceeds_the_limit(low, value):
    assert (SEX.check(gaps(sex=F(value, low))).state == "broken") == (low > 0.10)


@pytest.mark.parametrize(
    ("safeguard", "section"), [(beats_baseline(by=0.05), "baseline"), (person_beats_site(by=0.05), "targeting")]
)
def test_a_gain_must_be_there_itself_not_only_possible(safeguard, section):
    states = [
        safeguard.check(measured(**{section: {"recall_gain": gain}})).state
        for gain in (F(0.0499, 0.0, 0.2), F(0.05, -0.1, 0.2), F(0.3), F(-0.3), None, {"suppressed": True})
    ]
    assert states == ["broken", "holds", "holds", "broken", "not yet", "not yet"]
    assert safeguard.check(measured(**{section: None})).state == "not yet"
    other = {"baseline": "targeting", "targeting": "baseline"}[section]
    assert safeguard.check(measured(**{other: {"recall_gain": F(0.3)}})).state == "not yet"


def test_a_finding_says_the_figure_and_not_the_end_of_its_interval():
    figure = F(0.3, 0.2, 0.4)
    judged = [
        (beats_baseline(by=0.05).check(measured(baseline={"recall_gain": figure})), "gain"),
        (person_beats_site(by=0.05).check(measured(targeting={"recall_gain": figure})), "gain"),
        (calibrated_within(0.02).check(measured(ece=figure)), "error"),
        (SEX.check(gaps(sex=figure)), "gap"),
    ]
    assert [finding.values[name] for finding, name in judged] == [0.3] * 4
    assert judged[0][0].evidence["recall_gain"] == figure
    too_good = no_future().check(measured(auc=F(0.999, 0.997)))
    assert too_good.values["auc"] == 0.999


def test_a_safeguard_that_does_not_judge_is_a_mistake_of_its_author():
    from jazari.governance.safeguards import Safeguard

    with pytest.raises(TypeError, match="does not say how it judges"):
        Safeguard().check(Inspection())


def test_calibration_breaks_at_the_low_end_of_its_interval():
    states = [calibrated_within(0.02).check(measured(ece=ece)).state for ece in (F(0.03, 0.021), F(0.03, 0.02), None)]
    assert states == ["broken", "holds", "not yet"]


def test_late_records_are_judged_by_the_worst_column():
    late = lambda **shares: recorded_in_time(0.05).check(Inspection(snapshot={"recorded_late": shares}))  # noqa: E731
    assert late(a=0.01, b=0.05).state == "holds"
    assert (late(a=0.01, b=0.051).state, late(a=0.01, b=0.051).values["column"]) == ("broken", "b")
    assert late().state == "not yet"


def test_a_system_that_is_too_good_has_seen_the_future():
    dated = Table("t", column("a", known_at="2025-01-01"), column("b", known_at="2025-01-01"))
    undated = Table("t", column("a", known_at="2025-01-01"), column("b"))
    auc = lambda low: {"auc": F(0.999, low)}  # noqa: E731
    assert no_future().check(Inspection(table=dated, evidence=auc(0.9951))).state == "broken"
    assert no_future().check(Inspection(table=dated, evidence=auc(0.995))).state == "holds"
    assert no_future().check(Inspection(table=dated)).state == "holds"
    found = no_future().check(Inspection(table=undated))
    assert (found.state, dict(found.evidence)) == ("not yet", {"undated": ["b"]})
    assert no_future().check(Inspection(evidence=auc(0.7))).state == "not yet"


def test_a_small_cell_anywhere_in_public_figures_is_found():
    def cell(n):
        return measured(groups={"sex": {"groups": [{"n": n, "positives": 40, "recall": F(0.5)}]}})

    assert [small_cells(11).check(cell(n)).state for n in (0, 1, 10, 11)] == ["holds", "broken", "broken", "holds"]
    assert small_cells(20).check(cell(19)).state == "broken"
    hidden = measured(groups={"sex": {"groups": [{"values": {"sex": "f"}, "suppressed": True}]}})
    assert small_cells(11).check(hidden).state == "holds"
    inside = measured(groups={"sex": {"groups": [{"n": 50, "recall": F(0.5, n=4)}]}})
    assert (small_cells(11).check(inside).state, small_cells(11).check(inside).values["cells"]) == ("broken", 1)
    assert small_cells(11).check(measured()).state == "not yet"


def decided(**counts):
    return human_decides("school head").check(Inspection(history={"decisions": counts})).state


def test_a_person_decides_with_reasons_and_not_by_stamping():
    assert decided() == "not yet"
    assert decided(n=100, copied=1, departed=50, median_seconds=300) == "broken"
    assert decided(n=30, copied=0, departed=0, median_seconds=19.9) == "broken"
    assert decided(n=29, copied=0, departed=0, median_seconds=1) == "holds"
    assert decided(n=30, copied=0, departed=1, median_seconds=1) == "holds"
    assert decided(n=30, copied=0, departed=0, median_seconds=20) == "holds"
    assert decided(n=30, copied=0, departed=0, median_seconds=None) == "holds"


def test_a_purpose_that_was_ruled_out_never_opens_a_list():
    rule = never_for("sanction", "Admission")
    state = lambda *opened: rule.check(Inspection(history={"purposes": opened})).state  # noqa: E731
    assert (state(), state("tutoring"), state("tutoring", "SANCTION ")) == ("not yet", "holds", "broken")
    assert rule.check(Inspection(help=places("admission", share=0.1))).state == "broken"
    assert rule.check(Inspection(help=places("tutoring", share=0.1))).state == "not yet"
    assert (rule.forbids("admission"), rule.forbids("tutoring")) == (True, False)


def test_a_notice_is_declared_then_sent():
    rule = notice("guardian", languages=("ar", "zgh"))
    state = lambda **counts: rule.check(Inspection(history={"notices": counts})).state  # noqa: E731
    assert (state(), state(decisions=5, missing=0), state(decisions=5, missing=1)) == ("not yet", "holds", "broken")
    assert rule.check(Inspection(languages=("ar", "fr"))).state == "broken"


def test_objections_are_answered_in_time():
    rule = objection(open_for="P30D", within="P15D")
    state = lambda **counts: rule.check(Inspection(history={"objections": counts})).state  # noqa: E731
    assert (state(), state(filed=5, late=0), state(filed=5, late=1)) == ("not yet", "holds", "broken")
    assert rule.last_day(date(2026, 3, 4)) == date(2026, 4, 6)
    assert rule.clock.run(date(2026, 3, 2), act="selection").last_day == date(2026, 3, 18)


def test_answers_end():
    rule = expires("P12M")
    state = lambda used: rule.check(Inspection(history={"run_on": "2026-03-02", "used_on": used})).state  # noqa: E731
    assert (state(None), state("2027-03-02"), state("2027-03-03")) == ("not yet", "holds", "broken")


def test_a_new_system_watches_before_it_lists():
    state = lambda seen: shadow_first(cycles=2).check(Inspection(history={"shadow_cycles": seen})).state  # noqa: E731
    assert (state(0), state(1), state(2)) == ("not yet", "not yet", "holds")
    assert shadow_first().check(Inspection()).state == "not yet"


def test_a_gap_across_a_column_that_is_not_audited_is_refused_when_declared():
    from jazari.core.errors import DeclarationError

    table = Table("t", column("a"), audited("sex"), audited("milieu"))
    BOTH.fit_to(table)
    gap_at_most(0.10, metric="recall", across=("sex × milieu",)).fit_to(table)
    human_decides("school head").fit_to(table)
    for across in (("a",), ("sex", "mileu"), ("sex × region",)):
        with pytest.raises(DeclarationError) as refusal:
            gap_at_most(0.10, metric="recall", across=across).fit_to(table)
        assert refusal.value.code == "JZ-236"
        assert refusal.value.found == "sex, milieu"
