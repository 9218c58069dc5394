"""The AUC that finds leaks is the AUC of scikit-learn."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from jazari.data.leaks import auc, leaking


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_auc_agrees_with_scikit_learn(pairs):
    score, yes = np.array([one for one, _ in pairs], float), np.array([one for _, one in pairs])
    if yes.all() or not yes.any():
        return
    assert auc(score, yes) == pytest.approx(roc_auc_score(yes, score))


def test_chance_in_a_handful_of_rows_is_no_leak():
    table = pa.table({"x": [1.0, 2, 3, 4, 5, 6], "left": [False, False, False, True, True, True]})
    assert leaking(table, ["x"], "left") == []


def test_many_categories_learnt_by_heart_are_no_leak():
    rng = np.random.default_rng(0)
    table = pa.table({"c": pa.array([str(n) for n in rng.integers(0, 60, 300)]), "left": rng.random(300) < 0.1})
    assert leaking(table, ["c"], "left") == []


def test_a_name_for_every_row_is_no_leak():
    table = pa.table({"c": pa.array([f"n{n}" for n in range(300)]), "left": [n % 3 == 0 for n in range(300)]})
    assert leaking(table, ["c"], "left") == []
