"""The five dimensions in which value is told."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from mlpm_core.errors import InputError


class Dimension(StrEnum):
    """The five directions in which a model can be worth something."""

    REVENUE = "revenue"
    COST_SAVING = "cost_saving"
    CYCLE_TIME = "cycle_time"
    PEOPLE_INTENSITY = "people_intensity"
    CUSTOMER_EXPERIENCE = "customer_experience"

    @property
    def label(self) -> str:
        """The dimension as people say it."""
        return self.value.replace("_", " ").capitalize()

    @property
    def unit(self) -> str:
        """Unit of the dimension, with ``money`` where the project's currency goes."""
        return _DIMENSION_UNITS[self][0]

    @property
    def annual_unit(self) -> str:
        """Unit in which the dimension is added across projects.

        Raises
        ------
        InputError
            For cycle time: the cases of two projects differ, so their hours are never added.
        """
        if self is Dimension.CYCLE_TIME:
            raise InputError("Cycle time is hours per case and is never added across projects.")
        return _DIMENSION_UNITS[self][1]


_DIMENSION_UNITS: Final = {
    Dimension.REVENUE: ("money/year", "money/year"),
    Dimension.COST_SAVING: ("money/year", "money/year"),
    Dimension.CYCLE_TIME: ("hour/case", ""),
    Dimension.PEOPLE_INTENSITY: ("hour/kcase", "hour/year"),
    Dimension.CUSTOMER_EXPERIENCE: ("1/kcase", "1/year"),
}
