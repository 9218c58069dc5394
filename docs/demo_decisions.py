# ruff: noqa: INP001  a script, not a package
"""Made-up decisions on the demo's made-up pupils: python docs/demo_decisions.py DOSSIER LEDGER OUT.

What an officer would find on a visit is played by the pupil's own file, so every reason is true of that pupil.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jazari.usecase.dossier import Dossier
from jazari.usecase.views import areas, open_list

COMMUNES = 3


def decision(pupil: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a school head who reads the file might decide: help, action and reason."""
    absent = "" if pupil["absences"] is None else f"{pupil['absences']:.0f} half-days absent"
    mark = "" if pupil["term_average"] is None else f"average {pupil['term_average']:g}"
    seen = "; ".join(one for one in (absent, mark) if one) or "register and marks incomplete, teacher heard"
    if pupil["tutoring"]:
        return "none", "overrode", f"receives tutoring already; {seen}"
    if (pupil["distance"] or 0) > 3 and not pupil["school_bus"]:  # noqa: PLR2004  half an hour's walk
        return "transport", "modified", f"lives {pupil['distance']:g} km away without the bus; {seen}"
    return "tutoring", "followed", f"{seen}; grade {pupil['grade']:.0f}, agreed with the form teacher"


def main(folder: str, ledger: str, out: str) -> None:
    """Open three communes' lists and write the table of decisions."""
    dossier = Dossier.open(folder)
    files = {str(row["key"]): row for row in pq.read_table(Path(folder) / "inputs.parquet").to_pylist()}
    with Path(out).open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["key", "outcome", "action", "reasons", "officer"])
        for at, area in enumerate(areas(dossier)[:COMMUNES], 1):
            officer = f"school head {at}"
            listed = open_list(dossier, ledger, purpose="tutoring", officer=officer, area=area)
            print(f"{officer} opened the list of {area}: {len(listed)} pupils")  # noqa: T201  the demo's own words
            table.writerows([one.key, *decision(files[one.key]), officer] for one in listed)


if __name__ == "__main__":
    main(*sys.argv[1:])
