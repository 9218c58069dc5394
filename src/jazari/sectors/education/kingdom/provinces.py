"""The twelve regions and seventy-five provinces: names and ISO 3166-2 codes, with round figures of ours beside.

The names and codes are facts, read from OpenStreetMap. The two figures of a province (its weight among pupils and its
percentage of urban pupils) are round numbers chosen for the synthetic kingdom; they are no statistics of any office.
"""

from __future__ import annotations

from typing import NamedTuple

REGIONS = {
    "MA-01": "Tanger-Tétouan-Al Hoceïma",
    "MA-02": "Oriental",
    "MA-03": "Fès-Meknès",
    "MA-04": "Rabat-Salé-Kénitra",
    "MA-05": "Béni Mellal-Khénifra",
    "MA-06": "Casablanca-Settat",
    "MA-07": "Marrakech-Safi",
    "MA-08": "Drâa-Tafilalet",
    "MA-09": "Souss-Massa",
    "MA-10": "Guelmim-Oued Noun",
    "MA-11": "Laâyoune-Sakia El Hamra",
    "MA-12": "Dakhla-Oued Ed-Dahab",
}


class Province(NamedTuple):
    """A province or prefecture of the synthetic kingdom."""

    code: str
    name: str
    region: str
    weight: float
    urban: int


PROVINCES = (
    Province("MA-CHE", "Chefchaouen", "MA-01", 1.2, 28),
    Province("MA-FAH", "Fahs-Anjra", "MA-01", 0.25, 28),
    Province("MA-HOC", "Al Hoceima", "MA-01", 1.1, 38),
    Province("MA-LAR", "Larache", "MA-01", 1.3, 54),
    Province("MA-MDF", "M'diq-Fnideq", "MA-01", 0.7, 90),
    Province("MA-OUZ", "Ouezzane", "MA-01", 0.9, 28),
    Province("MA-TET", "Tétouan", "MA-01", 1.6, 70),
    Province("MA-TNG", "Tanger-Assilah", "MA-01", 3.5, 92),
    Province("MA-BER", "Berkane", "MA-02", 0.9, 58),
    Province("MA-DRI", "Driouch", "MA-02", 0.6, 28),
    Province("MA-FIG", "Figuig", "MA-02", 0.4, 55),
    Province("MA-GUF", "Guercif", "MA-02", 0.7, 28),
    Province("MA-JRA", "Jerada", "MA-02", 0.3, 60),
    Province("MA-NAD", "Nador", "MA-02", 1.5, 65),
    Province("MA-OUJ", "Oujda-Angad", "MA-02", 1.6, 85),
    Province("MA-TAI", "Taourirt", "MA-02", 0.7, 62),
    Province("MA-BOM", "Boulemane", "MA-03", 0.6, 28),
    Province("MA-FES", "Fès", "MA-03", 3.5, 97),
    Province("MA-HAJ", "El Hajeb", "MA-03", 0.8, 48),
    Province("MA-IFR", "Ifrane", "MA-03", 0.4, 55),
    Province("MA-MEK", "Meknès", "MA-03", 2.4, 80),
    Province("MA-MOU", "Moulay Yacoub", "MA-03", 0.6, 28),
    Province("MA-SEF", "Sefrou", "MA-03", 0.9, 52),
    Province("MA-TAO", "Taounate", "MA-03", 1.7, 28),
    Province("MA-TAZ", "Taza", "MA-03", 1.4, 28),
    Province("MA-KEN", "Kenitra", "MA-04", 2.8, 52),
    Province("MA-KHE", "Khémisset", "MA-04", 1.4, 52),
    Province("MA-RAB", "Rabat", "MA-04", 1.6, 100),
    Province("MA-SAL", "Salé", "MA-04", 2.6, 93),
    Province("MA-SIK", "Sidi Kacem", "MA-04", 1.4, 28),
    Province("MA-SIL", "Sidi Slimane", "MA-04", 1.0, 28),
    Province("MA-SKH", "Skhirate-Témara", "MA-04", 1.7, 90),
    Province("MA-AZI", "Azilal", "MA-05", 1.5, 28),
    Province("MA-BEM", "Beni Mellal", "MA-05", 1.5, 55),
    Province("MA-FQH", "Fquih Ben Saleh", "MA-05", 1.3, 42),
    Province("MA-KHN", "Khénifra", "MA-05", 1.1, 52),
    Province("MA-KHO", "Khouribga", "MA-05", 1.4, 66),
    Province("MA-BES", "Benslimane", "MA-06", 0.8, 28),
    Province("MA-BRR", "Berrechid", "MA-06", 1.4, 50),
    Province("MA-CAS", "Casablanca", "MA-06", 9.0, 100),
    Province("MA-JDI", "El Jadida", "MA-06", 2.1, 28),
    Province("MA-MED", "Médiouna", "MA-06", 0.8, 70),
    Province("MA-MOH", "Mohammédia", "MA-06", 1.1, 75),
    Province("MA-NOU", "Nouaceur", "MA-06", 1.2, 65),
    Province("MA-SET", "Settat", "MA-06", 1.6, 28),
    Province("MA-SIB", "Sidi Bennour", "MA-06", 1.2, 28),
    Province("MA-CHI", "Chichaoua", "MA-07", 1.1, 28),
    Province("MA-ESI", "Essaouira", "MA-07", 1.2, 28),
    Province("MA-HAO", "Al Haouz", "MA-07", 1.5, 28),
    Province("MA-KES", "El Kelâat Es-Sraghna", "MA-07", 1.4, 28),
    Province("MA-MAR", "Marrakech", "MA-07", 4.0, 75),
    Province("MA-REH", "Rhamna", "MA-07", 1.0, 28),
    Province("MA-SAF", "Safi", "MA-07", 1.9, 50),
    Province("MA-YUS", "Youssoufia", "MA-07", 0.8, 28),
    Province("MA-ERR", "Errachidia", "MA-08", 1.1, 42),
    Province("MA-MID", "Midelt", "MA-08", 0.9, 28),
    Province("MA-OUA", "Ouarzazate", "MA-08", 0.9, 42),
    Province("MA-TIN", "Tinghir", "MA-08", 1.0, 28),
    Province("MA-ZAG", "Zagora", "MA-08", 0.9, 28),
    Province("MA-AGD", "Agadir Ida-Outanane", "MA-09", 1.8, 78),
    Province("MA-CHT", "Chtouka Aït Baha", "MA-09", 1.1, 28),
    Province("MA-INE", "Inezgane-Aït Melloul", "MA-09", 1.6, 92),
    Province("MA-TAR", "Taroudant", "MA-09", 2.2, 28),
    Province("MA-TAT", "Tata", "MA-09", 0.35, 28),
    Province("MA-TIZ", "Tiznit", "MA-09", 0.6, 28),
    Province("MA-ASZ", "Assa-Zag", "MA-10", 0.15, 55),
    Province("MA-GUE", "Guelmim", "MA-10", 0.6, 65),
    Province("MA-SIF", "Sidi Ifni", "MA-10", 0.3, 28),
    Province("MA-TNT", "Tan-Tan", "MA-10", 0.3, 88),
    Province("MA-BOD", "Boujdour", "MA-11", 0.2, 85),
    Province("MA-ESM", "Es-Semara", "MA-11", 0.25, 88),
    Province("MA-LAA", "Laâyoune", "MA-11", 0.9, 93),
    Province("MA-TAF", "Tarfaya", "MA-11", 0.1, 20),
    Province("MA-AOU", "Aousserd", "MA-12", 0.08, 10),
    Province("MA-OUD", "Oued Ed-Dahab", "MA-12", 0.5, 85),
)
