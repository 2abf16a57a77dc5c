"""Cards and sentences that screens share: every word and figure of them, and where they lead."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mlpm_core.errors import InputError
from mlpm_core.quantity import Dimension
from mlpm_core.records import Deployment
from mlpm_core.services.in_life.portfolio import Portfolio, Total
from mlpm_core.services.valuation.value_cases import BaselineValue
from pages.parts.common import panels, terms, text
from pages.parts.plan import estimates
from tests.app.parts import links_as_text, shown
from tests.by_hand import JUNE, WEEK, case, estimate, line, worth

NET, REVENUE = ":material/account_balance: Net benefit", ":material/payments: Revenue"
SAVING, CYCLE = ":material/savings: Cost saving", ":material/timer: Cycle time"
PEOPLE = ":material/groups: People intensity"
EXPERIENCE = ":material/sentiment_satisfied: Customer experience"
PER_WEEK = 7 / 365.25


@pytest.fixture(autouse=True)
def _links(monkeypatch):
    links_as_text(monkeypatch)


def test_our_own_errors_are_shown_as_the_sentences_they_are():
    def part():
        with panels.guard():
            raise InputError("**No** such day.")

    assert shown(part) == [r"error: \*\*No\*\* such day\."]


def test_what_was_mended_is_said(monkeypatch):
    healed = ["One line was lost.", "It is back."]
    monkeypatch.setattr(panels.queries, "workspace", lambda: SimpleNamespace(healed=healed))
    assert shown(panels.mended) == [
        r"warning: MLPM repaired its data when it started. One line was lost\. It is back\."
    ]
    healed.clear()
    assert shown(panels.mended) == []


def test_an_empty_state_says_what_is_missing_and_ends_the_screen():
    def part():
        panels.empty("No *model* yet.", "data/registers.py", "Add a model", kind="models")
        panels.badge("critical")

    assert shown(part, project="shop") == [
        r"info: No \*model\* yet\.", "Add a model -> data/registers.py?project=shop&kind=models",
    ]  # fmt: skip
    assert shown(part)[1] == "Add a model -> data/registers.py?kind=models"


def total(dimension, unit, planned, realised, spread=10.0):
    ends = estimate(realised, realised - spread, realised + spread, unit)
    return Total(dimension, unit, estimate(planned, planned, planned, unit), ends, ())


def test_totals_keep_their_place_and_cycle_time_has_none():
    told = Portfolio((), (
        total(None, "EUR/year", 70_000, 62_100, 1000),
        total(Dimension.REVENUE, "EUR/year", 8_000, 0, 0),
        total(Dimension.PEOPLE_INTENSITY, "hour/year", 120, 100, 0),
        total(Dimension.CUSTOMER_EXPERIENCE, "1/year", 30, 20),
        total(None, "USD/year", 5, 4),
    ))  # fmt: skip
    assert shown(panels.totals, told) == [
        rf"{NET}: EUR 62\.1k [{text.net()}]",
        "per year  \n" r"likely 61\.1k to 63\.1k \(8 times in 10\), grade C",
        r"planned EUR 70\.0k",
        f"{NET}: USD 4 [{text.net()}]",
        "per year  \n" r"likely −6 to 14 \(8 times in 10\), grade C", "planned USD 5",
        f"{REVENUE}: EUR 0 [{text.dimension(Dimension.REVENUE)}]",
        "per year  \ndoes not change, grade C", "planned EUR 8,000",
        f"{CYCLE}: –",
        "Not added up: a case means something else in every project. Each KPI shows its own.",
        f"{PEOPLE}: 100 h [{text.dimension(Dimension.PEOPLE_INTENSITY)}]",
        "staff hours saved per year  \nexact, grade C", "planned 120 h",
        f"{EXPERIENCE}: 20 [{text.dimension(Dimension.CUSTOMER_EXPERIENCE)}]",
        "bad experiences avoided per year  \n"
        r"likely 10 to 30 \(8 times in 10\), grade C",
        "planned 30",
    ]  # fmt: skip
    assert shown(panels.totals, Portfolio((), ())) == []


def test_a_case_leads_to_its_deployment_and_to_what_it_rests_on():
    deployed = Deployment.model_construct(deployment_id="d", model_id="m", model_version="1")
    unrecorded = deployed.model_copy(update={"deployment_id": ""})
    for deployment, name in ((deployed, "d"), (unrecorded, "case:orders"),
                             (None, "case:orders")):  # fmt: skip
        of = line(case(worth(1.0), deployment=deployment))
        assert shown(panels.case_links, of) == [
            "See its health over time -> in_life/deployment.py?project=shop&case=orders"
            f"&deployment={name}",
            "See its assumptions -> plan/value_case.py?project=shop&case=orders&edit=1",
        ]


def test_a_value_case_shows_net_and_the_five_dimensions():
    told = worth(1000.0, kpis={Dimension.CYCLE_TIME: 5.0, Dimension.REVENUE: 2000.0})
    assert shown(panels.dimension_cards, case(told)) == [
        f"{NET}: EUR 1,000 [Revenue and cost saving together, after running costs. Building "
        "costs, hours and bad experiences are not in it. Use it to compare models and options.]",
        "per year  \n" r"likely 990 to 1,010 \(8 times in 10\), planned",
        f"{REVENUE}: EUR 2,000 [Contribution margin from changed sales, not gross sales.]",
        "per year  \n" r"likely 1,990 to 2,010 \(8 times in 10\), planned",
        f"{SAVING}: EUR 0 [Only money that is really no longer spent; freed hours count by the "
        "share of them that saves money.]",
        "per year  \n" r"likely −10 to 10 \(8 times in 10\), planned",
        f"{CYCLE}: 5 h [Hours saved per case, mean over all cases; negative is slower.]",
        "saved per case  \n" r"likely −5 to 15 \(8 times in 10\), planned",
        f"{PEOPLE}: 0 h [Staff hours saved per 1,000 cases, whether they save money or not. One "
        r"case is one SKU\-period.]",
        "staff hours saved per 1,000 cases  \n" r"likely −10 to 10 \(8 times in 10\), planned",
        f"{EXPERIENCE}: 0 [Bad experiences avoided per 1,000 cases. Here: a unit demanded that is "
        "out of stock.]",
        "bad experiences avoided per 1,000 cases  \n"
        r"likely −10 to 10 \(8 times in 10\), planned",
    ]
    assert shown(panels.dimension_cards, case()) == []


def test_health_cards_say_what_it_is_worth_now_and_what_is_missing():
    """36,525 a year are 700 a week, 29,220 are 560; their difference is 140."""
    of = case(worth(36_525.0, 0.0), worth(29_220.0, 2922.0), as_of=WEEK)
    assert shown(panels.health_cards, line(of, "watch", age_days=8)) == [
        f"Value now: EUR 560 [{terms.VALUE_RATE}]",
        r"a week, likely 504 to 616 \(8 times in 10\), grade C",
        f"Planned: EUR 700 [{terms.PLANNED}]", "a week, by the value case",
        f"Gap: EUR 140 [{terms.VALUE_GAP}]",
        r"a week, planned minus now; likely 84 to 196 \(8 times in 10\), grade C",
        "Health", ":orange-badge[:material/visibility: at risk]",
        "Data to 21 Jun 2026, 8 days old.",
    ]  # fmt: skip
    assert shown(panels.health_cards, line(case(), "unknown")) == [
        f"Value now: – [{terms.VALUE_RATE}]", "a week, not available without results",
        f"Planned: – [{terms.PLANNED}]", "a week, by the value case",
        f"Gap: – [{terms.VALUE_GAP}]",
        "a week, planned minus now; not available without results",
        "Health", ":gray-badge[:material/help: unknown]", "No results yet.",
    ]  # fmt: skip


def test_a_case_stands_beside_each_baseline():
    values = [
        BaselineValue("none", "doing *nothing*", worth(1000.0), None),
        BaselineValue("all", "", None, "It still needs: a margin."),
        BaselineValue("incumbent", "today", None, None),
    ]
    assert shown(panels.baselines, values, case()) == [
        r"Compared with doing \*nothing\*", "**EUR 1,000 / year**",
        r"likely 990 to 1,010 \(8 times in 10\), planned",
        "Compared with all", r"It still needs\: a margin\.",
        "Compared with today", r"Not available\.",
    ]  # fmt: skip


def test_how_a_value_was_made_is_shown_when_it_is_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(panels, "grown", lambda of, result: asked.append((of, result)))
    monkeypatch.setattr(panels.driver_tree, "result", lambda key: key)
    of = case(batches=("B1", "B2"))
    opened = shown(panels.how_it_was_made, of, made=True, project="shop")
    assert opened[0] == "expander How this was calculated: formulas, inputs, sources"
    assert opened[2:4] == [
        "table Input, Name, Used, Unit, From, Source, Owner, Batch: Inputs and where they come "
        "from",
        "table Result, Formula, Value, Unit: Formulas with their results for the "
        "middle value of each input",
    ]
    assert opened[-3:] == [
        "Batch B1 -> data/imports.py?project=shop&batch=B1",
        "Batch B2 -> data/imports.py?project=shop&batch=B2",
        "See or change the mechanism -> plan/mechanism.py?project=shop&mechanism=demand_forecast",
    ]
    sources = [text.replace("\\", "") for text in opened if text.startswith("Source: ")]
    assert sources == [f"Source: {source}" for source in of.mechanism.sources]
    assert asked == [(of, "made_result")]
    assert shown(panels.how_it_was_made, of) == opened[:1]


def test_the_tree_of_a_value_is_drawn_in_its_currency(monkeypatch):
    drawn = []
    monkeypatch.setattr(panels, "grown", lambda of, result: "tree")
    monkeypatch.setattr(panels.driver_tree, "result", lambda key: key)
    monkeypatch.setattr(panels.driver_tree, "driver_tree", lambda *told: drawn.append(told))
    shown(panels.how_it_was_made, case(currency="USD"), made=True)
    assert drawn == [("tree", "USD", "none, a plan")]


@pytest.mark.parametrize(
    ("figures", "pays_back", "told"),
    [
        ((1,), SimpleNamespace(sentence="It pays back in May."), r"It pays back in May\."),
        ((1,), None, r"The value case has no value yet\."),
        ((), None, r"Answer the questions first to see whether its value pays for the work\."),
    ],
)  # fmt: skip
def test_whether_a_case_pays_for_the_work(figures, pays_back, told):
    view = SimpleNamespace(case=case(title="*Orders*"), figures=figures, pays_back=pays_back)
    assert shown(estimates.payback, view, project="shop") == [
        rf":material/balance: **\*Orders\***: {told}",
        "Compared: the planned net benefit a year and the cost above. If no usable model comes "
        "out, there is no benefit.",
        "See its assumptions -> plan/value_case.py?project=shop&case=orders&edit=1",
    ]
    assert shown(estimates.payback, SimpleNamespace(case=None)) == [
        "Choose a value case under “Own guess and answers” to see whether its value pays for the "
        "work."
    ]


def test_a_case_is_told_with_its_health_and_its_age():
    of = line(case(title="*Orders*", as_of=JUNE), "sick", "It loses.", age_days=1)
    assert shown(panels.case_head, of) == [
        r"**\*Orders\***", ":red-badge[:material/error: critical]",
        r"It loses\. Data to 30 Jun 2026, 1 day old.",
    ]  # fmt: skip
