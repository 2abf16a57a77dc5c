"""What is answered about a column of a file: its field, unit and factor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, quoted
from mlpm_core.intake.columns.written_units import money_of, times
from mlpm_core.quantity import is_percent
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from mlpm_core.records import Column

_ANSWER: Final = re.compile(
    r"(?P<field>.+?)(?:\s+times\s+(?P<factor>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?))?"
    r"(?:\s+in\s+(?P<unit>.+))?"
)
_NUMBERS: Final = (ColumnKind.NUMBER, ColumnKind.WHOLE)
_SMALLEST, _LARGEST = 1e-12, 1e12


@dataclass(frozen=True, slots=True)
class ColumnAnswer:
    """The field that a column is, the unit of its cells, and the factor that makes them ours."""

    field: str
    factor: float = 1.0
    unit: str = ""

    @classmethod
    def read(cls, answer: str) -> ColumnAnswer:
        """What an answer says: ``FIELD``, ``FIELD in UNIT``, ``FIELD times FACTOR``, or both.

        Examples
        --------
        >>> ColumnAnswer.read("amount in k EUR")
        ColumnAnswer(field='amount', factor=1.0, unit='k EUR')
        >>> ColumnAnswer.read("n times 1000")
        ColumnAnswer(field='n', factor=1000.0, unit='')
        """
        match = _ANSWER.fullmatch(answer.strip())
        if match is None:
            return cls(answer)
        return cls(match["field"], float(match["factor"] or 1), (match["unit"] or "").strip())

    def factor_of(self, column: Column, *, keeps_unit: bool) -> float:
        """What the numbers of the column are multiplied with.

        Parameters
        ----------
        keeps_unit : bool
            Whether the unit is kept beside the number, as that of a value with a unit of its own.

        Raises
        ------
        InputError
            When the column holds no numbers, or the unit is none that can be converted.
        """
        if not self.unit and self.factor == 1.0:
            return 1.0
        if column.kind not in _NUMBERS:
            raise InputError(f"{column.name} holds no numbers: it has no unit and no factor.")
        if not _SMALLEST <= self.factor <= _LARGEST:
            raise InputError(f"{column.name}: a factor lies between 1e-12 and 1e12.")
        if not self.unit or keeps_unit:
            return self.factor
        money = money_of(self.unit)
        if money is not None:
            return times(self.factor, money.factor)
        if is_percent(self.unit):
            return times(self.factor, 0.01)
        raise InputError(
            f"{column.name} cannot be converted from {quoted(self.unit)}: percent and money, such "
            "as k EUR, are; any other unit is written as a factor, such as "
            f"{column.name} times 0.001."
        )
