"""Inputs that move together: closed forms, every path, and what cannot be said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.quantity import Quantity
from mlpm_core.services.admin import demo
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.value.decision import Option, decide
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import Valuation, worth

WINBACK, LETTER = "bike-shop-winback", "voucher-letter"
PLAIN = {
    "population": "100k", "share_treated": "0.3", "uplift_at_k": "normal(0.04, 0.005)",
    "conversion_treated_at_k": "0.12", "value": "normal(60, 6)", "contact_cost": "0.8",
    "incentive": "5", "contact_minutes": "2", "annoyance": "0.01",
}  # fmt: skip
M11 = find_mechanism("M11")


def moved(by: float, **changes: str) -> dict[str, str]:
    return PLAIN | {"value": f"normal(60, 6) with uplift_at_k {by}"} | changes


@pytest.mark.parametrize("by", [-1, -0.8, 0, 0.5, 0.8, 1])
def test_the_mean_and_spread_of_a_product_by_its_closed_form(by):
    """Net = 30,000 * (uplift * value - .8 - 5*.12), both normal with correlation r.

    E(XY) = .04*60 + r*.005*6; Var(XY) = (60*.005)^2 + (.04*6)^2 + 2r*.04*60*.005*6 +
    (1 + r^2)*(.005*6)^2. The draws are cut at the limits 8 standard deviations away.
    """
    net = worth(M11, moved(by)).net
    assert net.mean == pytest.approx(30_000 * (2.4 + 0.03 * by - 1.4), abs=25)
    variance = 0.09 + 0.0576 + by * 0.144 + (1 + by * by) * 0.0009
    assert net.samples.std() == pytest.approx(30_000 * math.sqrt(variance), rel=0.01)


@pytest.mark.parametrize("text", ["0 | 2 | 9", "20 to 90", "triangular(10, 20, 90)"])
def test_whatever_it_moves_with_an_input_keeps_its_distribution(text):
    given = PLAIN | {"value": f"{text} with uplift_at_k 0.7"}
    drawn = worth(M11, given).inputs_by_draw["value"]
    at = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    alone = Quantity.read(text, "money/customer", low=0).quantile(at)
    assert np.quantile(drawn, at) == pytest.approx(alone, rel=0.02, abs=0.02)


def test_all_together_has_the_same_ranks():
    for by in (1, -1):
        drawn = worth(M11, moved(by)).inputs_by_draw
        ranks = [np.argsort(np.argsort(drawn[name])) for name in ("uplift_at_k", "value")]
        assert (ranks[0] == (ranks[1] if by == 1 else 8191 - ranks[1])).all()


def test_a_chain_moves_its_ends_by_the_product():
    """Normal scores of a with b .8 and b with c .5: a and c .4, by the Gaussian copula."""
    given = moved(0.8, contact_cost="normal(0.8, 0.08) with value 0.5")
    drawn = worth(M11, given).inputs_by_draw
    found = np.corrcoef(drawn["uplift_at_k"], drawn["contact_cost"])[0, 1]
    assert found == pytest.approx(0.4, abs=0.02)


def test_what_is_exact_moves_with_nothing_and_two_may_say_the_same():
    exact = PLAIN | {"uplift_at_k": "0.04"}
    alone = worth(M11, exact)
    assert worth(M11, exact | {"value": "normal(60, 6) with uplift_at_k 0.9"}).net == alone.net
    both = moved(0.8, uplift_at_k="normal(0.04, 0.005) with value 0.8")
    assert worth(M11, both).net.mean == pytest.approx(worth(M11, moved(0.8)).net.mean, rel=2e-3)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"value": "50 to 70 with value 0.5"}, "value moves with itself"),
        ({"value": "50 to 70 with weather 0.5"}, "'weather', which is not asked"),
        ({"value": "50 to 70 with uplift_at_k 1.5"}, "from -1 to 1"),
        (
            {
                "value": "50 to 70 with uplift_at_k 0.5",
                "uplift_at_k": "0.03 to 0.05 with contact_cost 0.5",
                "contact_cost": "0.5 to 1 with value 0.5",
            },
            "not in a circle",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes, why):
    with pytest.raises(InputError, match=why):
        worth(M11, PLAIN | changes)


def test_it_is_said_what_moves_together_and_that_the_rest_does_not():
    assert worth(M11, moved(0.8)).notes[-1] == (
        "Margin of a conversion moves with Uplift of the top group (0.8). Everything else that is "
        "uncertain is taken as independent."
    )
    assert worth(M11, PLAIN).notes[-1] == (
        "The uncertain numbers are taken as independent of each other."
    )


@pytest.mark.parametrize("by", [-0.8, 0.8])
def test_options_of_a_choice_move_with_what_is_common(by):
    """As above, with the uplift an option's own and the value common to both, and other way."""
    expected = 30_000 * (2.4 + 0.03 * by - 1.4)
    common = {name: text for name, text in moved(by).items() if name != "uplift_at_k"}
    own = {"uplift_at_k": PLAIN["uplift_at_k"]}
    analysis = decide(M11, common, [Option("none"), Option("A", own), Option("B", own)])
    assert analysis.means["A"] == pytest.approx(expected, abs=25)
    assert analysis.means["B"] == pytest.approx(expected, abs=25)
    theirs = {"uplift_at_k": f"normal(0.04, 0.005) with value {by}"}
    analysis = decide(M11, PLAIN, [Option("none"), Option("A", theirs)])
    assert analysis.means["A"] == pytest.approx(expected, abs=25)
    with pytest.raises(InputError, match="fixed_cost is independent"):
        decide(M11, PLAIN, [Option("A", own, fixed_cost="1k to 2k with value 0.5")])


