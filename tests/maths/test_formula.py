"""Formulas: arithmetic and nothing else, right in its numbers and its units."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlpm_core.errors import InputError
from mlpm_core.quantity import Unit
from mlpm_core.value.formula import Formula, dimension_text

number = st.floats(-1e6, 1e6, allow_nan=False)


def result(text: str, **values: float) -> float:
    return float(Formula.read("f", text)({k: np.asarray(v) for k, v in values.items()}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("-(2 - 5)", 3.0),
        ("min(3, 2) + max(1, 4, 2)", 6.0),
        ("sqrt(9) * exp(0) - log(1)", 3.0),
        ("phi(0)", 1 / np.sqrt(2 * np.pi)),
        ("Phi(1.6448536269514722)", 0.95),
        ("ppf(0.75)", 0.6744897501960817),
        ("normal_loss(0)", 1 / np.sqrt(2 * np.pi)),
        ("1.5e3", 1500.0),
    ],
)
def test_formulas_are_computed(text, expected):
    assert result(text) == pytest.approx(expected, rel=1e-12)


def test_normal_loss_is_the_loss_of_the_normal_distribution():
    """E max(X - z, 0) for X ~ N(0, 1), by quadrature; and its digits survive a large z."""
    for z in (-2.0, 0.5, 3.0):
        expected = stats.norm.expect(lambda x, z=z: x - z, lb=z)
        assert result("normal_loss(z)", z=z) == pytest.approx(expected, rel=1e-7)
    assert 0 < result("normal_loss(z)", z=8.0) < 1e-16


@given(number, number, number)
def test_arithmetic_is_pythons(a, b, c):
    assert result("a * b - (c + a) * 2", a=a, b=b, c=c) == a * b - (c + a) * 2


def test_arrays_are_computed_at_once_and_left_alone():
    values = {"a": np.array([1.0, 2.0]), "b": np.array([3.0, 4.0])}
    assert Formula.read("f", "a * b + 1")(values).tolist() == [4.0, 9.0]
    assert values["a"].tolist() == [1.0, 2.0]


def test_no_result_is_silent_and_not_finite():
    assert not np.isfinite(result("1 / a", a=0.0))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("__import__('os')", "position 1: there is no function '__import__'"),
        ("a.b", "position 1: only"),
        ("a[0]", "position 1: only"),
        ("a ** 2", "position 1: only"),
        ("a if b else c", "position 1: only"),
        ("lambda: 1", "position 1: only"),
        ("[a]", "position 1: only"),
        ("a == b", "position 1: only"),
        ("1 + 'x'", "position 5: \"'x'\" is not a plain number"),
        ("1_000", "'1_000' is not a plain number"),
        ("0x10", "not a plain number"),
        ("1j", "not a plain number"),
        ("True", "not a plain number"),
        ("1e999", "not a plain number"),
        ("9" * 400, "not a plain number"),
        ("squrt(2)", "Did you mean sqrt?"),
        ("min(2)", "two or more arguments"),
        ("sqrt(1, 2)", "one argument"),
        ("exp(x=1)", "position 1: only"),
        ("a +", "cannot be read at position"),
        ("", "is empty"),
        ("-" * 60 + "1", "nested deeper"),
        ("(" * 300 + "1" + ")" * 300, "cannot be read"),
        ("a+" * 600 + "a", "longer than"),
        ("min", "position 1"),
    ],
)
def test_anything_else_is_refused_with_its_place(text, sentence):
    with pytest.raises(InputError) as caught:
        Formula.read("kpis.revenue", text).check_names({"a", "b", "c"})
    assert sentence in str(caught.value)
    assert "'kpis.revenue'" in str(caught.value)


def test_an_unknown_name_is_shown_with_its_place_and_near_names():
    formula = Formula.read("tp", "population * recal")
    with pytest.raises(InputError, match=r"'tp': 'recal' at position 14 .* Did you mean recall\?"):
        formula.check_names(["population", "recall"])


UNITS = {
    "cases": "case/year",
    "wage": "money/hour",
    "minutes": "min/case",
    "weekly": "money/week",
    "rate": "1",
}
KNOWN = {name: Unit.read(unit).dimension for name, unit in UNITS.items()}


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("cases * minutes * wage", "money/year"),
        ("cases * minutes", "hour/year"),
        ("max(0, cases * rate)", "case/year"),
        ("0 + wage", "money/hour"),
        ("exp(rate) * ppf(rate)", "a pure number"),
        ("sqrt(cases * cases)", "case/year"),
        ("weekly", "money/week"),
        ("1 / wage", "hour/money"),
    ],
)
def test_units_are_followed_through_the_tree(text, measures):
    assert dimension_text(Formula.read("f", text).dimension(KNOWN)) == measures


def test_a_literal_zero_fits_every_unit():
    assert Formula.read("f", "0").dimension(KNOWN) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("wage + rate", "money/hour and a pure number cannot be added"),
        ("min(cases, weekly)", "case/year and money/week cannot be added or compared"),
        ("rate + exp(wage)", "position 12: exp needs a pure number, not money/hour"),
        ("1 - cases", "position 1: a pure number and case/year"),
    ],
)
def test_unlike_things_are_not_added(text, sentence):
    with pytest.raises(InputError, match="'f'") as caught:
        Formula.read("f", text).dimension(KNOWN)
    assert sentence in str(caught.value)


def test_a_formula_survives_pickling():
    formula = pickle.loads(pickle.dumps(Formula.read("f", "a * 2")))
    assert formula == Formula.read("f", "a * 2")
    assert float(formula({"a": np.array(3.0)})) == 6.0
