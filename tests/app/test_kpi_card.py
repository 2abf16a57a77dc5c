"""The KPI card: its difference from the target, its words and its colours, whichever way is better.

A KPI of hours per case, 20 without the model; its target is 8 to lower or 30 to raise.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from mlpm_core.in_life.kpi_change import MeasuredValue
from mlpm_core.in_life.kpi_series import KpiSeries
from mlpm_core.in_life.kpi_state import KpiState
from mlpm_core.in_life.periods import Period
from mlpm_core.planning.proxy import ProxyState
from mlpm_core.quantity import Dimension
from mlpm_core.services.in_life.kpi_view import line_of
from mlpm_core.services.valuation.now import Stretch
from pages.parts.common.kpi_cards import kpi_cards
from tests.app.parts import links_as_text, shown
from tests.by_hand import TODAY, WEEK, kpi

PAST, COMING = date(2026, 6, 29), date(2026, 12, 31)
HIGHER = {"direction": "higher", "target": 30.0}
CLOCK = ":material/timer:"
ON_TARGET = ":green-badge[:material/check_circle: target reached]"
BETWEEN = ":orange-badge[:material/trending_flat: on the way]"
MISSED = ":red-badge[:material/error: off target]"
NO_BETTER = ":red-badge[:material/error: off target]"
PLAN = ":gray-badge[:material/edit_note: planned]"
AGREE = "Agree or change it -> data/registers.py?project=shop&kind=kpis&record=waits"
OPEN = "See it over time -> overview/kpi.py?project=shop&kpi=waits"
DATA = "Data to 21 Jun 2026, 8 days old."


@pytest.fixture(autouse=True)
def _links(monkeypatch):
    links_as_text(monkeypatch)


def card(told, **state):
    return shown(kpi_cards, "shop", TODAY, (line_of(told, {}, (), TODAY),), **state)


@pytest.mark.parametrize(
    ("told", "difference", "badge"),
    [
        (kpi(7.0), "-1 from the target 8, down green", ON_TARGET),
        (kpi(8.0), "0 from the target 8, none green", ON_TARGET),
        (kpi(9.5), "1.5 from the target 8, up orange", BETWEEN),
        (kpi(9.5, target_on=PAST), "1.5 from the target 8, up red", MISSED),
        (kpi(9.5, target_on=TODAY), "1.5 from the target 8, up orange", BETWEEN),
        (kpi(20.0), "12 from the target 8, up red", NO_BETTER),
        (kpi(25.0), "17 from the target 8, up red", NO_BETTER),
        (kpi(31.0, **HIGHER), "1 from the target 30, up green", ON_TARGET),
        (kpi(30.0, **HIGHER), "0 from the target 30, none green", ON_TARGET),
        (kpi(28.0, **HIGHER), "-2 from the target 30, down orange", BETWEEN),
        (kpi(28.0, target_on=PAST, **HIGHER), "-2 from the target 30, down red", MISSED),
        (kpi(20.0, **HIGHER), "-10 from the target 30, down red", NO_BETTER),
        (kpi(12.0, **HIGHER), "-18 from the target 30, down red", NO_BETTER),
        (kpi(20_500.0, direction="higher", target=32_900.0),
         r"-12.4k from the target 32\.9k, down orange", BETWEEN),
        (kpi(8.0004, target_on=PAST), "0.0004 from the target 8, up red", MISSED),
        (kpi(None, 7.0), "-1 from the target 8, down gray", PLAN),
        (kpi(None, 9.0), "1 from the target 8, up gray", PLAN),
        (kpi(9.0, 7.0), "1 from the target 8, up orange", BETWEEN),
    ],
)  # fmt: skip
def test_the_difference_from_the_target_and_the_word_for_it(told, difference, badge):
    metric, word, *_ = card(told)
    assert metric.partition(" (")[2] == f"{difference})"
    assert word == badge


def test_a_value_that_misses_its_target_by_little_does_not_read_as_on_it():
    """8.0004 hours where at most 8 were promised had stood there as 8."""
    metric, word, _, told = card(kpi(8.0004, target_on=PAST))[:4]
    assert metric.startswith(f"{CLOCK} Hours to wait: 8\\.0004 h per case (")
    assert word == MISSED
    assert told.startswith("Target 8 h per case")


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        (kpi(9.0, trend=(12.0, 9.0)), [
            f"{CLOCK} Hours to wait: 9 h per case (1 from the target 8, up orange) [12.0, 9.0]",
            BETWEEN, r"implied, likely 8 to 10 \(8 times in 10\), grade C",
            f"Target 8 h per case by 31 Dec 2026; 20 without the model. {DATA}",
        ]),
        (kpi(9.0, rests_on=Stretch(WEEK, WEEK, 4), uncounted="no results since 21 Jun 2026"), [
            f"{CLOCK} Hours to wait: 9 h per case (1 from the target 8, up gray)",
            ":gray-badge[:material/help: cannot tell]",
            r"implied, likely 8 to 10 \(8 times in 10\), grade C",
            "Target 8 h per case by 31 Dec 2026; 20 without the model. "
            "Over the 4 weeks to 21 Jun 2026, 8 days old. "
            "It is not judged: no results since 21 Jun 2026.",
        ]),
        (kpi(9.0, target=None, trend=(12.0, 9.0)), [
            f"{CLOCK} Hours to wait: 9 h per case [12.0, 9.0]",
            ":gray-badge[:material/help: cannot tell]",
            r"implied, likely 8 to 10 \(8 times in 10\), grade C",
            f"No target yet; 20 without the model. {DATA}",
        ]),
        (kpi(9.0, state=ProxyState.EXPIRED, proxy_told="Proxy for x.", trend=(9.0,)), [
            f"{CLOCK} Hours to wait: 9 h per case [9.0]",
            ":red-badge[:material/hourglass_disabled: provisional, expired]",
            r"implied, likely 8 to 10 \(8 times in 10\), grade C",
            f"Its target no longer counts; 20 without the model. {DATA}",
            r"Proxy for x\.", AGREE,
        ]),
        (kpi(None, 9.0, state=ProxyState.OPEN, proxy_told="Proxy for x."), [
            f"{CLOCK} Hours to wait: 9 h per case (1 from the target 8, up gray)",
            PLAN, ":orange-badge[:material/hourglass_top: provisional, not agreed]",
            r"likely 8 to 10 \(8 times in 10\), planned",
            "Target 8 h per case by 31 Dec 2026; 20 without the model.",
            r"Proxy for x\.", AGREE,
        ]),
        (kpi(None, 9.0, state=ProxyState.EXPIRED, proxy_told="Proxy for x."), [
            f"{CLOCK} Hours to wait: 9 h per case",
            ":red-badge[:material/hourglass_disabled: provisional, expired]",
            r"likely 8 to 10 \(8 times in 10\), planned",
            "Its target no longer counts; 20 without the model.",
            r"Proxy for x\.", AGREE,
        ]),
        (kpi(7.0, 7.0, state=ProxyState.AGREED, proxy_told="Proxy for x."), [
            f"{CLOCK} Hours to wait: 7 h per case (-1 from the target 8, down green)",
            ON_TARGET, ":gray-badge[:material/handshake: provisional, agreed]",
            r"implied, likely 6 to 8 \(8 times in 10\), grade C",
            f"Target 8 h per case by 31 Dec 2026; 20 without the model. {DATA}",
            r"Proxy for x\.", AGREE,
        ]),
        (kpi(reason="Its baseline is still to be measured."), [
            f"{CLOCK} Hours to wait: –", r"Its baseline is still to be measured\.",
        ]),
        (kpi(state=ProxyState.OPEN, proxy_told="Proxy for x."), [
            f"{CLOCK} Hours to wait: –",
            ":orange-badge[:material/hourglass_top: provisional, not agreed]",
            r"Not available yet\.", r"Proxy for x\.", AGREE,
        ]),
        (kpi(1_240_000.0, 1.0, spread=0.0, title="**Sales**", dimension=Dimension.REVENUE,
             unit="EUR/year", direction="higher", target=1e6, target_on=None, baseline=None), [
            r":material/payments: \*\*Sales\*\*: EUR 1\.24M / year (240k from the target 1\.00M, "
            "up gray)",
            ":gray-badge[:material/help: cannot tell]", "implied, exact, grade C",
            rf"Target EUR 1\.00M / year. {DATA}",
        ]),
    ],
)  # fmt: skip
def test_all_that_a_card_says(told, lines):
    assert card(told) == [*lines, OPEN]


def test_what_was_measured_stands_first_and_is_what_a_card_judges_by():
    """10 hours were counted where 7 are implied: on the way to the target."""
    last = MeasuredValue(Period(datetime(2026, 6, 22), "P1W"), 10.0)
    first = MeasuredValue(Period(datetime(2026, 6, 15), "P1W"), 9.0)
    series = KpiSeries("P1W", "hour/case", (first, last))
    line = line_of(kpi(7.0, trend=(7.0,)), {"P1W": series}, (), date(2026, 6, 30))
    told = shown(kpi_cards, "shop", date(2026, 6, 30), (line,))
    assert told == [
        f"{CLOCK} Hours to wait: 10 h per case (2 from the target 8, up orange) [9.0, 10.0]",
        BETWEEN, r"measured in the week of 22 Jun 2026",
        r"The model's metrics imply 7 h per case \(likely 6 to 8 \(8 times in 10\), grade C\)\.",
        "Target 8 h per case by 31 Dec 2026; 20 without the model. Data to 28 Jun 2026, 1 day old.",
        OPEN,
    ]  # fmt: skip
    assert (line.state, line.is_measured) == (KpiState.ON_THE_WAY, True)


def test_the_origin_of_a_kpi_is_shown_when_it_is_asked():
    told = kpi(9.0, 8.5, batches=("B1", "B2"), trend=(1.0, 9.0))
    assert card(told, kpi_shop_waits=True)[4:] == [
        OPEN,
        "**Hours to wait**",
        "From call to answer",
        "Cycle time; lower is better. Owner: Ines.  \n"
        "Value: baseline 20 minus what the model changes, by its value case.  \n"
        r"Planned: 8\.5 h per case." + "  \nThe line shows the last 2 periods.",
        "Results from batch B1 -> data/imports.py?project=shop&batch=B1",
        "Results from batch B2 -> data/imports.py?project=shop&batch=B2",
        "Formulas and inputs -> plan/value_case.py?project=shop&case=orders",
    ]
    told = kpi(None, 9.0, definition="", owner="", value_case_id="", baseline=None, **HIGHER)
    assert card(told, kpi_shop_waits=True)[4:] == [
        OPEN,
        "**Hours to wait**",
        r"Nobody has written its definition yet\.",
        "Cycle time; higher is better. Owner: nobody yet.  \n"
        "Value: baseline  plus what the model changes, by its value case.  \n"
        "Planned: 9 h per case.",
    ]


def test_a_project_without_a_kpi_leads_to_finding_one():
    assert shown(kpi_cards, "shop", TODAY, ()) == [
        "info: This project has no KPI yet. Name what the stakeholders want to improve.",
        "Find a KPI -> plan/find_kpi.py?project=shop",
    ]