@pytest.mark.parametrize("by", [-0.8, 0.8])
def test_options_with_luck_of_their_own_move_too(by):
    """A candidate's own metric is drawn apart; what moves with it follows its draws."""
    common = Valuation(M11, moved(by), own=["uplift_at_k"])
    one, two = (common.worth({}, stream=name) for name in ("A", "B"))
    for told in (one, two):
        assert told.net.mean == pytest.approx(30_000 * (2.4 + 0.03 * by - 1.4), abs=60)
    drawn = [told.inputs_by_draw["value"] for told in (one, two)]
    assert abs(np.corrcoef(*drawn)[0, 1]) < 0.5


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A store with the win-back project of the demo."""
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("store"), demo=False))
    for project, kind, path in demo.files():
        if project == WINBACK and kind in ("projects", "value_cases", "quantities"):
            imports.import_file(
                workspace.acting_as("demo"), project, kind, path.name, path.read_bytes()
            )
    yield workspace
    workspace.close()


def test_a_value_case_may_say_what_moves_together(shop):
    apart = case_value(shop, WINBACK, LETTER, changes={"customer_value": "100 to 300"})
    together = case_value(
        shop,
        WINBACK,
        LETTER,
        changes={"customer_value": "100 to 300 with acceptance 0.9", "acceptance": "0.1 to 0.4"},
    )
    assert together.best is not None, together.problem
    assert "Customer value moves with Acceptance (0.9)" in together.best.notes[-1]
    assert apart.best is not None


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("100 to 300 with weather 0.5", "'weather', which is not asked"),
        ("200 JPY", "no rate is known"),
        ("100 USD to 200 USD", "no rate is known"),
        ("200 JPY at 160 JPY/USD on 2026-05-31", "no rate is known"),
    ],
)
def test_a_quantity_that_would_be_counted_wrongly_is_not_stored(shop, written, why):
    row = {"value_case_id": LETTER, "name": "customer_value", "written": written}
    saved = registers.save(shop.acting_as("ada"), WINBACK, "quantities", [row])
    assert why in str(saved)
    case = case_value(shop, WINBACK, LETTER, changes={"customer_value": written})
    assert case.best is None
    assert why in case.problem


def test_a_quantity_with_its_rate_is_stored_and_exchanged(shop):
    """100 USD at .92 EUR: 92 EUR; the other way round 100 / 1.25 = 80 EUR."""
    for written, expected in (
        ("100 USD at 0.92 EUR/USD on 2026-05-31", 92),
        ("100 USD at 1.25 USD/EUR on 2026-05-31", 80),
        ("10k JPY at 160 JPY/EUR on 2026-05-31", 62.5),
    ):
        case = case_value(shop, WINBACK, LETTER, changes={"customer_value": written})
        assert case.best.quantities["customer_value"].median == pytest.approx(expected)
        assert case.best.currency == "EUR"
