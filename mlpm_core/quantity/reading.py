"""The notations in which people write quantities, turned into distributions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from scipy.special import ndtri

from mlpm_core.errors import InputError
from mlpm_core.quantity.looked_up import Sample
from mlpm_core.quantity.magnitude import LARGEST, LARGEST_RESULT, MOST_COUNTED, SMALLEST
from mlpm_core.quantity.percent import is_share
from mlpm_core.quantity.shape import SCALES, Beta, Exact, Shape, Triangular, TwoPiece
from mlpm_core.quantity.unit import CURRENCIES, Unit
from mlpm_core.quantity.written import fig

_DIGITS: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMBER: Final = re.compile(_DIGITS)
"""A plain number: ASCII digits and a decimal point; no ``_``, ``nan``, ``inf`` or hexadecimals."""

_NUMBER_K: Final = rf"{_DIGITS}(?:[kKmM](?![A-Za-z_]))?"
_TERM: Final = re.compile(rf"({_NUMBER_K})\s*(/?[A-Za-z].*)?")
_FRACTION: Final = re.compile(rf"({_NUMBER_K})\s*/\s*({_NUMBER_K})")
_CALL: Final = re.compile(r"([A-Za-z_]+)\s*\(([^()]*)\)\s*(.*)")
_RATE: Final = re.compile(
    rf"(.*\S)\s+at\s+({_DIGITS})\s*([A-Z]{{3}})/([A-Z]{{3}})\s+on\s+(\S+)", re.S
)
_PARTNER: Final = re.compile(rf"(.*\S)\s+with\s+([A-Za-z]\w*)\s+({_DIGITS})", re.S)
_THOUSANDS: Final = {"k": 1e3, "m": 1e6}
_SAMPLES: Final = "samples"
_SUMMARY: Final = ("n", "mean", "sd", "skew")
_SHAPES: Final = {
    "triangular": ("a", "mode", "b"),
    "beta": ("a", "b"),
    "lognormal": ("median", "log_sd"),
    "normal": ("mean", "sd"),
}
_HOW: Final = (
    "Write a number such as 0.3 or 12k, or a range such as 120 to 400, 2 | 4 | 9 or 40/2000."
)
PERCENT: Final = "A percentage? Write 0.3 for 30%."
_LONGEST: Final = 200  # characters
_LONGEST_LIST: Final = 20_000
_TOO_LARGE: Final = (
    f"The number is too large: {LARGEST:g} is the largest that can be computed with. Check its "
    "digits and its unit."
)
_Z_FARTHEST: Final = 6.5  # beyond the outermost draw, in standard deviations
Z90: Final = float(ndtri(0.9))
"""The 90% quantile of a standard normal distribution: so far from its median P10 and P90 lie."""
_Z95: Final = float(ndtri(0.95))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means.

    ``anchors`` are the values that must lie in range, ``currency`` the one the number is then in,
    ``moves_with`` another input and the correlation with it.
    """

    shape: Shape
    anchors: tuple[float, ...]
    currency: str | None
    moves_with: tuple[str, float] | None


def meaning(
    text: str, asked: Unit, low: float | None, high: float | None, currency: str | None
) -> Meaning:
    """What a text means, in the unit asked.

    Parameters
    ----------
    text : str
        In one of the notations of ``Quantity.read``.
    asked : Unit
        The unit of the answer.
    low, high : float, optional
        The range allowed, in that unit.
    currency : str, optional
        The currency in which money is counted; another one needs its rate.

    Raises
    ------
    InputError
        When it cannot be read or its unit does not fit; the sentence says what to write.
    """
    return _Reading(text, asked, low, high, currency or asked.currency).meaning(currency)


def shortened(text: str) -> str:
    """A text as an error shows it: its beginning, if it is a long list."""
    return text if len(str(text)) <= _LONGEST else f"{text[:_LONGEST]}..."


def refused(text: str, why: str) -> InputError:
    """The error for a text that is no quantity."""
    return InputError(f"{shortened(text)!r} cannot be read as a quantity. {why}")


