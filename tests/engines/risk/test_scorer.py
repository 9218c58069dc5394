"""The scorer: what the tables say, whatever the type in which a column comes."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jazari.engines.risk.axes import Categories, Numbers
from jazari.engines.risk.glass_model import AdditiveTables
from jazari.engines.risk.grids import Grid, grids_of
from jazari.engines.risk.kernel import Scorer
from jazari.engines.risk.protocol import NO_REASON
from jazari.engines.risk.terms import Term

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def looked_up(model, rows):
    """What the tables say, term by term, in the plainest way: float64 (n, terms)."""
    codes = model.codes(rows)
    return np.stack([term.table.ravel()[term.cells(codes)] for term in model.terms], axis=1)


def test_reasons_are_the_largest_contributions_of_the_tables(model, fresh_pupils, hard_rows):
    for rows in (fresh_pupils, hard_rows):
        parts, told = looked_up(model, rows), model.reasons(rows)
        order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :4]
        largest = np.take_along_axis(parts, order, axis=1)
        assert np.abs(told.logit - (model.intercept + parts.sum(axis=1))).max() < 1e-11
        assert (told.reason == np.where(largest == 0, NO_REASON, order)).all()
        assert (told.contribution == largest.astype(np.float32)).all()
        assert np.abs(told.rest - (parts.sum(axis=1) - largest.sum(axis=1))).max() < 1e-6


def test_contributions_and_rest_add_up_to_the_logit(model, hard_rows):
    told = model.reasons(hard_rows)
    total = model.intercept + told.contribution.sum(axis=1, dtype=np.float64) + told.rest
    assert np.abs(total - told.logit).max() < 1e-5


@given(
    st.lists(NUMBERS, min_size=1, max_size=40, unique=True),
    st.lists(st.one_of(NUMBERS, st.none(), st.just(float("nan")), st.just(float("inf")), st.just(-float("inf")))),
    st.randoms(),
)
@settings(deadline=None)
def test_any_real_falls_in_the_cell_that_bisection_finds(edges, values, random):
    axis = Numbers(tuple(sorted(edges)))
    values = [*values, *random.choices(edges, k=5)]
    grid = Grid("x", axis, (axis,))
    for kind in (pa.float64(), pa.float32()):
        with np.errstate(over="ignore"):
            column = (
                pa.array([None if one is None else np.float32(one) for one in values], pa.float32())
                if (kind == pa.float32())
                else pa.array(values, kind)
            )
        exact = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        assert grid.codes(pa.record_batch({"x": column})).tolist() == axis.codes(exact).tolist()


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.int64()], ids=str)
def test_whole_numbers_are_read_by_their_bits(kind):
    least, most = (0, 255) if str(kind).startswith("u") else (-128, 127)
    axis = Numbers((-100.5, -1.0, 0.0, 0.5, 7.0, 126.0, 200.0))
    column = pa.array([*range(least, most + 1), None], kind).slice(3)
    exact = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    codes = Grid("x", axis, (axis,)).codes(pa.record_batch({"x": column}))
    assert codes.tolist() == axis.codes(exact).tolist()


def test_yes_and_no_are_numbers():
    axis = Numbers((0.5,))
    rows = pa.record_batch({"x": pa.array([True, False, None])})
    assert Grid("x", axis, (axis,)).codes(rows).tolist() == [2, 1, 0]


def test_words_are_read_from_texts_and_from_dictionaries_alike():
    axis = Categories((("a",), ("b", "c")))
    words = pa.array(["a", "c", None, "never seen", "b"])
    grid = Grid("x", axis, (axis,))
    twisted = pa.DictionaryArray.from_arrays(pa.array([2, 0, None, 3, 1], pa.int8()), pa.array(["c", "b", "a", "z"]))
    hollow = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array([None, "a"]))
    assert grid.codes(pa.record_batch({"x": words})).tolist() == [1, 2, 0, 3, 2]
    assert grid.codes(pa.record_batch({"x": twisted})).tolist() == [1, 2, 0, 3, 2]
    assert grid.codes(pa.record_batch({"x": hollow})).tolist() == [0, 1]


def test_a_column_is_read_once_for_all_its_axes():
    fine, coarse, other = Numbers((1.0, 2.0, 3.0)), Numbers((2.0,)), Numbers((1.5,))
    (grid,) = grids_of(Term(("x",), (axis,), np.zeros(axis.size + 2), np.zeros(5, int), (None,))
                       for axis in (fine, coarse, other))  # fmt: skip
    values = np.array([np.nan, 0.0, 1.0, 1.5, 1.9, 2.0, 2.5, 3.0, 9.0])
    codes = grid.codes(pa.record_batch({"x": pa.array(values, from_pandas=True)}))
    for axis in (fine, coarse, other):
        assert grid.lookup(axis)[codes].tolist() == axis.codes(values).tolist()
    words = (Categories((("a",), ("b",), ("c", "d"))), Categories((("a", "d"),)))
    (grid,) = grids_of(Term(("w",), (axis,), np.zeros(axis.size + 2), np.zeros(5, int), (None,)) for axis in words)
    spelt = pa.array(["a", "b", "c", "d", "?", None])
    codes = grid.codes(pa.record_batch({"w": spelt}))
    for axis in words:
        assert grid.lookup(axis)[codes].tolist() == axis.codes(spelt).tolist()


def test_many_cells_take_wider_codes():
    axes = tuple(Numbers(tuple(float(one) for one in range(start, 500, 2))) for start in (0, 1))
    grids = grids_of(Term(("x",), (axis,), np.zeros(axis.size + 2), np.zeros(5, int), (None,)) for axis in axes)
    assert grids[0].code_type == np.uint16
    values = np.arange(-1.0, 501.0, 0.5)
    codes = grids[0].codes(pa.record_batch({"x": pa.array(values)}))
    assert all((grids[0].lookup(axis)[codes] == axis.codes(values)).all() for axis in axes)


def test_equal_contributions_go_by_the_order_of_the_terms_and_zero_is_no_reason():
    axis = Numbers((0.0,))
    tables = [[0, 0.5, -0.25, 0], [0, -0.5, 0.25, 0], [0, 0.0, 0.0, 0]]
    terms = tuple(Term((name,), (axis,), np.array(table), np.zeros(4, int), (None,))
                  for name, table in zip("abc", tables, strict=True))  # fmt: skip
    told = Scorer(1.0, terms).reasons(pa.record_batch({name: pa.array([-1.0, 1.0]) for name in "abc"}))
    assert told.reason.tolist() == [[0, 1, NO_REASON, NO_REASON]] * 2
    assert told.contribution.tolist() == [[0.5, -0.5, 0, 0], [-0.25, 0.25, 0, 0]]
    assert told.logit.tolist() == pytest.approx([1.0, 1.0], abs=1e-12)
    assert told.rest.tolist() == [0.0, 0.0]


def test_no_rows_are_no_answer(model, fresh_pupils):
    told = model.reasons(fresh_pupils.slice(0, 0))
    assert told.reason.shape == (0, 4)
    assert len(told.logit) == 0


def test_models_that_cut_alike_share_a_fingerprint(model):
    assert model.scorer.fingerprint == model.affine(0.1, 0.9).scorer.fingerprint
    assert Scorer(0.0, model.terms[1:]).fingerprint != model.scorer.fingerprint


@st.composite
def models(draw):
    """Terms over a few columns: numbers of many or few cells, words, pairs; sizes that meet, and zeros."""
    axes = {
        name: draw(st.lists(st.integers(1, 30).map(lambda cells: Numbers(tuple(map(float, range(cells))))), min_size=1,
                            max_size=2, unique=True))
        for name in ("a", "b", "c", "d")
    }  # fmt: skip
    axes["w"] = [Categories((("x",), ("y", "z")))]
    columns = [(name, axis) for name, own in axes.items() for axis in own]
    wide = [(one, two) for place, one in enumerate(columns) for two in columns[place + 1 :] if one[0] != two[0]]
    chosen = [(one,) for one in draw(st.permutations(columns))] + draw(st.lists(st.sampled_from(wide), max_size=3))
    values = np.random.default_rng(draw(st.integers(0, 1000)))
    terms = []
    for read in chosen:
        shape = tuple(axis.size + 2 for _, axis in read)
        table = values.choice([0.0, 0.5, -0.5, 0.25, *values.normal(0, 1, 8)], shape)
        names, cut = tuple(name for name, _ in read), tuple(axis for _, axis in read)
        terms.append(Term(names, cut, table, np.zeros(shape, int), (None,) * len(read)))
    return tuple(terms)


@given(models(), st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_columns_that_are_looked_up_together_give_what_each_gives_alone(terms, top):
    draw = np.random.default_rng(0)
    rows = {name: np.where(draw.random(200) < 0.1, np.nan, draw.integers(-2, 32, 200)) for name in "abcd"}
    batch = pa.record_batch({**rows, "w": draw.choice(np.array(["x", "y", "z", "?", None]), 200).tolist()})
    model = AdditiveTables(0.25, terms)
    parts, told = looked_up(model, batch), model.reasons(batch, top)
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :top]
    largest = np.take_along_axis(parts, order, axis=1)
    missing = top - order.shape[1]
    wanted = np.pad(np.where(largest == 0, NO_REASON, order), ((0, 0), (0, max(missing, 0))), constant_values=NO_REASON)
    assert (told.reason == wanted).all()
    assert (told.contribution[:, : order.shape[1]] == largest.astype(np.float32)).all()
    assert np.abs(told.logit - (0.25 + parts.sum(axis=1))).max() < 1e-12
    rest = told.logit - 0.25 - told.contribution.sum(axis=1, dtype=float)
    assert np.abs(told.rest - (rest if len(terms) > top else 0)).max() < 1e-6
