from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from jazari.core.canonical import digest
from jazari.core.errors import EngineError
from jazari.core.progress import Silent
from jazari.engines.risk import boosted, logistic
from jazari.schema.records import TableRows


@pytest.mark.parametrize("engine", [logistic.ENGINE, boosted.ENGINE])
def test_it_ranks_maps_and_repeats_itself(engine, pupils, fresh_pupils, inputs):
    fits = [engine.fit(TableRows(pupils), inputs, "left", seed=4, settings={}, progress=Silent()) for _ in range(2)]
    logit = fits[0].logit(fresh_pupils)
    assert roc_auc_score(fresh_pupils["left"].to_numpy(), logit) > 0.6
    assert np.array_equal(logit, fits[1].logit(fresh_pupils))
    assert digest(fits[0].document()) == digest(fits[1].document())
    assert np.allclose(fits[0].affine(-0.2, 1.4).logit(fresh_pupils), -0.2 + 1.4 * logit)
    assert "sex" not in json.dumps(fits[0].document())


def test_a_logistic_document_scores_the_same(pupils, hard_rows, inputs):
    model = logistic.ENGINE.fit(TableRows(pupils), inputs, "left", seed=0, settings={}, progress=Silent())
    again = logistic.Linear.from_document(json.loads(json.dumps(model.document())))
    assert np.array_equal(again.logit(hard_rows), model.logit(hard_rows))
    with pytest.raises(EngineError, match="JZ-404"):
        logistic.Linear.from_document(model.document() | {"coefficients": [1.0]})


def test_a_boosted_document_holds_no_trees(pupils, inputs):
    model = boosted.ENGINE.fit(TableRows(pupils), inputs, "left", seed=0, settings={"max_iter": 5}, progress=Silent())
    assert len(json.dumps(model.document())) < 2_000
    assert model.document()["about"]["trees"] <= 5
    with pytest.raises(EngineError, match="JZ-404"):
        boosted.ENGINE.from_document(model.document())
