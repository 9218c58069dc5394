from __future__ import annotations

import json

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from jazari.core.canonical import digest
from jazari.core.errors import EngineError
from jazari.core.plugins import load, names
from jazari.core.progress import Silent
from jazari.engines.risk.axes import Numbers
from jazari.engines.risk.glass import ENGINE
from jazari.engines.risk.glass_model import AdditiveTables
from jazari.engines.risk.protocol import NO_REASON, GlassModel, RiskEngine, RiskModel
from jazari.schema.columns import column
from jazari.schema.records import TableRows


def fit(table, inputs, settings=None, seed=0):
    return ENGINE.fit(TableRows(table), inputs, "left", seed=seed, settings=settings or {}, progress=Silent())


def test_three_engines_are_installed_and_the_challenger_is_never_published():
    engines = {name: load("jazari.engines.risk", name) for name in ("boosted", "glass", "logistic")}
    assert set(engines) <= set(names("jazari.engines.risk"))
    assert all(isinstance(one, RiskEngine) and one.name == name for name, one in engines.items())
    assert not engines["boosted"].publishable
    assert engines["glass"].publishable


def test_it_finds_the_pair_that_no_sum_of_columns_can_say(model, fresh_pupils):
    truth = fresh_pupils["left"].to_numpy()
    pairs = [term.columns for term in model.terms if len(term.columns) == 2]
    alone = AdditiveTables(model.intercept, tuple(term for term in model.terms if len(term.columns) == 1))
    assert pairs == [("distance", "travel")]
    assert roc_auc_score(truth, model.logit(fresh_pupils)) > roc_auc_score(truth, alone.logit(fresh_pupils)) + 0.1


def test_no_pair_is_admitted_where_there_is_none(pupils, inputs):
    draw = np.random.default_rng(3)
    noise = pupils.set_column(pupils.column_names.index("left"), "left", pa.array(draw.random(len(pupils)) < 0.3))
    assert all(len(term.columns) == 1 for term in fit(noise, inputs).terms)


def test_contributions_add_up_to_the_logit(model, hard_rows):
    found = model.reasons(hard_rows)
    total = model.intercept + found.contribution.sum(axis=1) + found.rest
    assert np.abs(total - found.logit).max() < 1e-4
    assert np.abs(found.logit - model.logit(hard_rows)).max() < 1e-12
    assert (found.reason.dtype, found.contribution.dtype, found.rest.dtype) == (np.uint8, np.float32, np.float32)


def test_reasons_are_the_largest_contributions_largest_first(model, hard_rows):
    found = model.reasons(hard_rows, top=4)
    size = np.abs(found.contribution)
    assert (np.diff(size, axis=1) <= 0).all()
    named = found.reason != NO_REASON
    assert (found.reason[named] < len(model.terms)).all()
    assert (found.contribution[~named] == 0).all()


def test_the_ibis_expression_equals_the_engine_on_missing_unseen_and_boundary_values(model, hard_rows, pupils):
    inputs = hard_rows.column_names
    edges = {
        name: pa.array(np.resize(np.array(axis.edges), 500))
        for term in model.terms for name, axis in zip(term.columns, term.axes, strict=True) if isinstance(axis, Numbers)
    }  # fmt: skip
    exact = pupils.select(inputs).slice(0, 500)
    for name, values in edges.items():
        exact = exact.set_column(exact.column_names.index(name), name, values)
    rows = pa.concat_tables([hard_rows, pupils.select(inputs), exact])
    database = duckdb.connect()
    database.register("arrow_rows", rows)
    database.execute("create table hard as from arrow_rows")
    sql = ibis.to_sql(model.expression(ibis.table(rows_schema(rows), name="hard")), dialect="duckdb")
    there = database.execute(f"select logit from ({sql})").fetchnumpy()["logit"]
    assert np.abs(there - model.logit(rows)).max() < 1e-9


def rows_schema(rows):
    return ibis.schema({name: "string" if name == "track" else "float64" for name in rows.column_names})


def test_directions_hold_exactly_in_every_table():
    table, inputs = register_with_directed_pair()
    model = fit(table, inputs)
    assert any(len(term.columns) == 2 for term in model.terms)
    for term in model.terms:
        inside = term.table[tuple(slice(1, -1) for _ in term.axes)]
        for axis, direction in enumerate(term.directions):
            steps = np.diff(inside, axis=axis)
            assert direction != "up" or (steps >= 0).all()
            assert direction != "down" or (steps <= 0).all()


def register_with_directed_pair():
    draw = np.random.default_rng(5)
    first, second = draw.normal(size=(2, 8_000))
    # against the declared direction below 0, and a pair on top: the engine must hold what is declared
    logit = -1 + np.abs(first) + 2.5 * (first > 0) * (second > 0)
    left = draw.random(8_000) < 1 / (1 + np.exp(-logit))
    table = pa.table({"first": first, "second": second, "left": left})
    return table, (column("first", direction="up"), column("second", direction="down"))


def test_unseen_contributes_nothing_and_missing_has_its_own_cell(model):
    track = next(term for term in model.terms if term.columns == ("track",))
    absences = next(term for term in model.terms if term.columns == ("absences",))
    assert track.table[-1] == 0
    assert absences.counts[0] > 11
    assert absences.table[0] != 0


