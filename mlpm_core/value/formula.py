"""Formulas: arithmetic that is read, checked for units and computed, but never run as code.

The text is parsed with Python's ``ast`` against a white list and turned into closures over numpy
arrays. Numbers flow in coherent base units (hours, cases, money, years), so no formula holds a
factor of 60 or 1000.
"""

from __future__ import annotations

import ast
import math
import operator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pint.util import UnitsContainer
from scipy.special import ndtr, ndtri

from mlpm_core.errors import InputError
from mlpm_core.quantity import LARGEST, NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Compute = Callable[[Mapping[str, Array]], Array]


class FormulaFault(InputError):
    """A formula that cannot be read or computed; ``position`` in its text counts from 1."""

    def __init__(self, sentence: str, position: int = 1) -> None:
        super().__init__(sentence)
        self.position = position


def _phi(z: Array) -> Array:
    return np.asarray(np.exp(-np.square(z) / 2) / math.sqrt(2 * math.pi))


def _normal_loss(z: Array) -> Array:
    # 1 - Phi(z) is Phi(-z), which keeps its digits for large z.
    return np.asarray(_phi(z) - z * ndtr(-z))


def _per(part: Array, whole: Array) -> Array:
    """One divided by the other; of nothing, nothing: 0 per 0 is 0."""
    quotient = np.divide(part, whole)
    is_zero = whole == 0
    return np.where(is_zero & (part == 0), 0.0, quotient) if np.any(is_zero) else quotient


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "min": lambda *x: reduce(np.minimum, x),
    "max": lambda *x: reduce(np.maximum, x),
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "phi": _phi,
    "Phi": ndtr,
    "ppf": ndtri,
    "normal_loss": _normal_loss,
    "per": _per,
}
_OPERATORS: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_MAX_LENGTH, _MAX_DEPTH = 1000, 50
_N_ARGS: Final = {"min": (2, _MAX_LENGTH), "max": (2, _MAX_LENGTH), "per": (2, 2)}


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula under its name.

    Examples
    --------
    >>> saving = Formula.read("saving", "hours * wage - cost")
    >>> saving.names
    ('hours', 'wage', 'cost')
    >>> float(saving({"hours": np.array(3.0), "wage": np.array(32.0), "cost": np.array(6.0)}))
    90.0
    """

    name: str
    text: str
    names: tuple[str, ...]
    _tree: ast.expr
    _compute: Compute

    @classmethod
    def read(cls, name: str, text: str) -> Formula:
        """The formula that a text means.

        Raises
        ------
        InputError
            When the text is anything but arithmetic and the functions allowed; it names the
            formula, the position and what is allowed there.
        """
        if not isinstance(text, str) or not text.strip():
            raise InputError(f"Formula {name!r} is empty; write one in quotes.")
        text = " ".join(text.split())
        if len(text) > _MAX_LENGTH:
            raise InputError(f"Formula {name!r} is longer than {_MAX_LENGTH} characters; split it.")
        try:
            tree = ast.parse(text, mode="eval").body
        except SyntaxError as error:
            at = error.offset or 1
            raise FormulaFault(
                f"Formula {name!r} cannot be read at position {at}: {text}", at
            ) from None
        except (ValueError, RecursionError, MemoryError):
            raise InputError(f"Formula {name!r} cannot be read: {text[:60]}") from None
        names: dict[str, None] = {}
        compute = _Reader(name, text, names).closure(tree, 0)
        return cls(name, text, tuple(names), tree, compute)

    def __call__(self, values: Mapping[str, Array]) -> Array:
        """The result for values in base units; no warning for what has none (it is NaN or inf)."""
        with np.errstate(all="ignore"):
            return self._compute(values)

    def __reduce__(self) -> tuple[Callable[[str, str], Formula], tuple[str, str]]:
        # Closures cannot be copied between processes; the text can.
        return Formula.read, (self.name, self.text)

    def __eq__(self, other: object) -> bool:
        """Two formulas are equal when they are written alike, whatever closures they hold."""
        return isinstance(other, Formula) and (self.name, self.text) == (other.name, other.text)

    def __hash__(self) -> int:
        return hash((self.name, self.text))

    def check_names(self, allowed: Collection[str]) -> None:
        """Refuse names that are not allowed.

        Raises
        ------
        InputError
            Naming the formula, the name, its position and near names.
        """
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Name) and node.id in self.names and node.id not in allowed:
                near = get_close_matches(node.id, allowed, n=3, cutoff=0.6)
                hint = f" Did you mean {' or '.join(near)}?" if near else ""
                at = node.col_offset + 1
                raise FormulaFault(
                    f"Formula {self.name!r}: {node.id!r} at position {at} is not known here.{hint}",
                    at,
                )

    def limits(self, values: Mapping[str, Array]) -> tuple[str, ...]:
        """Names that stand alone in a ``min`` and decide it, because all else in it is more.

        Parameters
        ----------
        values : mapping of str to float
            One value for each name, in base units.

        Examples
        --------
        >>> contacts = Formula.read("contacts", "min(capacity, uptake * flagged)")
        >>> [contacts.limits({"capacity": np.array(c), "uptake": 0.9, "flagged": 100.0})
        ...  for c in (80.0, 90.0)]
        [('capacity',), ()]
        """
        return tuple(
            one.id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "min"
            for one in node.args
            if isinstance(one, ast.Name)
            and all(
                values[one.id] < Formula.read(self.name, ast.unparse(other))(values)
                for other in node.args
                if other is not one
            )
        )

    def dimension(self, dimensions: Mapping[str, UnitsContainer]) -> UnitsContainer | None:
        """What the formula measures, given what its names measure.

        Returns
        -------
        UnitsContainer or None
            None for a literal zero, which fits everywhere.

        Raises
        ------
        InputError
            When unlike things are added or compared, or a function needs a pure number.
        """
        return _Dimensions(self, dimensions).of(self._tree)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The white list: turns each allowed node into a closure, refuses every other."""

    name: str
    text: str
    names: dict[str, None]

    def refused(self, node: ast.expr, why: str) -> InputError:
        at = node.col_offset + 1
        return FormulaFault(f"Formula {self.name!r}, position {at}: {why}", at)

    def closure(self, node: ast.expr, depth: int) -> Compute:
        if depth > _MAX_DEPTH:
            raise self.refused(node, f"nested deeper than {_MAX_DEPTH}; split the formula.")
        match node:
            case ast.Constant():
                number = np.asarray(self.number(node))
                return lambda _: number
            case ast.Name(id=name):
                self.names[name] = None
                return lambda values: values[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self.closure(operand, depth + 1)
                return lambda values: np.negative(inner(values))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                operate = _OPERATORS[type(op)]
                one, two = self.closure(left, depth + 1), self.closure(right, depth + 1)
                return lambda values: operate(one(values), two(values))
            case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
                return self.call(node, function, args, depth)
        raise self.refused(node, "only + - * /, numbers, names and functions are allowed.")

    def number(self, node: ast.Constant) -> float:
        written = ast.get_source_segment(self.text, node) or ""
        if not NUMBER.fullmatch(written) or float(written) > LARGEST:
            raise self.refused(node, f"{written!r} is not a plain number such as 0.5.")
        return float(written)

    def call(self, node: ast.expr, function: str, args: list[ast.expr], depth: int) -> Compute:
        if function not in FUNCTIONS:
            near = get_close_matches(function, FUNCTIONS, n=2, cutoff=0.5)
            hint = f"Did you mean {' or '.join(near)}?" if near else ""
            listed = ", ".join(FUNCTIONS)
            raise self.refused(node, f"there is no function {function!r}. {hint} Use {listed}.")
        n_args = _N_ARGS.get(function, (1, 1))
        if not n_args[0] <= len(args) <= n_args[1]:
            n_expected = {(1, 1): "one argument", (2, 2): "two arguments"}.get(
                n_args, "two or more arguments"
            )
            raise self.refused(node, f"{function} takes {n_expected}, not {len(args)}.")
        apply = FUNCTIONS[function]
        inner = [self.closure(arg, depth + 1) for arg in args]
        return lambda values: apply(*(compute(values) for compute in inner))


@dataclass(frozen=True, slots=True)
class _Dimensions:
    """The same tree evaluated with dimensions in place of numbers."""

    formula: Formula
    dimensions: Mapping[str, UnitsContainer]

    def of(self, node: ast.expr) -> UnitsContainer | None:
        match node:
            case ast.Constant(value=value):
                return UnitsContainer() if value else None
            case ast.Name(id=name):
                return self.dimensions[name]
            case ast.UnaryOp(operand=operand):
                return self.of(operand)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.combined(left, right, operator.mul)
            case (
                ast.BinOp(left=left, op=ast.Div(), right=right)
                | ast.Call(func=ast.Name(id="per"), args=[left, right])
            ):
                return self.combined(left, right, operator.truediv)
            case ast.BinOp(left=left, right=right):
                return self.alike(node, [left, right])
            case ast.Call(func=ast.Name(id="min" | "max"), args=args):
                return self.alike(node, args)
            case ast.Call(func=ast.Name(id=function), args=[argument]):
                inner = self.of(argument)
                if function == "sqrt":
                    return None if inner is None else UnitsContainer(inner**0.5)
                if inner:
                    self.refuse(
                        argument, f"{function} needs a pure number, not {dimension_text(inner)}"
                    )
                return UnitsContainer()
        raise TypeError(ast.dump(node))

    def combined(
        self, left: ast.expr, right: ast.expr, combine: Callable[[Any, Any], Any]
    ) -> UnitsContainer | None:
        one, two = self.of(left), self.of(right)
        if one is None or two is None:
            return None  # zero times anything is zero
        return UnitsContainer(combine(one, two))

    def alike(self, node: ast.expr, parts: list[ast.expr]) -> UnitsContainer | None:
        first = None
        for part in parts:
            other = self.of(part)
            if first is not None and other is not None and first != other:
                both = f"{dimension_text(first)} and {dimension_text(other)}"
                self.refuse(node, f"{both} cannot be added or compared")
            first = first if first is not None else other
        return first

    def refuse(self, node: ast.expr, why: str) -> None:
        at = node.col_offset + 1
        raise FormulaFault(f"Formula {self.formula.name!r}, position {at}: {why}.", at)


def dimension_text(dimension: UnitsContainer) -> str:
    """A dimension in words: money/year, hour/case, a pure number.

    Examples
    --------
    >>> dimension_text(UnitsContainer({"[money]": 1, "[year]": -1}))
    'money/year'
    """
    powers = {key: float(power.real) for key, power in dimension.items()}
    words = {"[money]": "money", "[case]": "case", "[time]": "hour"}
    names = {key: words.get(key, key.strip("[]")) for key in powers}
    above = [_power(names[k], p) for k, p in sorted(powers.items(), reverse=True) if p > 0]
    below = [f"/{_power(names[k], -p)}" for k, p in sorted(powers.items()) if p < 0]
    return "*".join(above or ["1"]) + "".join(below) if names else "a pure number"


def _power(name: str, power: float) -> str:
    return name if power == 1 else f"{name}^{power:g}"
