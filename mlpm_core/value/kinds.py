"""Kinds of model to begin with: a mechanism with typical numbers, each of them a guess.

What such a number is stored with begins with ``TYPICAL``; so long as it does, nobody has checked
it, and every value that rests on it says so.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.value.mechanism import find_mechanism

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.value.mechanism import Input, Mechanism

_FOLDER: Final = files("mlpm_core") / "catalogue" / "kinds"
_COMMON: Final = "common.toml"
TYPICAL: Final = "Typical value, not checked"
"""How the source of a number begins that came with a kind of model."""
_SHORT: Final = ((1_000_000, "m"), (1_000, "k"))


class Unchecked(NamedTuple):
    """How many of the numbers that a value rests on are typical ones which nobody has checked."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class TypicalNumber:
    """A guess for one input: it lies in the range 9 times in 10; amounts are in euro."""

    low: float
    high: float
    why: str

    def notation(self, entry: Input, currency: str) -> str:
        """The range as people write it, in a currency.

        Examples
        --------
        >>> cost = find_mechanism("targeted_intervention").input("contact_cost")
        >>> guess = TypicalNumber(0.5, 5, "a message, or a call")
        >>> guess.notation(cost, "EUR"), guess.notation(cost, "JPY")
        ('0.5 to 5', '50 to 500')
        """
        factor = per_euro(currency) ** _power_of_money(entry.unit)
        return f"{_short(self.low * factor)} to {_short(self.high * factor)}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: what it does, how that creates value, and a guess for every number."""

    id: str
    title: str
    sentence: str
    mechanism: Mechanism
    numbers: Mapping[str, TypicalNumber]

    def written(self, currency: str) -> dict[str, str]:
        """Every number in the notation of quantities, in a currency."""
        asked = self.mechanism.input
        return {name: n.notation(asked(name), currency) for name, n in self.numbers.items()}

    def source(self, name: str) -> str:
        """What is stored of where a number comes from."""
        return f"{TYPICAL} ({self.title}): {self.numbers[name].why}."


def is_typical(source: str) -> bool:
    """Whether a number still is the typical one that nobody has checked, by its source.

    Examples
    --------
    >>> is_typical(kinds()["churn"].source("recall")), is_typical("Desk diary, May 2026")
    (True, False)
    """
    return source.strip().casefold().startswith(TYPICAL.casefold())


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """The kinds that come with MLPM by id, in the order of their titles.

    Examples
    --------
    >>> list(kinds())[:4]
    ['arrival', 'assistant', 'uplift', 'churn']
    """
    common = _read(_COMMON)["numbers"]
    read = [
        _kind(file.name.removesuffix(".toml"), _read(file.name), common)
        for file in _FOLDER.iterdir()
        if file.name.endswith(".toml") and file.name != _COMMON
    ]
    return {kind.id: kind for kind in sorted(read, key=lambda kind: kind.title)}


def find_kind(name: str) -> Kind:
    """The kind of that id.

    Raises
    ------
    NotFoundError
        When there is none; it lists near names.
    """
    if name not in kinds():
        raise NotFoundError.of("kind of model", name, kinds())
    return kinds()[name]


def per_euro(currency: str) -> int:
    """A power of ten near the rate of a currency to the euro: an order of magnitude, no more.

    Examples
    --------
    >>> per_euro("EUR"), per_euro("SEK"), per_euro("JPY")
    (1, 10, 100)
    """
    return _factors().get(currency, 1)


@lru_cache(maxsize=1)
def _factors() -> dict[str, int]:
    return {
        currency: int(factor)
        for factor, currencies in _read(_COMMON)["per_euro"].items()
        for currency in currencies.split()
    }


def _kind(kind_id: str, text: Mapping[str, Any], common: Mapping[str, Any]) -> Kind:
    mechanism = find_mechanism(text["mechanism"])
    asked = {entry.name for entry in mechanism.inputs_for(None)}
    given = {k: v for k, v in common.items() if k in asked} | text["numbers"]
    if unknown := sorted(given.keys() - asked):
        raise InputError(f"{kind_id} gives {unknown[0]}, which {mechanism.id} does not ask for.")
    numbers = {
        name: TypicalNumber(float(low), float(high), entry["why"])
        for name, entry in given.items()
        for low, high in [entry["range"]]
    }
    return Kind(kind_id, text["title"], text["sentence"], mechanism, numbers)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text("utf-8"))


def _power_of_money(unit: str) -> int:
    """How often money is a factor of a unit, less how often it is divided by.

    Examples
    --------
    >>> _power_of_money("money/hour"), _power_of_money("sale/money"), _power_of_money("1")
    (1, -1, 0)
    """
    above, *below = unit.split("/")
    return above.split("*").count("money") - below.count("money")


def _short(value: float) -> str:
    """A number in few characters, as quantities are written.

    Examples
    --------
    >>> _short(2_500_000.0), _short(20_000.0), _short(1_500.0), _short(0.35), _short(3e-9)
    ('2500k', '20k', '1500', '0.35', '0.000000003')
    """
    digits = float(f"{value:.6g}")
    for size, letter in _SHORT:
        if digits >= 10 * size or (digits >= size and digits % size == 0):
            return f"{_plain(digits / size)}{letter}"
    return _plain(digits)


def _plain(value: float) -> str:
    whole = math.isclose(value, round(value), abs_tol=1e-12) and value >= 1
    return str(round(value)) if whole else f"{Decimal(repr(value)):f}"
