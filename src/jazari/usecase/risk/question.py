"""Risk: the question who is likely to have an outcome, and the simple rule that an answer must beat."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError, did_you_mean
from jazari.schema.table import Table
from jazari.usecase.declaration import Unsaid


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Ask for a risk of the outcome, row by row.

    Attributes:
        of: The outcome column.
        against: The simple rule to beat: people ranked by this column alone, in its declared direction.
        variant: The engine that answers, an entry point of `jazari.engines.risk`.
        challenger: The black box that prices the glass; never published as the model. Empty: none.
        folds: Folds of the evidence where there are no periods.
        pairs: The most pairs of columns that the glass model may admit.
        challenger_rows: The most rows that the challenger is fitted on: it prices the glass, it is not the product.

    Raises:
        DeclarationError: JZ-223.
    """

    ability: ClassVar[str] = "risk"

    of: str
    against: str
    variant: str = "glass"
    challenger: str = "boosted"
    folds: int = 5
    pairs: int = 8
    challenger_rows: int = 1_000_000

    def fit_to(self, table: Table) -> None:
        """Refuse a table without that outcome, or a simple rule that is not one of its inputs."""
        if not isinstance(self.of, Unsaid) and table.column(self.of).role != "outcome":
            raise _wrong(
                f"'{self.of}' is not the outcome of table '{table.name}'", table.column(self.of).role,
                f'declare outcome("{self.of}", ...).',
            )  # fmt: skip
        if isinstance(self.against, Unsaid):
            return
        rule = table.column(self.against)
        if rule.role != "column" or rule.kind == "category":
            raise _wrong(
                f"people cannot be ranked by '{self.against}'", f"{rule.role}, {rule.kind}",
                "name a number or flag that the engine reads: the simple rule is one column in order.",
            )  # fmt: skip

    def overridden(self, settings: dict[str, str]) -> Risk:
        """The same question with settings overridden from the command line (`--set pairs=0`).

        Raises:
            DeclarationError: JZ-224 an unknown setting or a value of the wrong sort.
        """
        types = {one.name: type(getattr(self, one.name)) for one in fields(self) if one.name != "of"}
        values: dict[str, Any] = {}
        for name, text in settings.items():
            if name not in types:
                raise DeclarationError(
                    "JZ-224", f"there is no setting '{name}'", where="--set", found=name,
                    fix=f"{did_you_mean(name, types)}Settings: {', '.join(sorted(types))}.",
                )  # fmt: skip
            try:
                values[name] = types[name](text)
            except ValueError as error:
                raise DeclarationError(
                    "JZ-224", f"setting '{name}' is a {types[name].__name__}", where="--set", found=text[:60],
                    fix=f"write --set {name}={getattr(self, name)}.",
                ) from error  # fmt: skip
        return replace(self, **values)

    def engine_settings(self) -> dict[str, Any]:
        """What the engine is told."""
        return {"pairs": self.pairs}


def _wrong(sentence: str, found: str, fix: str) -> DeclarationError:
    return DeclarationError("JZ-223", sentence, where="engine=Risk(...)", found=found, fix=fix)
