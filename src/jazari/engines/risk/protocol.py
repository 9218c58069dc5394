"""What a risk engine is: it learns from rows how likely an outcome is, and answers on the logit.

An entry point of the group `jazari.engines.risk` resolves to an instance, ready to `fit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jazari.core.progress import Progress
from jazari.schema.columns import Column
from jazari.schema.records import Rows

Table: TypeAlias = pa.RecordBatch | pa.Table
Floats: TypeAlias = NDArray[np.float64]
Codes: TypeAlias = NDArray[np.uint8]

NO_REASON = 255
"""The index of a reason that is not there: fewer terms than reasons asked for, or a contribution of exactly 0."""


@dataclass(frozen=True)
class Reasons:
    """Why each row has its logit: the largest contributions, whichever their sign, largest first.

    For every row, `intercept of the document + sum(contribution) + rest = logit`, to float32.

    Attributes:
        logit: float64 (n,), the calibrated logit.
        reason: uint8 (n, top), index into the `terms` of the document; `NO_REASON` where there is none.
        contribution: float32 (n, top), on the logit; 0 where there is no reason.
        rest: float32 (n,), the sum of the contributions that are not among the reasons.
    """

    logit: Floats
    reason: Codes
    contribution: NDArray[np.float32]
    rest: NDArray[np.float32]


@runtime_checkable
class RiskModel(Protocol):
    """What a fit leaves: a function from rows to logits that can be written down."""

    def logit(self, batch: Table) -> Floats:
        """The logit of the outcome: float64 (n,), natural log of the odds. Reads only the inputs of the fit.

        Raises:
            EngineError: JZ-402, a column that the model reads is not there; JZ-408, or has another type.
        """

    def affine(self, intercept: float, slope: float) -> RiskModel:
        """The model whose logit is `intercept + slope * logit`; a slope above 0 keeps the order of the rows.

        Raises:
            EngineError: JZ-406, the slope is not above 0, or one of the two is not finite.
        """

    def document(self) -> dict[str, Any]:
        """The model as an open JSON document. Names no column but the inputs."""


@runtime_checkable
class GlassModel(RiskModel, Protocol):
    """A model that shows its working: contributions add up to the logit, and it runs inside a database."""

    def reasons(self, batch: Table, top: int = 4) -> Reasons:
        """The logit of each row and its `top` largest contributions."""

    def expression(self, table: Any, name: str = "logit") -> Any:
        """An `ibis.Table` with the logit added as a float64 column, equal to `logit` to 1e-9."""


@runtime_checkable
class RiskEngine(Protocol):
    """An engine that answers 'how likely is this outcome for this row?'.

    Attributes:
        name: Its entry point: `glass`.
        publishable: Whether its model may be published and used for a list. A challenger is for comparison only.
    """

    name: str
    publishable: bool

    def fit(
        self,
        rows: Rows,
        inputs: Sequence[Column],
        outcome: str,
        *,
        seed: int,
        settings: Mapping[str, Any],
        progress: Progress,
    ) -> RiskModel:
        """Learn from rows. Reads only `inputs` and `outcome`; rows whose outcome is null are left out.

        Args:
            rows: Numbers and flags float64 with nulls, categories string, outcome bool.
            inputs: The columns the model may read: `number`, `flag` and `category`.
            outcome: The name of the outcome.
            seed: The same seed, rows and settings give the same model on one machine, whatever its threads.
            settings: What the use case overrides; an unknown word is an error.
            progress: Who is told how far it is.

        Raises:
            EngineError: JZ-400 one class only, JZ-401 no usable column, JZ-402 and JZ-408 columns that do not fit,
                JZ-403 wrong settings.
        """

    def from_document(self, document: Mapping[str, Any]) -> RiskModel:
        """The model that a document describes; a challenger has none.

        Raises:
            EngineError: JZ-404, JZ-405, the document is not one of this engine's.
        """
