"""A school that stopped recording is not a school without absences."""

import datetime

import numpy as np
import pytest

from jazari.data.events.adding import add
from jazari.data.events.checking import check
from jazari.data.events.completeness import Completeness, Counts, _median, completeness, monday, opened, week_of
from jazari.data.events.features import features

ON = datetime.date(2025, 12, 31)


def counts(table):
    """Counts of records, shape (sites, weeks), from the second week of 1970."""
    weeks = np.array(table).T
    return Counts(len(table), {number + 1: column for number, column in enumerate(weeks)})


def incomplete(table, keys, days=6):
    return judged(table, keys, days).incomplete.tolist()


def judged(table, keys, days=6):
    """Weeks with so many open days, each or one by one."""
    opened = np.zeros(1 + len(table[0]), int)
    opened[1:] = days
    return completeness(counts(table), np.array(keys), opened)


def test_a_week_runs_from_monday_to_sunday():
    days = [(datetime.date(2025, 1, 6) - datetime.date(1970, 1, 1)).days + n for n in range(-1, 8)]
    assert np.diff([week_of(one) for one in days]).tolist() == [1, 0, 0, 0, 0, 0, 0, 1]
    assert monday(week_of(days[3])) == datetime.date(2025, 1, 6)


def test_a_large_site_that_records_nothing_is_found_in_its_first_week():
    found = incomplete([[40, 42, 0, 38], [41, 39, 40, 44]], [300, 300])
    assert found == [[False, False, True, False], [False] * 4]


def test_a_small_site_is_found_once_its_silence_has_lasted_long_enough():
    everybody = [1000] * 6
    assert incomplete([everybody, [2, 3, 2, 0, 0, 0]], [10_000, 25])[1] == [False] * 6
    assert incomplete([[*everybody, 1000], [2, 3, 2, 0, 0, 0, 0]], [10_000, 25])[1] == [False] * 3 + [True] * 4


def test_a_site_that_never_recorded_is_expected_to_record_like_the_country():
    assert incomplete([[400, 400], [0, 0]], [4000, 300])[1] == [True, True]


def test_a_site_that_records_far_too_little_is_found_and_one_with_good_attendance_is_not():
    assert incomplete([[80, 84, 6, 76], [18, 24, 16, 22], [82, 80, 88, 74]], [600, 600, 600]) == [
        [False, False, True, False], [False] * 4, [False] * 4,
    ]  # fmt: skip


def test_holidays_of_the_country_are_no_silence():
    found = judged([[40, 0, 41], [39, 0, 40]], [300, 300], [6, 0, 6])
    assert len(found.weeks) == 2 and not found.incomplete.any()


def test_a_week_in_which_nothing_came_from_the_whole_country_is_incomplete_everywhere():
    assert incomplete([[40, 0, 41], [39, 0, 40]], [300, 300]) == [[False, True, False]] * 2
    assert incomplete([[40, 4, 41], [39, 3, 40]], [300, 300]) == [[False, True, False]] * 2
    assert incomplete([[40, 38, 0, 0], [39, 41, 0, 0]], [300, 300]) == [[False, False, True, True]] * 2


def test_a_week_of_which_two_days_have_passed_is_not_yet_judged_by_the_country():
    assert incomplete([[40, 38, 0], [39, 41, 0]], [300, 300], [6, 6, 2]) == [[False, False]] * 2


def test_the_week_in_which_recording_began_is_not_judged_by_the_country():
    assert incomplete([[4, 40, 41], [3, 39, 40]], [300, 300]) == [[False] * 3] * 2


def test_open_days_of_a_week_are_counted_up_to_the_date():
    until = np.cumsum((np.arange(21_000) + 3) % 7 != 6)  # Sundays are closed
    day = (datetime.date(2025, 1, 8) - datetime.date(1970, 1, 1)).days
    assert opened(until, day)[-3:].tolist() == [6, 6, 3]
    assert opened(until, day + 4)[-1] == 6


def test_a_feature_is_missing_where_too_many_of_its_weeks_are_incomplete():
    weeks = np.arange(week_of(20_000) - 9, week_of(20_000) + 1)
    bad = np.zeros((2, 10), bool)
    bad[0, 3] = True
    judged = Completeness(weeks, bad.astype(int), bad.astype(float), bad)
    assert judged.holes(20_000, None, 0.1).tolist() == [False, False]
    assert judged.holes(20_000, None, 0.05).tolist() == [True, False]
    assert judged.holes(20_000, 7, 0.0).tolist() == [False, False]
    assert judged.holes(20_000, 60, 0.1).tolist() == [True, False]


def test_the_median_of_a_row_is_that_of_numpy():
    rng = np.random.default_rng(0)
    for weeks in (1, 2, 5, 8):
        ratio = np.where(rng.random((300, weeks)) < 0.4, np.nan, rng.random((300, weeks)))
        ratio[0] = 0.5
        known = ~np.isnan(ratio).all(axis=1)
        found = _median(ratio)
        assert np.array_equal(found[known], np.nanmedian(ratio[known], axis=1)) and np.isnan(found[~known]).all()


def test_records_without_a_site_are_counted_for_none():
    kept = Counts(2)
    kept.add(20_000, np.array([-1, 1, 1]))
    assert kept.weeks[week_of(20_000)].tolist() == [0, 2]


@pytest.fixture(scope="module")
def stopped(make, words):
    """Two schools of 200 pupils; s1 stops recording after four weeks of eight."""
    folder = make(range(400), holes=0.1)
    rng = np.random.default_rng(0)
    listed = [
        (int(key), number, 0, "unjustified", 1)
        for number in range(5, 61) for key in np.flatnonzero(rng.random(400) < 0.06) if key % 2 == 0 or number < 33
    ]  # fmt: skip
    add(folder, words.rows(listed), on=ON)
    return folder


def test_pupils_of_a_school_that_stopped_recording_have_missing_features_not_zeros(stopped, words):
    made = features(stopped, words.day(60)).read_all().to_pylist()
    silent = [row for row in made if row["pupil_id"] % 2]
    assert (
        {row["last_7"] for row in silent}
        == {row["total"] for row in silent}
        == {row["since"] for row in silent}
        == {None}
    )
    assert all(row["total"] is not None and row["last_7"] is not None for row in made if row["pupil_id"] % 2 == 0)
    assert all(row["last_7"] is not None for row in features(stopped, words.day(30)).read_all().to_pylist())


def test_features_are_missing_where_the_feed_of_the_whole_country_stopped(stopped, words):
    made = features(stopped, words.day(90)).read_all()
    assert made["last_7"].null_count == made["last_30"].null_count == len(made)
    found = check(stopped, words.day(90))[1]
    assert found.state == "broken" and found.values["sites"] == 2


def test_check_names_the_school_and_counts_its_pupils_but_names_none(stopped, words):
    fit, complete = check(stopped, words.day(60))
    assert fit.state == "holds" and complete.state == "broken"
    assert (complete.values["sites"], complete.values["keys"]) == (1, 200)
    worst = complete.evidence["worst"][0]
    assert (worst["site"], worst["weeks"], worst["first_monday"]) == ("s1", 4, "2025-02-03")
    assert check(stopped, words.day(30))[1].state == "holds"


def test_check_counts_what_was_set_aside(make, words):
    folder = make()
    add(folder, words.rows([(1, 5, 0, "justified", 1), (9, 5, 0, "justified", 1)]), on=ON, aside_at_most=1)
    found = check(folder, words.day(9))[0]
    assert found.state == "broken" and found.evidence["reasons"] == {"key not in the register": 1}
    assert found.values == {"rows": 2, "files": 1, "aside": 1}
