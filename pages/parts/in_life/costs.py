"""What running a model really cost: the section of Promised and realised, and its sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.records import Cost, columns
from pages.parts.common import panels, printing, queries, terms
from pages.parts.common.cache import made_once
from pages.parts.common.choices import choice_label
from pages.parts.common.format import counted, day, graded, literal, month, number, percent, plain
from pages.parts.in_life.promises_text import amount, days

if TYPE_CHECKING:
    from mlpm_core.services.in_life.costs import ActualCost, CostsOfCase, Unallocated
    from mlpm_core.services.in_life.portfolio import PortfolioRow
    from mlpm_core.services.in_life.promises import DeliveredView

_TYPE = next(c for c in columns(Cost) if c.name == "cost_type")


def section(view: DeliveredView) -> None:
    """Actual cost beside planned, the realised net after it, and what one case cost."""
    costs, currency = view.costs, view.case.currency
    st.header("What it cost", anchor=False)
    st.markdown(lead(costs))
    if not costs.is_recorded:
        st.page_link(
            "data/upload.py",
            label="Upload costs",
            icon=":material/upload:",
            query_params=panels.here(kind="cost_log"),
        )
    else:
        _cards(view, costs, currency)
    if said := caveats(costs):
        st.caption(literal(" ".join(said)))
    if costs.is_recorded:
        with st.grid(2, min_column_width=330):
            printing.table(
                by_category(costs), hide_index=True, alt="Actual cost by what it was for"
            )
            printing.table(
                by_month(view), hide_index=True, alt="Actual and planned running cost by month"
            )
        st.page_link(
            "data/registers.py",
            label="Open the recorded costs",
            icon=":material/table:",
            query_params=panels.here(kind="cost_log"),
        )


def beside_decisions(project: str, line: PortfolioRow) -> None:
    """On Adoption: what the value case in view cost since, beside what was planned."""
    told = queries.delivered(project, line.case.value_case_id).costs
    if not told.total.days:
        return
    st.markdown(f"**{literal(line.case.title)}, cost so far.** {lead(told)}")
    st.page_link(
        "in_life/promised.py",
        label="Promised and realised",
        icon=":material/handshake:",
        query_params=panels.here(case=line.case.value_case_id),
    )


def _cards(view: DeliveredView, costs: CostsOfCase, currency: str) -> None:
    with st.grid(4, min_column_width=150):
        with st.container(border=True, height="stretch"):
            st.metric("Actual cost to date", literal(amount(costs.total.recorded, currency)))
            st.caption(literal(recorded_days(costs.total)))
        with st.container(border=True, height="stretch"):
            st.metric("Planned, same days", literal(amount(costs.total.planned_recorded, currency)))
            st.caption(literal(overrun(costs)))
        with st.container(border=True, height="stretch"):
            net = costs.net
            st.metric(
                "Realised after actual cost",
                literal(amount(net.mean, currency)) if net else "not available",
                help="The realised value to date, with the recorded costs in the place of the "
                "planned running cost. Costs count on every day of use, value only on days with "
                "results.",
            )
            text = (
                graded(net.p10, net.p90, view.grade, view.case.unchecked)
                if net
                else "nothing was realised yet"
            )
            st.caption(literal(text), help=terms.LIKELY)
        with st.container(border=True, height="stretch"):
            each = costs.per_case
            st.metric(
                "Cost of a prediction",
                literal(amount(each, currency)) if each is not None else "not available",
            )
            st.caption(literal(per_case(costs)))


def lead(costs: CostsOfCase) -> str:
    """What was spent, beside what was planned, and what is left after it.

    The first sentence of the section: it stands where nothing is recorded, too.
    """
    planned = (
        f"the planned running cost of {amount(costs.planned_annual, costs.currency)} a year"
        if costs.planned_annual
        else "no running cost, because the value case plans none"
    )
    if not costs.is_recorded:
        return literal(
            "No cost of its models is recorded for its days of use. The realised value counts "
            f"{planned}, beyond what the formulas count."
        )
    total = costs.total
    spent = literal(amount(total.recorded, costs.currency))
    text = f"Running it cost **{spent}** on {literal(recorded_days(total))}: "
    text += literal(overrun(costs))
    if costs.net is not None:
        net = literal(amount(costs.net.mean, costs.currency))
        text += f". After what it really cost it realised **{net}** to date"
    return f"{text}."


def recorded_days(cost: ActualCost) -> str:
    """How many of the days of use any cost is recorded for."""
    if cost.days_recorded == cost.days:
        return f"all {days(cost.days)} of use"
    return f"{days(cost.days_recorded).split()[0]} of {days(cost.days)} of use"


def overrun(costs: CostsOfCase) -> str:
    """How the actual cost stands to the plan's for the same days."""
    more, planned = costs.total.overrun, costs.total.planned_recorded
    if not planned:
        return "the plan counts no running cost beyond the formulas"
    size = amount(abs(more), costs.currency)
    share = f" ({percent(abs(more) / planned)})" if abs(more) <= 10 * planned else ""
    if abs(more) < 0.005 * planned:
        return "as planned for the same days"
    return f"{size}{share} {'more' if more > 0 else 'less'} than planned for the same days"


