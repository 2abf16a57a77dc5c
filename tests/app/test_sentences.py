"""The sentences that open a screen or stand under a picture: each word of them, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from mlpm_core.planning.proxy import ProxyState
from mlpm_core.quantity import Dimension
from mlpm_core.records import Kpi
from mlpm_core.services.in_life.kpi_view import line_of
from mlpm_core.services.in_life.portfolio import Portfolio
from mlpm_core.services.ingest.registers import Page
from mlpm_core.services.valuation.now import Stretch
from mlpm_core.services.valuation.value_cases import CaseInput
from mlpm_core.services.valuation.value_rates import RatePoint
from mlpm_core.value.mechanism import find_mechanism
from pages.parts.common import text as say
from tests.by_hand import JUNE, TODAY, WEEK, Period, case, kpi, line, worth

NOON = datetime(2026, 6, 3, 12, 5)
DOLLARS = {"currency": "USD"}


def folio(*lines):
    return say.portfolio(Portfolio(lines, ()))


def life(now, planned=1000.0, health="healthy", reason="It *delivers*.", title="Orders", **more):
    return line(case(worth(planned), worth(now), title=title, **more), health, reason)


def test_a_portfolio_of_plans_says_that_nothing_is_monitored():
    plan = line(case(worth(1.0)), "unknown")
    tail = "none has monitoring results yet: upload a file of results to see what its model is "
    assert folio(plan) == f"1 value case planned, {tail}really worth."
    assert folio(plan, plan) == f"2 value cases planned, {tail}really worth."


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([life(62_100, 70_000)],
         r"1 live model earns **EUR 62\.1k / year**, planned EUR 70\.0k / year. "
         "None of them needs attention today."),
        ([life(100, 300), life(200, 400), life(5, 6, **DOLLARS), line(case(worth(9.0)))],
         "3 live models earn **EUR 300 / year**, planned EUR 700 / year; **USD 5 / "
         "year**, planned USD 6 / year. None of them needs attention today."),
        ([life(100, 300, "watch", title="*A*"), life(100, 900, "sick", "It *loses*."),
          life(1, 5, "unknown")],
         "3 live models earn **EUR 201 / year**, planned EUR 1,205 / year. Orders needs "
         r"attention first: it \*loses\*\."),
        ([life(100, 300, "watch", title="*A*")],
         r"1 live model earns **EUR 100 / year**, planned EUR 300 / year. \*A\* needs "
         r"attention first: it \*delivers\*\."),
        ([line(case(None, worth(50)), "sick", "Bad."), life(900, 100, "watch", title="B")],
         "2 live models earn **EUR 950 / year**, planned EUR 100 / year. Orders needs "
         r"attention first: bad\."),
        ([life(100, 900, "unknown", "No *data*.", title="*C*"), life(1, 2)],
         r"2 live models earn **EUR 101 / year**, planned EUR 902 / year. \*C\*: no "
         r"\*data\*\."),
    ],
)  # fmt: skip
def test_a_portfolio_opens_with_the_sum_and_who_needs_attention(lines, text):
    assert folio(*lines) == text


OLD, OUT = "no results since 1 Jun 2026", "no longer in use since 2 May 2026"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([life(9, 9, title="*A*", uncounted=OLD)],
         rf"No live model has a current value: \*A\* ({OLD})."),
        ([life(9, 9, title="A", uncounted=OLD), life(9, 9, title="B", uncounted=OUT)],
         f"No live model has a current value: A ({OLD}), B ({OUT})."),
        ([life(100, 300), life(9, 9, title="A", uncounted=OLD)],
         r"1 live model earns **EUR 100 / year**, planned EUR 300 / year. "
         f"Not counted: A ({OLD}). None of them needs attention today."),
        ([life(100, 300), *(life(9, 9, title=t, uncounted=OLD) for t in "ABC")],
         r"1 live model earns **EUR 100 / year**, planned EUR 300 / year. "
         f"Not counted: A ({OLD}), B ({OLD}) and 1 more. None of them needs attention today."),
    ],
)  # fmt: skip
def test_what_is_not_counted_stands_apart_with_the_reason(lines, text):
    assert folio(*lines) == text


def test_the_spread_of_a_rate_is_that_of_the_year_by_weeks():
    """36,525 a year are 700 a week; 3,652.5 either way are 70."""
    assert say.rate_spread(line(case(worth(1.0)))) == "not available without results"
    assert say.rate_spread(line(case(worth(1.0), worth(0.0, 0.0)))) == "exact, grade C"
    around_zero = line(case(worth(1.0), worth(0.0, 3_652.5)))
    assert plain(say.rate_spread(around_zero)) == "likely −70 to 70 (8 times in 10), grade C"
    told = line(case(worth(1.0), worth(36_525.0, 3_652.5)))
    assert say.rate_spread(told) == r"likely 630 to 770 \(8 times in 10\), grade C"
    for n, over in ((1, ""), (2, ", over the 2 weeks to 21 Jun 2026")):
        of = line(case(worth(1.0), worth(36_525.0, 3_652.5), rests_on=Stretch(WEEK, WEEK, n)))
        assert plain(say.rate_spread(of)) == f"likely 630 to 770 (8 times in 10), grade C{over}"


@pytest.mark.parametrize(
    ("age", "text"),
    [(0, "less than a day"), (1, "1 day"), (2, "2 days"), (40, "40 days")],
)
def test_how_old_the_newest_results_are(age, text):
    told = line(case(as_of=JUNE), age_days=age)
    assert say.freshness(told) == f"Data to 30 Jun 2026, {text} old."


def test_without_results_there_is_no_age():
    assert say.freshness(line(case(), age_days=None)) == "No results yet."
    assert (
        say.freshness(line(case(as_of=JUNE), age_days=None))
        == "Data to 30 Jun 2026, less than a day old."
    )


INCUMBENT = find_mechanism("demand_forecast").baselines["incumbent"].sentence
HOW = find_mechanism("demand_forecast").sentence


COSTS = "Running costs are counted (by the formulas), building costs are not."


def needed(label):
    return CaseInput(label, label, "1", "", False, None, "", "", None)


RUN = replace(needed("run_cost"), planned="20k to 30k")


def plain(text):
    return text.replace("\\", "")


@pytest.mark.parametrize(
    ("of", "is_trial", "text"),
    [
        (case(inputs=(needed("a *price*"), needed("a margin")), problem="Not this."), False,
         f"**Orders** cannot be valued yet. It still needs: a *price*, a margin.  \n{HOW}"),
        (case(problem="No such *unit*."), True,
         f"**Orders** cannot be valued yet. No such *unit*.  \n{HOW}"),
        (case(title="*O*"), False, f"***O*** cannot be valued yet.   \n{HOW}"),
        (case(worth(62_100)), False,
         f"**Orders** is worth **EUR 62.1k / year** as planned, compared with {INCUMBENT}. "
         f"A loss is very unlikely. {COSTS}"),
        (case(worth(1.0), worth(62_100, loss=0.25), as_of=WEEK), False,
         "**Orders** is worth **EUR 62.1k / year** with the metrics monitored in the week of 15 "
         f"Jun 2026, compared with {INCUMBENT}. The chance of a loss is 25%. {COSTS}"),
        (case(worth(1.0), worth(5, loss=0.001), as_of=WEEK), True,
         "**Orders** is worth **EUR 5 / year** with the metrics monitored in the week of 15 Jun "
         f"2026, with the changes tried here, which are not saved, compared with {INCUMBENT}. "
         f"The chance of a loss is less than 1%. {COSTS}"),
        (case(worth(1.0), worth(5)), False,
         f"**Orders** is worth **EUR 5 / year** as planned, compared with {INCUMBENT}. A loss is "
         f"very unlikely. {COSTS}"),
        (case(worth(1.0), worth(5, 0.0), inputs=(RUN,)), False,
         f"**Orders** is worth **EUR 5 / year** as planned, compared with {INCUMBENT}. "
         "Every number is taken as exact, so it is not known how likely a loss is. Running "
         "costs are counted "
         "(20k to 30k a year beyond what the formulas count), building costs are not."),
    ],
)  # fmt: skip
def test_what_a_case_could_be_worth(of, is_trial, text):
    assert plain(say.value_case(of, is_trial)) == text


def test_what_a_user_wrote_of_a_case_is_no_markup():
    told = say.value_case(case(title="*O*", problem="A *fault*."), False)
    assert told.startswith(r"**\*O\*** cannot be valued yet. A \*fault\*\.")
    assert "**EUR 5 / year**" in say.value_case(case(worth(5)), False)


def test_a_dimension_says_what_it_counts():
    told = {d: say.dimension(d, case()) for d in Dimension}
    assert told == {
        Dimension.REVENUE: "Contribution margin from changed sales, not gross sales.",
        Dimension.COST_SAVING: "Only money that is really no longer spent; freed hours count by "
        "the share of them that saves money.",
        Dimension.CYCLE_TIME: "Hours saved per case, mean over all cases; negative is slower.",
        Dimension.PEOPLE_INTENSITY: "Staff hours saved per 1,000 cases, whether they save money or "
        r"not. One case is one SKU\-period.",
        Dimension.CUSTOMER_EXPERIENCE: "Bad experiences avoided per 1,000 cases. Here: a unit "
        "demanded that is out of stock.",
    }
    assert say.net() == (
        "Revenue and cost saving together, after running costs. Building costs, hours and bad "
        "experiences are not in it. Use it to compare models and options."
    )
    assert say.dimension(Dimension.CUSTOMER_EXPERIENCE) == (
        "Bad experiences avoided per 1,000 cases."
    )


def test_an_input_asks_its_question_with_its_source():
    entry = replace(needed("price"), question="what does *it* cost")
    assert say.question(entry) == r"What does \*it\* cost …"
    assert say.question(replace(entry, source="a *bill*", owner="*Ines*")) == (
        "What does \\*it\\* cost …  \nSource: a \\*bill\\*  \nOwner: \\*Ines\\*"
    )
    assert say.question(replace(entry, owner="Ines")).endswith("cost …  \nOwner: Ines")


def test_dots_and_draws_say_how_uncertain_it_is():
    assert (say.dots(case()), say.draws(case())) == ("", "")
    each = "Each dot is one of fifty equally likely outcomes;"
    assert (
        say.dots(case(worth(100))) == rf"{each} none is a loss. Likely 90 to 110 \(8 times in 10\)."
    )
    assert say.dots(case(worth(100, loss=0.009))).startswith(f"{each} none is a loss.")
    assert say.dots(case(worth(100, loss=0.5))) == (
        rf"{each} 25 of them, hollow, are losses. Likely 90 to 110 \(8 times in 10\)."
    )
    assert say.dots(case(worth(100, loss=0.02))) == (
        rf"{each} 1 of them, hollow, is a loss. Likely 90 to 110 \(8 times in 10\)."
    )
    assert say.dots(case(worth(100, spread=0))) == (
        "All fifty are one outcome: every number that decides it is taken as exact."
    )
    shown = (
        "Formulas are shown with the middle value (median) of each input. The uncertainty comes "
        "from 8,192 simulated outcomes (Sobol draws, seed 7), the same for every value case."
    )
    told = replace(worth(1.0), draws=8192, seed=7)
    assert plain(say.draws(case(told))) == shown
    told = replace(told, feasible_share=0.75)
    assert plain(say.draws(case(told))) == (f"{shown} 25% of them were impossible and left out.")
    assert r"\." in say.draws(case(told))


def test_what_must_be_known_stands_beside_the_value():
    assert say.beside(case()) == ""
    told = plain(say.beside(case(replace(worth(1.0, 0.0), feasible_share=0.86))))
    assert told.startswith("14% of the draws are impossible and left out")
    assert "does not say what is paid whatever the benefit" in told
    assert told.endswith("so nothing shows how far the result could be off.")


def test_several_notes_stand_one_after_the_other():
    of = case(replace(worth(1.0), feasible_share=0.86))
    assert len(of.best.notes) > 1
    assert plain(say.beside(of)) == " ".join(of.best.notes)


def test_a_mechanism_says_how_value_comes_about():
    told = say.mechanism(case())
    mechanism = find_mechanism("demand_forecast")
    assert plain(told) == (
        f"**{mechanism.name}** ({mechanism.number}). {HOW} Compared with {INCUMBENT}."
    )
    own = replace(mechanism, number="", name="*N*", sentence="*S*")
    assert say.mechanism(case(mechanism=own)).startswith(r"**\*N\*** (own). \*S\* Compared with")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (kpi(9.0), "Target 8 h per case by 31 Dec 2026; 20 without the model. Data to 21 Jun "
         "2026, 8 days old."),
        (kpi(9.0, target_on=date(2026, 6, 29)), "Target 8 h per case by 29 Jun 2026 (past); 20 "
         "without the model. Data to 21 Jun 2026, 8 days old."),
        (kpi(9.0, target_on=TODAY), "Target 8 h per case by 30 Jun 2026; 20 without the model. "
         "Data to 21 Jun 2026, 8 days old."),
        (kpi(9.0, target_on=None, baseline=None, as_of=JUNE),
         "Target 8 h per case. Data to 30 Jun 2026, less than a day old."),
        (kpi(9.0, as_of=Period(datetime(2026, 6, 28), "P1D")), "Target 8 h per case by 31 Dec "
         "2026; 20 without the model. Data to 28 Jun 2026, 1 day old."),
        (kpi(target=None, reason="It is *missing*."),
         r"No target yet; 20 without the model. It is \*missing\*\."),
        (kpi(9.0, state=ProxyState.EXPIRED), "Its target no longer counts; 20 without the model. "
         "Data to 21 Jun 2026, 8 days old."),
        (kpi(baseline=0.5, target=0.25, unit="1"),
         r"Target 0\.25 share by 31 Dec 2026; 0\.5 without the model. "),
    ],
)  # fmt: skip
def test_a_kpi_says_its_target_its_baseline_and_its_age(told, text):
    assert say.kpi(line_of(told, {}, (), TODAY), TODAY) == text


def test_a_kpi_says_how_it_was_made():
    told = kpi(9.0, 8.5, baseline=20.5, trend=(1.0, 2.0, 3.0), owner="*I*")
    assert say.kpi_origin(told) == (
        "Cycle time; lower is better. Owner: \\*I\\*.  \n"
        "Value: baseline 20\\.5 minus what the model changes, by its value case.  \n"
        "Planned: 8\\.5 h per case.  \nThe line shows the last 3 periods."
    )
    told = kpi(direction="higher", owner="", baseline=None)
    assert say.kpi_origin(told) == (
        "Cycle time; higher is better. Owner: nobody yet.  \n"
        "Value: baseline  plus what the model changes, by its value case."
    )


def point(day, rate):
    return RatePoint(Period(datetime(2026, 6, day), "P1D"), rate, rate, rate, {}, {}, {})


def test_the_chart_of_rates_names_the_last_and_the_lowest():
    of = line(case(worth(1.0)))
    assert say.rates([point(1, 500), point(2, 560.5)], of) == (
        r"EUR 560 / week on 2 Jun 2026; lowest 500 on 1 Jun 2026. Band: likely range, 8 times in "
        "10. Dashed: planned."
    )
    assert say.rates([point(1, 700), point(2, 5.5)], line(case())) == (
        r"EUR 5\.5 / week on 2 Jun 2026. Band: likely range, 8 times in 10."
    )
    changed = case(redefined_at=tuple(datetime(2026, 6, day) for day in (1, 3, 2)))
    assert say.rates([point(1, 5)], line(changed)).endswith(
        "10. The mechanism's definition changed last on 2 Jun 2026; it is used for all periods."
    )


def test_a_register_says_how_many_records_it_holds():
    def page(n, n_found=None):
        return Page((), 0, n if n_found is None else n_found, n, n, 0)

    doc = plain(say.register(Kpi, page(0), "")).partition(". ")[2]
    assert doc == " ".join((Kpi.__doc__ or "").split())
    assert plain(say.register(Kpi, page(1), "")).startswith("**1** KPI. ")
    assert say.register(Kpi, page(1200), "*shop*").startswith(r"**1,200** KPIs in \*shop\*. ")
    assert plain(say.register(Kpi, page(1200, 7), "")).startswith("**1,200** KPIs, **7** found. ")
