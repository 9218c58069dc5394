"""The state of a variant that runs on steps: its readings, from which it is fitted again, to the same digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from jazari.engines.forecast.answer import State
from jazari.engines.forecast.panel import Panel
from jazari.engines.forecast.settings import Settings
from jazari.engines.forecast.state import FORMAT, described, joined, readings_of


def keep_steps(panel: Panel, settings: Settings) -> State:
    """All readings of a panel, as a state; there is nothing else to keep."""
    return _kept(panel, described(settings))


def gone_on(state: State, panel: Panel) -> State:
    """The same state with new readings behind the kept ones."""
    return _kept(joined(state, panel), state.document["settings"])


def _kept(panel: Panel, settings: Mapping[str, Any]) -> State:
    document = {
        "format": FORMAT, "settings": settings, "names": list(panel.names), "unit": panel.unit,
        "cycle": panel.cycle, "last": str(panel.ahead(1)[0]),
    }  # fmt: skip
    nothing = pa.table({})
    return State(document, {"readings": readings_of(panel, 0), "errors": nothing, "issued": nothing})