def per_case(costs: CostsOfCase) -> str:
    """Over how many predictions the cost is spread, and what one that was right cost."""
    served = costs.cases
    if not served.n:
        return "no prediction of its days of use is logged"
    if served.logged is None or costs.per_case is None:
        return "no cost is recorded for the days whose predictions are logged"
    first, last = map(day, served.logged)
    text = f"{counted(served.n, 'logged prediction')}, {first} to {last}"
    if costs.per_right is None:
        return (
            f"{text}; none with an outcome says which were right" if not served.n_judged else text
        )
    right = 1 - (served.n_wrong or 0) / served.n_judged
    each = amount(costs.per_right, costs.currency)
    judged = f"{percent(right)} of {plain(served.n_judged)} judged"
    return f"{text}; {each} for one that was right ({judged})"


def caveats(costs: CostsOfCase) -> list[str]:
    """What the figures leave out or take for granted; none where nothing is."""
    said, total, currency = [], costs.total, costs.currency
    if costs.is_recorded and total.days_recorded < total.days:
        text = f"No cost is recorded for {days(total.days - total.days_recorded)} of use"
        counted_as = amount(total.planned - total.planned_recorded, currency)
        said.append(
            f"{text}; the plan's running cost counts there ({counted_as})."
            if costs.planned_annual
            else f"{text}; nothing counts there, because the plan has no running cost."
        )
    if total.estimated:
        said.append(f"{amount(total.estimated, currency)} of it is an estimate, not billed yet.")
    if costs.other_baseline:
        said.append(
            f"Value is compared with {costs.other_baseline}; what that would have cost to run is "
            "not taken off."
        )
    if "human_review" in total.by_category:
        said.append(
            "Human review is recorded as a cost. If the formulas of the value case count review "
            "time too, it is counted twice."
        )
    for other, sum_ in costs.elsewhere.items():
        said.append(f"{amount(sum_, other)} more is recorded in {other} and is not exchanged.")
    said += [_unallocated(line, currency) for line in costs.unallocated]
    if costs.newest_on and costs.is_recorded:
        said.append(f"The newest recorded cost runs to {day(costs.newest_on)}.")
    return said


def _unallocated(line: Unallocated, currency: str) -> str:
    spent = f"{amount(line.amount, currency)} was spent on the model {line.model_id}"
    if line.n_cases:
        return (
            f"{spent}, which serves {line.n_cases} value cases, and is allocated to none of them."
        )
    return f"{spent}, which serves no value case, and is not allocated."


@made_once
def by_category(costs: CostsOfCase) -> pd.DataFrame:
    """What was spent, by what it was for."""
    total = costs.total
    return pd.DataFrame(
        {
            "Spent on": [choice_label(_TYPE, name) for name in total.by_category],
            f"Actual cost, {costs.currency}": [number(v) for v in total.by_category.values()],
            "Share": [
                percent(v / total.recorded) if total.recorded > 0 and v >= 0 else ""
                for v in total.by_category.values()
            ],
        }
    )


@made_once
def by_month(view: DeliveredView) -> pd.DataFrame:
    """Actual and planned running cost, month by month."""
    costs, currency = view.costs, view.costs.currency
    return pd.DataFrame(
        {
            "Month": [month(m.start) for m in view.months],
            "Days recorded": [recorded_days(c).removesuffix(" of use") for c in costs.months],
            f"Actual, {currency}": [number(c.recorded) for c in costs.months],
            f"Planned, {currency}": [number(c.planned_recorded) for c in costs.months],
        }
    )
