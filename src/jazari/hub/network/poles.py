"""The twelve poles: one institute of excellence a region, and the region's place on a tile map of our own drawing.

Sources: the regions of decree 2-15-40 (2015), codes ISO 3166-2:MA; the poles and their published specialisms,
`docs/reference/programme-facts.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jazari.hub.pages.language import sentence


@dataclass(frozen=True)
class Pole:
    """One pole.

    Attributes:
        code: The region's code: `MA-04`.
        names: The region's name by language.
        column: Its column on the tile map, from the west.
        row: Its row, from the north.
        theme: The specialism that was published, or nothing.
    """

    code: str
    names: dict[str, str]
    column: int
    row: int
    theme: str = ""

    @property
    def number(self) -> int:
        """The region's number, 1 to 12."""
        return int(self.code[3:])

    def as_json(self) -> dict[str, Any]:
        """The pole as pages show it."""
        return {"code": self.code, "number": self.number, "name": self.names, "theme": self.theme}


def _names(fr: str, ar: str, zgh: str) -> dict[str, str]:
    return {"ar": ar, "zgh": zgh, "fr": fr, "en": fr}


_WATER = sentence("Water and water resources, predictive solutions for scarcity")
_APPLIED = sentence("Applied AI: autonomous systems, predictive models, industrial applications")
_ENERGY = sentence("Energy")
POLES = (
    Pole("MA-01", _names("Tanger-Tétouan-Al Hoceïma", "طنجة - تطوان - الحسيمة", "ⵟⴰⵏⵊ-ⵟⵉⵜⴰⵡⵉⵏ-ⵍⵃⵓⵙⵉⵎⴰ"), 3, 0),
    Pole("MA-02", _names("L’Oriental", "الشرق", "ⵜⴰⵏⴳⵎⵓⴹⵜ"), 4, 1, _APPLIED),
    Pole("MA-03", _names("Fès-Meknès", "فاس - مكناس", "ⴼⴰⵙ-ⵎⴽⵏⴰⵙ"), 3, 1),
    Pole("MA-04", _names("Rabat-Salé-Kénitra", "الرباط - سلا - القنيطرة", "ⵔⴱⴰⵟ-ⵙⵍⴰ-ⵇⵏⵉⵟⵔⴰ"), 2, 1),
    Pole("MA-05", _names("Béni Mellal-Khénifra", "بني ملال - خنيفرة", "ⴰⵢⵜ ⵎⵍⵍⴰⵍ-ⵅⵏⵉⴼⵕⴰ"), 3, 2),
    Pole("MA-06", _names("Casablanca-Settat", "الدار البيضاء - سطات", "ⵜⵉⴳⵎⵉ ⵜⵓⵎⵍⵉⵍⵜ-ⵙⵟⵟⴰⵜ"), 2, 2),
    Pole("MA-07", _names("Marrakech-Safi", "مراكش - آسفي", "ⵎⵕⵕⴰⴽⵛ-ⴰⵙⴼⵉ"), 2, 3),
    Pole("MA-08", _names("Drâa-Tafilalet", "درعة - تافيلالت", "ⴷⴰⵔⵄⴰ-ⵜⴰⴼⵉⵍⴰⵍⵜ"), 4, 2),
    Pole("MA-09", _names("Souss-Massa", "سوس - ماسة", "ⵙⵓⵙⵙ-ⵎⴰⵙⵙⴰ"), 2, 4),
    Pole("MA-10", _names("Guelmim-Oued Noun", "كلميم - واد نون", "ⵜⴰⵙⴳⴰ-ⵡⴰⴷ ⵏⵓⵏ"), 1, 5, _WATER),
    Pole("MA-11", _names("Laâyoune-Sakia El Hamra", "العيون - الساقية الحمراء", "ⵍⵄⵢⵓⵏ-ⵙⴰⵇⵢⴰ ⵍⵃⴰⵎⵔⴰ"), 1, 6),
    Pole("MA-12", _names("Dakhla-Oued Ed-Dahab", "الداخلة - وادي الذهب", "ⴷⴰⵅⵍⴰ-ⵡⴰⴷ ⴷⴰⵀⴰⴱ"), 0, 7, _ENERGY),
)
BY_CODE = {pole.code: pole for pole in POLES}
CHOICES = tuple((pole.code, pole.names["fr"]) for pole in POLES)
_TILE, _GAP = 58, 6


def tiles(counts: dict[str, int]) -> list[dict[str, Any]]:
    """The tile map: for each pole its name, its count, and the place of its tile in a drawing of 320 x 512."""
    step = _TILE + _GAP
    return [
        pole.as_json()
        | {
            "count": counts.get(pole.code, 0),
            "x": pole.column * step,
            "y": pole.row * step,
            "middle": pole.column * step + _TILE // 2,
            "base": pole.row * step + _TILE // 2 + 5,
        }
        for pole in POLES
    ]