def check_computable(text: str, shape: Shape, anchors: tuple[float, ...]) -> None:
    """Refuse a distribution with numbers too large, or spread too widely, to compute with."""
    if any(abs(value) > LARGEST for value in anchors):
        raise refused(text, _TOO_LARGE)
    if isinstance(shape, TwoPiece) and not _stays_finite(shape):
        raise refused(text, "It is spread too widely to compute with; narrow it.")


@dataclass(slots=True)
class _Reading:
    """One text being read, and what was seen on the way."""

    text: str
    asked: Unit
    low: float | None
    high: float | None
    target: str | None  # the currency in which money is counted
    currency: str | None = None
    rate: tuple[str, str, float] | None = None

    @property
    def is_share(self) -> bool:
        return self.asked.is_pure and is_share(self.low, self.high)

    def meaning(self, counted_in: str | None) -> Meaning:
        text = self.text.strip() if isinstance(self.text, str) else ""
        if not text:
            raise InputError(f"{self.text!r} is no quantity. {_HOW}")
        if "%" in text:
            raise self.refused(PERCENT)
        longest = _LONGEST_LIST if text.startswith(_SAMPLES) else _LONGEST
        if not text.isascii() or len(text) > longest:
            raise self.refused(
                f"Use ASCII letters and digits only, {fig(longest):,} at most. {_HOW}"
            )
        if self.asked.currency not in (None, self.target):
            raise self.refused(
                f"It is asked in {self.asked.text}, but money is counted in {counted_in} here."
            )
        text, moves_with = self.without_partner(text)
        shape, anchors = self.shape(self.without_rate(text))
        check_computable(self.text, shape, anchors)
        if self.rate is not None and self.currency is None:
            raise self.refused(f"It names a rate, but no amount in {self.rate[0]}.")
        return Meaning(shape, anchors, self.currency, moves_with)

    def without_partner(self, text: str) -> tuple[str, tuple[str, float] | None]:
        """The text without the input that it moves with, and that input."""
        partner = _PARTNER.fullmatch(text)
        if partner is None:
            return text, None
        correlation = float(partner[3])
        if not -1 <= correlation <= 1:
            raise self.refused(f"It moves with {partner[2]} by a number from -1 to 1.")
        return partner[1], (partner[2], correlation)

    def without_rate(self, text: str) -> str:
        """The text without the rate of its currency, which is kept."""
        rate = _RATE.fullmatch(text)
        if rate is None:
            return text
        price, of, per = float(rate[2]), rate[3], rate[4]
        if unknown := [code for code in (of, per) if code not in CURRENCIES]:
            raise self.refused(f"{unknown[0]!r} is no currency code.")
        try:
            date.fromisoformat(rate[5])
        except ValueError:
            raise self.refused(f"{rate[5]!r} is no day; write one such as 2026-05-31.") from None
        if not 0 < price <= LARGEST or of == per:
            raise self.refused("A rate is a number above 0 between two currencies.")
        if self.target not in (None, of, per):
            raise self.refused(
                f"Its rate is between {of} and {per}, but money is counted in {self.target} here, "
                "and no rate is known to it."
            )
        is_inverse = self.target == per
        self.rate = (of, per, 1 / price) if is_inverse else (per, of, price)
        return rate[1]

    def shape(self, text: str) -> tuple[Shape, tuple[float, ...]]:
        if call := _CALL.fullmatch(text):
            return self.called(call[1], call[2], call[3])
        if fraction := _FRACTION.fullmatch(text):
            return self.fraction(self.number(fraction[1]), self.number(fraction[2]))
        is_three = "|" in text
        parts = text.split("|") if is_three else re.split(r"\s+to\s+", text)
        anchors = self.terms(parts)
        if len(anchors) not in ((3,) if is_three else (1, 2)):
            raise self.refused(_HOW)
        return self.spread(anchors), anchors

    def refused(self, why: str) -> InputError:
        return refused(self.text, why)

    def number(self, text: str) -> float:
        text = text.strip()
        if not re.fullmatch(_NUMBER_K, text):
            comma = "Write a decimal point and no thousands separator: 1.5, 12000 or 12k."
            raise self.refused(comma if re.search("[0-9][,_ ][0-9]", text) else _HOW)
        value = float(text.rstrip("kKmM")) * _THOUSANDS.get(text[-1].lower(), 1.0)
        if abs(value) > LARGEST:
            raise self.refused(_TOO_LARGE)
        return value

    def terms(self, parts: list[str]) -> tuple[float, ...]:
        """Numbers with a unit each, or one unit after the last; in the unit asked."""
        matches = [_TERM.fullmatch(part.strip()) for part in parts]
        if None in matches:
            for part in parts:
                self.number(part)
        units = [match[2] for match in matches if match]
        if len(set(units[:-1]) | {units[-1]}) > 1 and set(units[:-1]) != {None}:
            raise self.refused("Write the same unit everywhere, or once at the end.")
        factor = self.factor(units[-1])
        return tuple(self.number(match[1]) * factor for match in matches if match)

    def factor(self, unit: str | None) -> float:
        """What turns a number in the unit written into one in the unit asked."""
        if not unit:
            return 1.0
        try:
            written = Unit.read(f"1{unit}" if unit.startswith("/") else unit)
        except InputError as error:
            raise self.refused(f"{error} It is asked in {self.asked.text}.") from None
        factor = written.factor_to(self.asked)
        if factor is None:
            raise self.refused(f"The unit {unit!r} does not fit; write it in {self.asked.text}.")
        return factor * self.exchanged(written.currency)

    def exchanged(self, currency: str | None) -> float:
        """What one unit of a currency is in the one that is wanted, where both are known."""
        rate = 1.0
        if currency is not None and self.rate is not None:
            of, into, rate = self.rate
            if currency != of:
                raise self.refused(f"Its rate is of {of}, but the amount is in {currency}.")
            currency = into
        if currency is not None and self.target is not None and currency != self.target:
            raise self.refused(
                f"It is in {currency}, but money is counted in {self.target} here, and no rate is "
                f"known. Write it in {self.target}, or add the rate and its day: ... {currency} at "
                f"RATE {self.target}/{currency} on YYYY-MM-DD."
            )
        self.currency = currency
        return rate

    def spread(self, anchors: tuple[float, ...]) -> Shape:
        """One number, P5 to P95, or P10, P50 and P90; each of them is hit.

        What would lie beyond the range allowed lies at its limit, so a point at the limit is hit
        too: an amount that is 0 one time in ten is 0 one time in ten.
        """
        if list(anchors) != sorted(anchors):
            raise self.refused("Write the numbers from small to large.")
        if anchors[0] == anchors[-1]:
            return Exact(anchors[0])
        if self.is_share and anchors[-1] <= 1:
            scale = "logit" if anchors[0] > 0 and anchors[-1] < 1 else "identity"
        else:
            scale = "log" if anchors[0] > 0 else "identity"
        forward, back = SCALES[scale]
        y = [float(forward(np.float64(value))) for value in anchors]
        if len(y) == 2:
            half = (y[1] - y[0]) / (2 * _Z95)
            return TwoPiece(scale, float(back((y[0] + y[1]) / 2)), half, half)
        return TwoPiece(scale, anchors[1], (y[1] - y[0]) / Z90, (y[2] - y[1]) / Z90)

    def fraction(self, hits: float, n: float) -> tuple[Shape, tuple[float, ...]]:
        if not self.is_share:
            raise self.refused(f"It counts a share, but this is asked in {self.asked.text}.")
        if not (0 <= hits <= n and n > 0 and hits.is_integer() and n.is_integer()):
            raise self.refused("Write whole numbers, the part before the whole: 40/2000.")
        if n > MOST_COUNTED:
            raise self.refused(f"A share counts {MOST_COUNTED:g} cases at most.")
        return Beta(hits + 1, n - hits + 1), (hits / n,)

    def called(self, name: str, inner: str, unit: str) -> tuple[Shape, tuple[float, ...]]:
        written = inner.split(",")
        if name == _SAMPLES and "=" in inner:
            return self.summary(written, self.factor(unit))
        if name == _SAMPLES and len(listed := self.listed(inner)) > 1:
            return self.sample(listed, self.factor(unit))
        if name not in _SHAPES or len(written) != len(_SHAPES[name]):
            shapes = ", ".join(f"{n}({', '.join(names)})" for n, names in _SHAPES.items())
            raise self.refused(f"There are {shapes} and samples(value, value, ...).")
        numbers = [self.number(text) for text in written]
        factor = self.factor(unit)
        if name == "triangular":
            a, mode, b = (number * factor for number in numbers)
            if not a <= mode <= b or a == b:
                raise self.refused("Write triangular(a, mode, b) with a <= mode <= b and a < b.")
            return Triangular(a, mode, b), (a, b)
        first, second = numbers
        if second <= 0 or (name != "normal" and first <= 0):
            raise self.refused(f"{' and '.join(_SHAPES[name])} must be above 0.")
        if name == "beta":
            if not self.is_share:
                raise self.refused(f"beta is a share, but this is asked in {self.asked.text}.")
            return Beta(first, second), (first / (first + second),)
        if name == "lognormal":
            return TwoPiece("log", first * factor, second, second, is_cut=True), (first * factor,)
        spread = second * factor
        return TwoPiece("identity", first * factor, spread, spread, is_cut=True), (first * factor,)

    def listed(self, inner: str) -> list[str]:
        """Values between commas, semicolons or spaces, such as a column that was pasted."""
        between = ";" if ";" in inner else ","
        has_decimal_comma = re.search(r"[0-9],[0-9]", inner) and (
            between == ";" or re.search(r"[0-9]\s+[0-9]", inner)
        )
        if has_decimal_comma:
            raise self.refused("Write a decimal point, and a comma between two values.")
        parts = [part.split() for part in inner.split(between)]
        if len(parts) > 1 and [] in parts[:-1]:
            raise self.refused("A value is missing between two commas.")
        return [value for part in parts for value in part]

    def sample(self, listed: list[str], factor: float) -> tuple[Shape, tuple[float, ...]]:
        numbers = [self.number(text) * factor for text in listed]
        values = tuple(x if abs(x) >= SMALLEST else 0.0 for x in numbers)
        if min(values) == max(values):
            raise self.refused("The values are all the same; write more, or one number.")
        return self.in_range(Sample.of(values), values)

    def summary(self, written: list[str], factor: float) -> tuple[Shape, tuple[float, ...]]:
        """Samples told by their number, mean and spread."""
        how = "Write samples(n=40, mean=6.2, sd=3.1), and skew=... if it is known."
        parts = [part.partition("=") for part in written]
        statistics = {name.strip(): self.number(value) for name, _, value in parts}
        if len(statistics) < len(parts) or {"skew", *statistics} != set(_SUMMARY):
            raise self.refused(how)
        n, skew = statistics["n"], statistics.get("skew", 0.0)
        if not (
            n.is_integer() and 2 <= n <= MOST_COUNTED and statistics["sd"] > 0 and skew * skew <= n
        ):
            raise self.refused(f"{how} n is a whole number of at least 2, sd is above 0.")
        sample = Sample(int(n), statistics["mean"] * factor, statistics["sd"] * abs(factor), skew)
        return self.in_range(sample, (sample.mean,))

    def in_range(
        self, sample: Sample, values: tuple[float, ...]
    ) -> tuple[Shape, tuple[float, ...]]:
        """How uncertain a mean is; a normal one where it is out of range and will be refused."""
        low, high = self.low, self.high
        is_inside = (low is None or sample.mean > low) and (high is None or sample.mean < high)
        return (sample.shape(low, high) if is_inside else sample.shape(None, None)), values


def _stays_finite(shape: TwoPiece) -> bool:
    """Whether the outermost draws can still be computed with."""
    if shape.scale != "log":
        return True
    farthest = _Z_FARTHEST * max(shape.left, shape.right)
    return abs(math.log(shape.median)) + farthest <= math.log(LARGEST_RESULT)
