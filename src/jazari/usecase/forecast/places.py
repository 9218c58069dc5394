"""Places where groups are forecast: in this process, one after another, or on the workers of Spark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jazari.core.progress import Progress
from jazari.usecase.forecast.group import Part, forecast_group
from jazari.usecase.forecast.question import Forecast
from jazari.usecase.forecast.series import Group


def each_part(groups: Sequence[Group], question: Forecast, seed: int, progress: Progress) -> Iterator[Part]:
    """What came of each group, in their order; the numbers are the same wherever they were made.

    Raises:
        EngineError: JZ-473, Spark is asked for and is not here; 4xx. DataError: 3xx.
    """
    if question.on == "spark":
        from jazari.usecase.forecast.spark import each_on_spark

        yield from each_on_spark(groups, question, seed, progress)
        return
    for group in groups:
        alone = progress if len(groups) == 1 else None
        yield forecast_group(group, question, seed, alone)
        if len(groups) > 1:
            progress.advance()
