"""The notations in which people write quantities, turned into distributions."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtri

from mlpm_core.errors import InputError
from mlpm_core.quantity.magnitude import LARGEST, LARGEST_RESULT, MOST_COUNTED
from mlpm_core.quantity.shape import SCALES, Beta, Exact, Resampled, Shape, Triangular, TwoPiece
from mlpm_core.quantity.unit import Unit

__all__ = ["NUMBER", "PERCENT", "distribution"]

_DIGITS: Final = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
NUMBER: Final = re.compile(_DIGITS)
"""A plain number: ASCII digits and a decimal point; no ``_``, ``nan``, ``inf`` or hexadecimals."""

_NUMBER_K: Final = rf"{_DIGITS}(?:[kKmM](?![A-Za-z_]))?"
_TERM: Final = re.compile(rf"({_NUMBER_K})\s*(/?[A-Za-z].*)?")
_FRACTION: Final = re.compile(rf"({_NUMBER_K})\s*/\s*({_NUMBER_K})")
_CALL: Final = re.compile(r"([A-Za-z_]+)\s*\(([^()]*)\)\s*(.*)")
_THOUSANDS: Final = {"k": 1e3, "m": 1e6}
_SAMPLES: Final = "samples"
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
_TOO_LARGE: Final = (
    f"The number is too large: {LARGEST:g} is the largest that can be computed with. Check its "
    "digits and its unit."
)
_Z_FARTHEST: Final = 6.5  # beyond the outermost draw, in standard deviations
_Z90, _Z95 = float(ndtri(0.9)), float(ndtri(0.95))


def distribution(
    text: str, asked: Unit, *, is_share: bool
) -> tuple[Shape, tuple[float, ...], str | None]:
    """What a text means: a shape, the values that must lie in range, and the currency found.

    Parameters
    ----------
    text : str
        In one of the notations of ``Quantity.read``.
    asked : Unit
        The unit of the answer.
    is_share : bool
        Whether it is a number from 0 to 1, which may be counted or spread over the logit.

    Raises
    ------
    InputError
        When it cannot be read or its unit does not fit; the sentence says what to write.
    """
    return _Reading(text, asked, is_share).shape()


@dataclass(slots=True)
class _Reading:
    """One text being read, and the currency seen on the way."""

    text: str
    asked: Unit
    is_share: bool
    currency: str | None = None

    def shape(self) -> tuple[Shape, tuple[float, ...], str | None]:
        text = self.text.strip() if isinstance(self.text, str) else ""
        if not text:
            raise InputError(f"{self.text!r} is no quantity. {_HOW}")
        if "%" in text:
            raise self.refused(PERCENT)
        if not text.isascii() or len(text) > _LONGEST:
            raise self.refused(f"Use ASCII letters and digits only, {_LONGEST} at most. {_HOW}")
        if call := _CALL.fullmatch(text):
            shape, anchors = self.called(call[1], call[2].split(","), call[3])
        elif fraction := _FRACTION.fullmatch(text):
            shape, anchors = self.fraction(self.number(fraction[1]), self.number(fraction[2]))
        else:
            is_three = "|" in text
            parts = text.split("|") if is_three else re.split(r"\s+to\s+", text)
            anchors = self.terms(parts)
            if len(anchors) not in ((3,) if is_three else (1, 2)):
                raise self.refused(_HOW)
            shape = self.spread(anchors)
        if any(abs(value) > LARGEST for value in anchors):
            raise self.refused(_TOO_LARGE)
        if isinstance(shape, TwoPiece) and not _stays_finite(shape):
            raise self.refused("It is spread too widely to compute with; narrow it.")
        return shape, anchors, self.currency

    def refused(self, why: str) -> InputError:
        text = self.text if len(str(self.text)) <= _LONGEST else f"{self.text[:_LONGEST]}..."
        return InputError(f"{text!r} cannot be read as a quantity. {why}")

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
        self.currency = written.currency
        return factor

    def spread(self, anchors: tuple[float, ...]) -> Shape:
        """One number, P5 to P95, or P10, P50 and P90."""
        if list(anchors) != sorted(anchors):
            raise self.refused("Write the numbers from small to large.")
        if anchors[0] == anchors[-1]:
            return Exact(anchors[0])
        if self.is_share and anchors[0] > 0 and anchors[-1] < 1:
            scale = "logit"
        elif self.is_share and anchors[0] >= 0 and anchors[-1] <= 1:
            raise self.refused("A share that is uncertain cannot reach 0 or 1; write 0.001 to 0.1.")
        else:
            scale = "log" if anchors[0] > 0 else "identity"
        forward, back = SCALES[scale]
        y = [float(forward(np.float64(value))) for value in anchors]
        if len(y) == 2:
            half = (y[1] - y[0]) / (2 * _Z95)
            return TwoPiece(scale, float(back((y[0] + y[1]) / 2)), half, half)
        return TwoPiece(scale, anchors[1], (y[1] - y[0]) / _Z90, (y[2] - y[1]) / _Z90)

    def fraction(self, hits: float, n: float) -> tuple[Shape, tuple[float, ...]]:
        if not self.is_share:
            raise self.refused(f"It counts a share, but this is asked in {self.asked.text}.")
        if not (0 <= hits <= n and n > 0 and hits.is_integer() and n.is_integer()):
            raise self.refused("Write whole numbers, the part before the whole: 40/2000.")
        if n > MOST_COUNTED:
            raise self.refused(f"A share counts {MOST_COUNTED:g} cases at most.")
        return Beta(hits + 1, n - hits + 1), (hits / n,)

    def called(self, name: str, written: list[str], unit: str) -> tuple[Shape, tuple[float, ...]]:
        if name == _SAMPLES and len(written) > 1:
            factor = self.factor(unit)
            values = tuple(self.number(text) * factor for text in written)
            if min(values) == max(values):
                raise self.refused("The values are all the same; write more, or one number.")
            return Resampled.of(values), values
        if name not in _SHAPES or len(written) != len(_SHAPES[name]):
            known = ", ".join(f"{n}({', '.join(names)})" for n, names in _SHAPES.items())
            raise self.refused(f"There are {known} and samples(value, value, ...).")
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
            return TwoPiece("log", first * factor, second, second), (first * factor,)
        spread = second * factor
        return TwoPiece("identity", first * factor, spread, spread), (first * factor,)


def _stays_finite(shape: TwoPiece) -> bool:
    """Whether the outermost draws can still be computed with."""
    if shape.scale != "log":
        return True
    farthest = _Z_FARTHEST * max(shape.left, shape.right)
    return abs(math.log(shape.median)) + farthest <= math.log(LARGEST_RESULT)
