"""The use case `water.storage`: inflow and storage of reservoirs a season ahead, with alerts of scarcity."""

from __future__ import annotations

from jazari.usecase import Storage, Table, UseCase, beats_baseline, column, expires, never_for, no_future, series, time

reservoirs = Table(
    "reservoirs",
    time("day", "Day"),
    series("reservoir", "Reservoir"),
    column("storage", "Storage at the start of the day", unit="Mm3"),
    column("inflow", "Inflow", unit="Mm3"),
    column("demand", "Demand", unit="Mm3"),
    column("evaporation", "Evaporation of an open surface", unit="mm"),
    column("full", "Storage at the full level", unit="Mm3"),
    column("dead", "Dead storage", unit="Mm3"),
    column("area", "Surface at the full level", unit="km2"),
    row="one reservoir on one day",
)

storage = UseCase(
    "water.storage",
    title="Storage of the reservoirs, a season ahead",
    purpose="Announce restrictions and share water between uses before it is scarce.",
    table=reservoirs,
    engine=Storage(of="storage", inflow="inflow", demand="demand", evaporation="evaporation", under=0.30, ahead="P90D"),
    safeguards=(
        no_future(),
        beats_baseline(by=0.05),
        never_for("sanction", "policing"),
        expires("P1M"),
    ),
    owner="Hydraulic basin agency",
    legal_basis="Law 36-15 on water: management of scarcity (counsel to confirm)",
    contact="Hydraulic basin agency, forecasting service",
)
