"""The ways in which a model creates value, and what one is worth for given quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlpm_core.value.case_file import read_case
from mlpm_core.value.mechanism import Mechanism, find_mechanism, mechanism_json, mechanisms
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "Mechanism",
    "find_mechanism",
    "information_json",
    "mechanism_list",
    "mechanisms",
    "worth_json",
]


def mechanism_list() -> list[dict[str, Any]]:
    """Every mechanism as ``mlpm mechanisms --json`` prints it."""
    return [mechanism_json(m) for m in mechanisms().values()]


def worth_json(
    mechanism: str, quantities: Mapping[str, str], baseline: str | None, currency: str
) -> dict[str, Any]:
    """What a mechanism is worth, as ``mlpm value --json`` prints it.

    Raises
    ------
    InputError
        When inputs are missing, unknown or unreadable; it names all of them.
    NotFoundError
        When there is no such mechanism.
    """
    found = find_mechanism(mechanism)
    return worth(found, quantities, baseline=baseline).to_json(currency=currency)


def information_json(path: Path) -> dict[str, Any]:
    """What it is worth to know more before a choice, as ``mlpm information --json`` prints it.

    Raises
    ------
    InputError
        When the file or something in it cannot be read or valued.
    NotFoundError
        When it names a mechanism or an input that does not exist.
    """
    return read_case(path).to_json()
