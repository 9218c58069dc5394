from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from jazari.engines.risk.finishing import directed, merge_small, pooled

SHAPES = hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7)
WAYS = st.sampled_from([None, "up", "down"])


@given(st.data(), SHAPES, WAYS, WAYS)
def test_a_directed_table_is_monotone_and_keeps_its_groups_together(data, shape, first, second):
    table = data.draw(hnp.arrays(np.float64, shape, elements=st.floats(-5, 5)))
    counts = data.draw(hnp.arrays(np.int64, shape, elements=st.integers(0, 40)))
    group = merge_small(counts)
    made = directed(pooled(table, counts, group), group, (first, second))
    for axis, way in enumerate((first, second)):
        steps = np.diff(made, axis=axis)
        assert way != "up" or (steps >= 0).all()
        assert way != "down" or (steps <= 0).all()
    assert all(np.ptp(made[group == one]) < 1e-12 for one in np.unique(group))


@given(hnp.arrays(np.int64, SHAPES, elements=st.integers(0, 40)))
def test_every_group_has_eleven_people_unless_nobody_could(counts):
    group = merge_small(counts)
    people = [counts[group == one].sum() for one in np.unique(group)]
    assert min(people) >= 11 or len(people) == 1
    assert sum(people) == counts.sum()


def test_what_is_monotone_already_stays():
    table = np.arange(12.0).reshape(3, 4)
    group = np.arange(12).reshape(3, 4)
    assert np.array_equal(directed(table, group, ("up", "up")), table)
