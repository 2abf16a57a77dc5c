"""Entries of a mechanism file: what may stand in a table, and texts and numbers in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.quantity import LARGEST

Table = Mapping[str, Any]


def allowed(entry: object, where: str, required: list[str], optional: tuple[str, ...]) -> Table:
    """A table that has what is required, and nothing but that and what is optional.

    Raises
    ------
    InputError
        Naming what is missing or unknown.
    """
    if not isinstance(entry, Mapping):
        raise InputError(f"{where} must be a table.")
    if missing := [key for key in required if key not in entry]:
        raise InputError(f"{where} has no {', '.join(missing)}.")
    if unknown := [key for key in entry if key not in (*required, *optional)]:
        raise InputError(
            f"{where}: {NotFoundError.of('entry', unknown[0], [*required, *optional])}"
        )
    return entry


def text_of(entry: Table, key: str, where: str) -> str:
    """A text that is not empty.

    Raises
    ------
    InputError
        When it is anything else.
    """
    if not isinstance(entry.get(key), str) or not entry[key].strip():
        raise InputError(f"{where}: {key} must be a text in quotes.")
    return str(entry[key])


def number_of(entry: Table, key: str, where: str) -> float:
    """A number that can be computed with.

    Raises
    ------
    InputError
        When it is anything else.
    """
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{where}: {key} must be a number.")
    if abs(value) > LARGEST:
        raise InputError(f"{where}: {key} is larger than {LARGEST:g}.")
    return float(value)


def flag_of(entry: Table, key: str, where: str) -> bool:
    """Whether something is so; not, when nothing is said.

    Raises
    ------
    InputError
        When it is neither true nor false.
    """
    value = entry.get(key, False)
    if not isinstance(value, bool):
        raise InputError(f"{where}: {key} must be true or false.")
    return value
