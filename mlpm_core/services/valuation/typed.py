"""What people type into fields: numbers as they write them, with what was understood."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.quantity import Quantity, Unit, is_share
from mlpm_core.quantity.as_written import Reading, as_written
from mlpm_core.quantity.written import fig
from mlpm_core.value.benefits import benefit_inputs, read_benefit

if TYPE_CHECKING:
    from mlpm_core.services.valuation.value_cases import CaseValue

__all__ = ["Asked", "Reading", "typed_answer", "typed_number"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A plain number that a field asks for; ``unit`` is one of quantities, if it is known."""

    label: str
    unit: str = "1"
    currency: str | None = None
    low: float | None = None
    high: float | None = None
    is_whole: bool = False


def typed_answer(
    case: CaseValue, name: str, text: str, *, has_decimal_comma: bool = False
) -> tuple[Reading, ...]:
    """What a text may mean as the answer to a question of a value case.

    ``has_decimal_comma`` says whether its writer has a comma before decimals.

    Returns
    -------
    tuple of Reading
        One, or two where two readings fit.

    Raises
    ------
    InputError
        When it cannot be read or is out of range.
    NotFoundError
        When the case asks no such question.
    """
    inputs = {entry.name: entry for entry in case.mechanism.all_inputs}
    costs = {entry.name: entry for entry in benefit_inputs(case.mechanism)}
    if name in inputs:
        entry, read = inputs[name], inputs[name].read
    elif name in costs:
        entry, read = costs[name], partial(read_benefit, name)
    else:
        raise NotFoundError.of("question", name, inputs | costs)
    return as_written(
        text,
        read,
        unit=entry.unit,
        currency=case.currency,
        has_decimal_comma=has_decimal_comma,
    )


def typed_number(
    text: str, asked: Asked, *, has_decimal_comma: bool = False
) -> tuple[Reading, ...]:
    """What a text may mean as a plain number: without a range or a spread.

    ``has_decimal_comma`` says whether its writer has a comma before decimals.

    Returns
    -------
    tuple of Reading
        One, or two where two readings fit; the median of each is the number.

    Raises
    ------
    InputError
        When it is no such number; the sentence names the field and what to write.

    Examples
    --------
    >>> share = Asked("Chance", low=0, high=1)
    >>> [r.quantity.median for r in typed_number("60 %", share)]
    [0.6]
    >>> [r.sentence for r in typed_number("1.200", Asked("Target", "EUR/year", "EUR"))]
    ['1.2 EUR a year', '1,200 EUR a year (1.2 thousand)']
    """
    unit = asked.unit
    try:
        Unit.read(unit)
    except InputError:
        unit = "1"

    def read(notation: str) -> Quantity:
        quantity = Quantity.read(
            notation, unit, *((0, 1) if is_share(asked.low, asked.high) else ())
        )
        if not quantity.is_exact:
            raise InputError(f"{asked.label} is {text.strip()!r}; write one number.")
        _check_range(quantity.median, asked)
        return quantity

    return as_written(
        text, read, unit=unit, currency=asked.currency, has_decimal_comma=has_decimal_comma
    )


def _check_range(value: float, asked: Asked) -> None:
    low, high = asked.low, asked.high
    is_in = (low is None or value >= low) and (high is None or value <= high)
    if is_in and (not asked.is_whole or value.is_integer()):
        return
    kind = "a whole number" if asked.is_whole else "a number"
    limits = f" from {fig(low):g}" if low is not None else ""
    limits += f" to {fig(high):,.12g}" if high is not None else ""
    raise InputError(f"{asked.label} is {fig(value):,.12g}; write {kind}{limits}.")
