"""Kinds of model: their typical numbers are complete, possible, wide, and right in any currency."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.quantity import CURRENCIES
from mlpm_core.value.kinds import TYPICAL, _factors, find_kind, is_typical, kinds, per_euro
from mlpm_core.value.mechanism import mechanisms
from mlpm_core.value.worth import worth

NAMES = list(kinds())
OF_EACH_SIZE = {per_euro(currency): currency for currency in sorted(CURRENCIES)}


def of(kind, currency):
    return worth(kind.mechanism, kind.written(currency), currency=currency, draws=2048)


def test_every_way_to_create_value_has_a_kind_to_begin_with():
    assert {kind.mechanism.id for kind in kinds().values()} == set(mechanisms())
    with pytest.raises(NotFoundError, match="churn"):
        find_kind("churns")


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_has_a_guess_for_every_number_within_what_its_mechanism_calls_typical(name):
    kind = find_kind(name)
    asked = {entry.name: entry for entry in kind.mechanism.inputs_for(None)}
    assert {n for n, entry in asked.items() if entry.is_needed} <= set(kind.numbers) <= set(asked)
    for n, guess in kind.numbers.items():
        typical = asked[n].read(asked[n].typical or asked[n].default)
        assert guess.low < guess.high
        middle = asked[n].read(f"{guess.low!r} to {guess.high!r}").median
        assert np.prod(typical.quantile(np.array([0.02, 0.98])) - middle) < 0, n
        assert guess.why
        assert not guess.why.endswith(".")
        assert is_typical(kind.source(n))
        assert kind.title in kind.source(n)
    assert ":" in kind.title
    assert kind.sentence.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_kind_is_worth_something_in_a_wide_range_with_a_loss_in_sight(name):
    found = of(find_kind(name), "EUR")
    assert found.feasible_share > 0.95
    assert 10_000 < found.net.mean < 3_000_000
    assert found.net.p10 < found.net.mean < found.net.p90
    assert found.net.p90 - found.net.p10 > found.net.mean  # a guess says that it is one
    assert found.probability_of_loss < 0.4


@pytest.mark.parametrize(
    ("name", "factor"),
    [*((name, 100) for name in NAMES), *(("pricing", size) for size in sorted(OF_EACH_SIZE))],
)
def test_it_is_worth_as_much_in_any_currency(name, factor):
    kind, currency = find_kind(name), OF_EACH_SIZE[factor]
    found, in_euro = of(kind, currency), of(kind, "EUR")
    assert found.net.mean == pytest.approx(factor * in_euro.net.mean, rel=1e-6)
    assert found.probability_of_loss == pytest.approx(in_euro.probability_of_loss, abs=1e-3)


def test_every_currency_has_its_size():
    assert set(_factors()) <= CURRENCIES
    assert set(OF_EACH_SIZE) == {1, 10, 100, 1_000, 10_000, 100_000}
    assert [per_euro(c) for c in ("USD", "PLN", "JPY", "HUF", "VND")] == [1, 10, 100, 1000, 10_000]


def test_amounts_of_every_currency_are_read_as_they_are_written():
    kind = find_kind("churn")
    entry = kind.mechanism.input("customer_value")
    guess = kind.numbers[entry.name]
    middle = entry.read(f"{guess.low} to {guess.high}").median
    for currency in CURRENCIES:
        written = kind.written(currency)[entry.name]
        assert entry.read(written, currency).median == pytest.approx(per_euro(currency) * middle)


def test_a_source_that_somebody_wrote_is_no_guess_of_ours():
    assert is_typical(f" {TYPICAL.upper()} (something)")
    assert not is_typical("")
    assert not is_typical(f"Was: {TYPICAL}")
