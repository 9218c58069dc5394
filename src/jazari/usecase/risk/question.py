"""Risk: the question who is likely to have an outcome, and the simple rule that an answer must beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

from jazari.core.errors import DeclarationError
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
        challenger_rows: The most rows that the challenger is fitted on: it prices the glass, it is not the product.
        tuning: What the engine itself is told, by its own words (`pairs` for glass).

    Raises:
        DeclarationError: JZ-223.
    """

    ability: ClassVar[str] = "risk"

    of: str
    against: str
    variant: str = "glass"
    challenger: str = "boosted"
    folds: int = 5
    challenger_rows: int = 1_000_000
    tuning: Mapping[str, float] = field(default_factory=dict)

    def fit_to(self, table: Table) -> None:
        """Refuse a table without that outcome, or a simple rule that is not one of its inputs."""
        if not isinstance(self.of, Unsaid) and table.column(self.of).role != "outcome":
            raise _wrong(
                f"'{self.of}' is not the outcome of table '{table.name}'", table.column(self.of).role,
                f'declare it as outcome("{self.of}", ...) instead of column("{self.of}", ...).',
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
        types = {one.name: type(getattr(self, one.name)) for one in fields(self) if one.name not in ("of", "tuning")}
        values: dict[str, Any] = {"tuning": dict(self.tuning)}
        for name, text in settings.items():
            own = types.get(name)
            try:
                if own is None:  # a word of the engine, which knows its own words and refuses others
                    values["tuning"][name] = float(text) if "." in text else int(text)
                else:
                    values[name] = own(text)
            except ValueError as error:
                raise DeclarationError(
                    "JZ-224", f"setting '{name}' does not take this value", where="--set", found=text[:60],
                    fix=f"settings: {', '.join(sorted(types))}, and the engine's own, which are numbers.",
                ) from error  # fmt: skip
        return replace(self, **values)


def _wrong(sentence: str, found: str, fix: str) -> DeclarationError:
    return DeclarationError("JZ-223", sentence, where="engine=Risk(...)", found=found, fix=fix)
