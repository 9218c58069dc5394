"""The synthetic kingdom: pupils, schools and a register with its faults. No row is a person."""

from jazari.sectors.education.kingdom.write import make

__all__ = ["make"]
