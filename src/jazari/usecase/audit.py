"""Audit: a dossier from anybody's predictions. A ministry's rule, a vendor's score, a script in another language."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from jazari.core.progress import Progress, Silent
from jazari.data.files import refuse_taken
from jazari.data.pseudonym import Pseudonyms
from jazari.data.relation import Source
from jazari.data.snapshot import take
from jazari.data.source import open_source
from jazari.usecase.ability import Foreign, ability
from jazari.usecase.conclude import Begun, Seen, conclude
from jazari.usecase.declaration import UseCase
from jazari.usecase.dossier import Dossier
from jazari.usecase.find import find
from jazari.usecase.run import complete


def audit(
    case: str | UseCase,
    predictions: str | Path | Source,
    out: str | Path,
    *,
    data: str | Path | Source | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    pseudonyms: Pseudonyms | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Dossier:
    """Audit predictions that Jazari did not make, and write their dossier; it travels the same chain.

    Args:
        case: The declaration of what the predictions are for: an installed name, `path/to/file.py:name`, a UseCase.
        predictions: A table with the key, `probability`, `score` or `listed` (yes or no), the outcome unless `data`
            holds it, the period where there is one, the audited columns unless `data` holds them, and `reason_1` to
            `reason_4` in words where the model gives reasons.
        out: The dossier's folder; it must not exist yet.
        data: The table of the use case: it brings what the predictions do not hold, the simple rule and the sites.
        seed: Where the draws of the bootstrap start.
        progress: Where the work reports.
        pseudonyms: How people are named to auditors; the institution's secret unless said.
        note: Who is told when the institution's secret was made for the first time.

    Raises:
        DataError: JZ-501 to JZ-509 of the audit, JZ-371 no predictions in the table, JZ-372 keys without data.
    """
    declared, begun = complete(find(case)), Begun()
    refuse_taken(Path(out))
    reporting = progress or Silent()
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jazari-")))
        source = stack.enter_context(predictions if isinstance(predictions, Source) else open_source(predictions))
        snapshot = None
        if data is not None:
            rows = stack.enter_context(data if isinstance(data, Source) else open_source(data))
            snapshot = stack.enter_context(take(rows, declared.table, scratch=scratch / "data", progress=reporting))
        names = pseudonyms or Pseudonyms.of_institution(note)
        foreign = Foreign(declared, source, snapshot, scratch, seed, names, reporting)
        answer, seen = ability(declared.engine).foreign(foreign)
        read = Seen(seen.count(), seen.periods, seen.recorded_late, seen.fingerprint)
        return conclude(declared, answer, read, Path(out), seed=seed, begun=begun)
