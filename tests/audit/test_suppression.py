"""Small cells: what is shown never gives a number of one to ten people away."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from jazari.audit.suppression import LEVELS, Line, hide, solved


def tables(joint):
    """Groups of every column and pair of a joint table (cells of 4), and the lines along which they add up."""
    axes = range(joint.ndim - 1)
    number, cells, lines = {}, [], []
    for chosen in [*((one,) for one in axes), *itertools.combinations(axes, 2)]:
        margin = joint.sum(axis=tuple(one for one in axes if one not in chosen))
        for place in itertools.product(*(range(joint.shape[one]) for one in chosen)):
            number[chosen, place] = len(cells)
            cells.append(margin[place])
    for (chosen, place), total in number.items():
        if len(chosen) == 1:
            for other in axes:
                pair = tuple(sorted((chosen[0], other)))
                if other != chosen[0]:
                    at = pair.index(chosen[0])
                    parts = [one for (which, where), one in number.items() if which == pair and where[at] == place[0]]
                    lines.append(Line(total, tuple(parts)))
    lines += [Line(None, tuple(one for (which, _), one in number.items() if which == (axis,))) for axis in axes]
    return np.array(cells), lines


joints = st.tuples(st.integers(2, 4), st.integers(2, 3), st.integers(2, 2)).flatmap(
    lambda shape: st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 60)),
        min_size=4 * int(np.prod(shape)),
        max_size=4 * int(np.prod(shape)),
    ).map(lambda numbers: np.array(numbers).reshape(*shape, 4))
)

COUNTS = {
    "n": lambda cells: cells.sum(axis=1),
    "positives": lambda cells: cells[:, 1] + cells[:, 3],
    "listed": lambda cells: cells[:, 2] + cells[:, 3],
    "listed_positives": lambda cells: cells[:, 3],
}


@settings(max_examples=60, deadline=None)
@given(joints)
def test_nothing_hidden_can_be_worked_out(joint):
    cells, lines = tables(joint)
    hidden = hide(cells, lines)
    everybody = joint.sum(axis=tuple(range(joint.ndim - 1)))
    for level, name in enumerate(LEVELS):
        count = COUNTS[name](cells)
        shown = ~hidden[level]
        assert not ((count[shown] > 0) & (count[shown] < 11)).any()
        if shown.any():  # an attacker solves the equations of all published tables
            told = [one for one in solved(hidden[level], lines) if 0 < count[one] < 11]
            assert not told
    assert everybody.sum() == joint.sum()


def test_one_small_group_takes_a_second_with_it():
    cells = np.array([[400, 50, 50, 40], [3, 1, 1, 0], [300, 40, 40, 30]])
    hidden = hide(cells, [Line(None, (0, 1, 2))])
    assert hidden[0].tolist() == [False, True, True]


def test_two_small_groups_that_are_small_together_take_a_third():
    cells = np.array([[400, 50, 50, 40], [3, 0, 0, 0], [4, 0, 0, 0], [300, 40, 40, 30]])
    assert hide(cells, [Line(None, (0, 1, 2, 3))])[0].tolist() == [False, True, True, True]


def test_a_group_of_one_is_hidden_with_all_its_pairs():
    joint = np.full((2, 3, 4), 40)
    joint[0, 0] = [1, 0, 0, 0]
    joint[0, 1:] = 0
    cells, lines = tables(joint)
    hidden = hide(cells, lines)
    assert hidden[0][0]
    assert hidden[0][5:8].all()


def test_few_found_hide_the_rates_that_tell_them_and_nothing_else():
    cells = np.array([[400, 50, 50, 40], [400, 50, 47, 3], [400, 50, 50, 40]])
    hidden = hide(cells, [Line(None, (0, 1, 2))])
    assert hidden.sum(axis=1).tolist() == [0, 0, 0, 2]


def test_nobody_is_no_small_number():
    cells = np.array([[400, 50, 50, 40], [400, 50, 0, 0]])
    assert not hide(cells, [Line(None, (0, 1))]).any()


def test_a_suppressed_group_is_nothing_but_its_name(population, measured):
    table = population(3000)
    region = np.where(np.arange(3000) < 4, "tiny", np.where(np.arange(3000) < 1500, "north", "south"))
    document = measured(table.append_column("region", [region]), ("sex", "region"))
    shown = {group["values"]["region"]: group for group in document["groups"]["region"]["groups"]}
    assert shown["tiny"] == {"values": {"region": "tiny"}, "suppressed": True}
    assert sum("n" not in group for group in shown.values()) == 2
    small = [number for number in numbers(document["groups"]) if 0 < number < 11]
    assert not small


def numbers(document):
    """Every count of people in the groups."""
    if isinstance(document, dict):
        own = [document[name] for name in ("n", "positives", "listed") if isinstance(document.get(name), int)]
        return own + [one for part in document.values() for one in numbers(part)]
    return [one for part in document for one in numbers(part)] if isinstance(document, list) else []


@pytest.mark.parametrize("seed", range(3))
def test_shown_rates_never_imply_one_to_ten_people(population, measured, seed):
    document = measured(population(900, seed=seed))
    for margin in document["groups"].values():
        for group in margin["groups"]:
            for name in ("recall", "precision", "base_rate", "selection_rate", "false_positive_rate"):
                one = group.get(name, {})
                if one.get("value") is not None:
                    people = round(one["value"] * one["n"])
                    assert not 0 < people < 11
                    assert not 0 < one["n"] - people < 11


@pytest.mark.parametrize("seed", range(4))
def test_an_attacker_with_a_solver_cannot_narrow_a_small_number_to_one_value(seed):
    """Least and greatest value of each hidden count that all published tables and non-negativity allow."""
    rng = np.random.default_rng(seed)
    joint = rng.poisson(rng.choice([1, 4, 30], size=(4, 3, 2, 1)), size=(4, 3, 2, 4))
    cells, lines = tables(joint)
    hidden = hide(cells, lines)
    for level, name in enumerate(LEVELS):
        count = COUNTS[name](cells)
        for one in np.flatnonzero(hidden[level] & (count > 0) & (count < 11)):
            low, high = bounds(one, hidden[level], count, lines)
            assert high - low > 0.5


def bounds(one, hidden, count, lines):
    away = np.flatnonzero(hidden)
    rows, known = [], []
    for line in lines:
        parts = np.array(line.parts)
        rows.append(np.isin(away, parts).astype(float) - (away == line.total))
        total = count[parts].sum() if line.total is None or not hidden[line.total] else 0
        known.append(total - count[parts[~hidden[parts]]].sum())
    goal = (away == one).astype(float)
    ends = [optimize.linprog(sign * goal, A_eq=np.array(rows), b_eq=known) for sign in (1, -1)]
    assert all(end.status in (0, 3) for end in ends)  # solved, or without bound
    return ends[0].fun, -ends[1].fun if ends[1].status == 0 else np.inf
