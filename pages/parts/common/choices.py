"""The choices of columns in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Baseline, Breach, Documentation, EventType, Season

if TYPE_CHECKING:
    from mlpm_core.records import Column

LENGTHS = {
    "": "Moment",
    "PT1H": "Hour",
    "P1D": "Day",
    "P1W": "Week",
    "P1M": "Month",
    "P3M": "Quarter",
    "P6M": "Half-year",
    "P1Y": "Year",
}
"""Lengths of a period in words."""

_CHOICES: dict[str, dict[str, str]] = {
    "area": {choice.value: choice.label for choice in Area},
    "baseline": {choice.value: choice.label for choice in Baseline},
    "breach": {choice.value: choice.label for choice in Breach},
    "dimension": {choice.value: choice.label for choice in Dimension},
    "documentation": {choice.value: choice.label for choice in Documentation},
    "event_type": {choice.value: choice.label for choice in EventType},
    "granularity": LENGTHS,
    "season": {choice.value: choice.label for choice in Season},
}
"""By column the words of choices, where they are more than what is stored."""


def choice_label(column: Column, value: Any) -> Any:  # noqa: ANN401  of any column
    """What a column holds, with one of its choices in words; files keep the stored word.

    Examples
    --------
    >>> from mlpm_core.records import Incident, MetricLimit, MetricResult, columns
    >>> columns_of = {c.name: c for r in (Incident, MetricLimit, MetricResult) for c in columns(r)}
    >>> choice_label(columns_of["breach"], "sick"), choice_label(columns_of["breach"], "")
    ('Critical', '')
    >>> choice_label(columns_of["granularity"], "P1W"), choice_label(columns_of["severity"], "SEV1")
    ('Week', 'SEV1')
    """
    if str(value) not in column.choices:
        return value
    text = str(value)
    words = _CHOICES.get(column.name, {}).get(text)
    return words or (text if text.isupper() else text.replace("_", " ").capitalize())
