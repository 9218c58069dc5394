"""The use case `energy.load`: the load of every zone or feeder, a day ahead, with how sure."""

from __future__ import annotations

from jazari.usecase import (
    Forecast,
    Table,
    UseCase,
    audited,
    beats_baseline,
    column,
    covers,
    expires,
    fresh_within,
    never_for,
    no_future,
    series,
    territory,
    time,
)

loads = Table(
    "loads",
    time("time", "Start of the step, as printed"),
    series("zone", "Zone or feeder", like=("power", "load", "demand", "consumption", "energy", "mw", "kw")),
    column("load", "Load", unit="kW"),
    territory("region", "Region"),
    audited("milieu", "Milieu", among=("rural", "urban")),
    row="the load of one zone or feeder in one step of time",
)

load = UseCase(
    "energy.load",
    title="Load of the zones, a day ahead",
    purpose="Plan purchases and maintenance for the day ahead, knowing how sure the forecast is.",
    table=loads,
    engine=Forecast(of="load", ahead="P1D", every="PT1H", issue="00:00", against="seasonal naive"),
    safeguards=(
        no_future(),
        covers(0.80, within=0.03, by="zone"),
        covers(0.95, within=0.02, by="zone"),
        beats_baseline(by=0.05),
        fresh_within("P2D"),
        never_for("disconnection", "billing", "policing"),
        expires("P3M"),
    ),
    owner="Operator of the distribution network, load dispatch",
    legal_basis="Law 54-05 on the delegated management of public services (counsel to confirm)",
    contact="Load dispatch of the operator",
)