def test_no_published_cell_rests_on_fewer_than_eleven_people(model):
    for term in model.document()["terms"]:
        counts = np.array(term["counts"])
        assert counts.min() >= 11
        if "missing" in term and term["missing"]["count"] == 0:
            assert term["missing"]["contribution"] == 0


def test_few_missing_values_are_neither_counted_nor_given_away_by_a_total():
    draw = np.random.default_rng(7)
    rows, few = 4000, 5
    first, second = draw.normal(0, 1, rows), draw.normal(0, 1, rows)
    left = draw.random(rows) < 1 / (1 + np.exp(1 - 1.5 * np.sign(first * second) - first))
    absent = np.zeros(rows, dtype=bool)
    absent[:few] = True
    table = pa.table({"first": pa.array(first, mask=absent), "second": second, "left": left})
    fitted = ENGINE.fit(
        TableRows(table), (column("first"), column("second")), "left", seed=0, settings={}, progress=Silent()
    )
    document = fitted.document()
    assert any(len(term["columns"]) == 2 for term in document["terms"])
    for term in document["terms"]:
        if len(term["columns"]) == 1:
            assert term["missing"] == {"contribution": 0.0, "count": 0}
            assert sum(term["counts"]) == rows
        else:  # a merged cell says the people of its whole group, so that groups are told by their contribution
            groups = {(value, count) for values, counts in zip(term["table"], term["counts"], strict=True)
                      for value, count in zip(values, counts, strict=True)}  # fmt: skip
            assert sum(count for _, count in groups) == rows
    assert ENGINE.from_document(document).document() == document


def test_constant_columns_are_dropped_with_a_note(model):
    assert model.document()["about"]["dropped"] == ["same"]


def test_the_document_survives_json_and_scores_the_same(model, hard_rows):
    again = AdditiveTables.from_document(json.loads(json.dumps(model.document())))
    assert np.array_equal(again.logit(hard_rows), model.logit(hard_rows))
    assert again.document() == model.document()


def test_only_inputs_are_read_and_named(model, pupils, inputs):
    assert "sex" not in json.dumps(model.document())
    assert digest(fit(pupils.drop_columns(["sex"]), inputs).document()) == digest(model.document())


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(model, pupils, inputs):
    with threadpool_limits(2):
        assert digest(fit(pupils, inputs).document()) == digest(model.document())


def test_an_affine_map_is_folded_into_the_tables(model, hard_rows):
    mapped = model.affine(0.3, 0.8)
    assert np.abs(mapped.logit(hard_rows) - (0.3 + 0.8 * model.logit(hard_rows))).max() < 1e-12
    found = mapped.reasons(hard_rows)
    assert np.abs(mapped.intercept + found.contribution.sum(axis=1) + found.rest - found.logit).max() < 1e-4


def test_the_whole_and_the_sample_path_agree(many_pupils, fresh_pupils, inputs):
    one, other = (fit(many_pupils, inputs, {"pairs": 0, "sample": size}) for size in (30_000, 10_000))
    assert np.abs(one.logit(fresh_pupils) - other.logit(fresh_pupils)).max() < 0.1
    assert np.corrcoef(one.logit(fresh_pupils), other.logit(fresh_pupils))[0, 1] > 0.9995


@pytest.mark.parametrize("slope", [0.0, -1.0, float("nan"), float("inf")])
def test_a_map_that_turns_scores_round_is_refused(model, slope):
    with pytest.raises(EngineError, match="JZ-406"):
        model.affine(0.0, slope)


def test_rows_of_one_class_are_refused(pupils, inputs):
    only = pupils.set_column(pupils.column_names.index("left"), "left", pa.array([True] * len(pupils)))
    with pytest.raises(EngineError, match="JZ-400"):
        fit(only, inputs)


def test_rows_without_a_column_that_varies_are_refused(pupils):
    with pytest.raises(EngineError, match="JZ-401"):
        fit(pupils, (column("same"),))


def test_an_empty_table_is_refused(pupils, inputs):
    with pytest.raises(EngineError, match="JZ-400"):
        fit(pupils.slice(0, 0), inputs)


def test_a_missing_column_is_named(model, hard_rows):
    with pytest.raises(EngineError, match="'mark'"):
        model.logit(hard_rows.drop_columns(["mark"]))


def test_a_column_of_another_type_is_named(model, hard_rows):
    words = pa.array(["x"] * len(hard_rows))
    with pytest.raises(EngineError, match="JZ-408"):
        model.logit(hard_rows.set_column(hard_rows.column_names.index("mark"), "mark", words))


@pytest.mark.parametrize("settings", [{"pares": 3}, {"pairs": -1}, {"pairs": "many"}, {"cells": 2.5}, {"cells": True}])
def test_wrong_settings_are_refused(pupils, inputs, settings):
    with pytest.raises(EngineError, match="JZ-403"):
        fit(pupils, inputs, settings)


def test_settings_from_a_command_line_are_text(pupils, inputs):
    assert all(len(term.columns) == 1 for term in fit(pupils, inputs, {"pairs": "0"}).terms)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "else"}, "JZ-404"),
        ({"version": 2}, "JZ-405"),
        ({"terms": [{}]}, "JZ-404"),
        ({"intercept": None}, "JZ-404"),
    ],
)
def test_a_broken_document_is_refused(model, change, code):
    with pytest.raises(EngineError, match=code):
        AdditiveTables.from_document(model.document() | change)


def test_the_model_is_a_glass_model(model):
    assert isinstance(model, GlassModel)
    assert isinstance(model, RiskModel)
