"""Panels that screens share: the guard, empty states, cards, and how a figure was made."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.services.evaluate.insights import grown
from mlpm_core.services.in_life.portfolio import Grade
from pages.parts.common import (
    commands,
    driver_tree,
    files,
    printing,
    queries,
    tables,
    terms,
    text,
    work,
)
from pages.parts.common.format import (
    BADGES,
    ICONS,
    NOTHING,
    grade_in_words,
    graded,
    literal,
    money,
    number,
    short_figure,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlpm_core.services.in_life.portfolio import Estimate, Portfolio, PortfolioRow
    from mlpm_core.services.valuation.case_value import Unchecked
    from mlpm_core.services.valuation.value_cases import BaselineValue, CaseValue

_CYCLE_TIME = "Not added up: a case means something else in every project. Each KPI shows its own."
_NET_ICON = ":material/account_balance:"


@contextmanager
def guard() -> Iterator[None]:
    """Show our own errors as the sentences they are; everything else stays a trace, it is a bug."""
    try:
        yield
    except MlpmError as error:
        st.error(literal(error), icon=":material/error:")


def notice(page: str) -> None:
    """What the last action did, said once; with a button that undoes it while the page stays."""
    note = st.session_state.get("notice")
    if not note or note["page"] not in (None, page):
        st.session_state.pop("notice", None)
        return
    if note["page"] is None:  # where the eye is, too: what was pressed may be far below the top
        st.toast(
            literal(note["message"]),
            icon=":material/error:" if note["is_error"] else ":material/check_circle:",
            duration="long",
        )
    note["page"] = page
    if note["is_error"]:
        st.error(literal(note["message"]), icon=":material/error:")
    elif not note["undo"]:
        st.success(literal(note["message"]), icon=":material/check_circle:")
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(literal(note["message"]), icon=":material/check_circle:")
            st.button(
                "Undo",
                icon=":material/undo:",
                key="undo_notice",
                on_click=commands.undo_what_was_said,
            )
        return
    del st.session_state["notice"]


def mended() -> None:
    """What had to be repaired when the store was opened: said on every screen until the restart."""
    repairs = queries.workspace().healed
    if repairs:
        st.warning(
            f"MLPM repaired its data when it started. {literal(' '.join(repairs))}",
            icon=":material/healing:",
        )


def empty(sentence: str, page: str, label: str, **where: str) -> None:
    """An empty state: what is missing, and the one step that leads on; ends the screen."""
    st.info(literal(sentence), icon=":material/info:")
    st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=here(**where))
    st.stop()


def here(**more: str) -> dict[str, str]:
    """The project in view, for a link to another screen."""
    project = st.session_state.get("project")
    return ({"project": str(project)} if project else {}) | more


def badge(word: str) -> None:
    """A word for how it stands, with its icon and colour."""
    icon, colour = BADGES[word]
    st.badge(word, icon=icon, color=colour)


def totals(shown: Portfolio) -> None:
    """Net benefit and the five dimensions over all live models, each in its place."""
    if not shown.totals:
        return
    with st.grid(3, min_column_width=150):
        for dimension in (None, *Dimension):
            with st.container(border=True, height="stretch"):
                if dimension is Dimension.CYCLE_TIME:
                    st.metric(dimension.label, NOTHING, icon=ICONS[dimension])
                    st.caption(_CYCLE_TIME)
                for total in shown.totals:
                    if total.dimension is dimension:
                        meaning = text.dimension(dimension) if dimension else text.net()
                        of = Grade.MODEL_IMPLIED
                        _estimate(dimension, total.realised, total.unit, of, meaning)
                        planned = short_figure(total.planned.mean, total.unit, dimension)[0]
                        st.caption(literal(f"planned {planned}"))


def _estimate(
    dimension: Dimension | None,
    estimate: Estimate,
    unit: str,
    grade: Grade | None,
    help: str | None = None,
    unchecked: Unchecked | None = None,
) -> None:
    """A figure with what it counts, per what, its likely range and its grade."""
    value, per = short_figure(estimate.mean, unit, dimension)
    label, icon = ("Net benefit", _NET_ICON)
    if dimension is not None:
        label, icon = dimension.label, ICONS[dimension]
    st.metric(label, literal(value), icon=icon, help=help)
    no_change = estimate.is_exact and estimate.mean == 0
    ends = f"does not change, {grade_in_words(grade)}"
    if not no_change:
        ends = graded(estimate.p10, estimate.p90, grade, unchecked)
    st.caption(literal(per) + f"  \n{literal(ends)}", help=terms.LIKELY)


def case_links(line: PortfolioRow) -> None:
    """Where to go on with one value case."""
    where = {"project": line.project, "case": line.case.value_case_id}
    with st.container(horizontal=True):
        st.page_link(
            "in_life/deployment.py",
            label="See its health over time",
            icon=":material/monitor_heart:",
            query_params=where | _deployed(line),
        )
        st.page_link(
            "plan/value_case.py",
            label="See its assumptions",
            icon=":material/balance:",
            query_params=where | work.OPENED,
        )


def _deployed(line: PortfolioRow) -> dict[str, str]:
    """The deployment that stands for a value case, for a link."""
    deployment = line.case.deployment
    if deployment and deployment.deployment_id:
        return {"deployment": str(deployment.deployment_id)}
    return {"deployment": f"case:{line.case.value_case_id}"}


def dimension_cards(case: CaseValue) -> None:
    """Net benefit and the five dimensions of a value case, each with its uncertainty."""
    worth = case.best
    if worth is None:
        return
    with st.grid(3, min_column_width=150):
        with st.container(border=True, height="stretch"):
            grade = Grade.MODEL_IMPLIED if case.current else None
            _estimate(None, worth.net, f"{case.currency}/year", grade, text.net(), case.unchecked)
        for dimension in Dimension:
            estimate = worth.kpis[dimension]
            unit = estimate.unit.replace("money", case.currency)
            with st.container(border=True, height="stretch"):
                meaning = text.dimension(dimension, case)
                _estimate(dimension, estimate, unit, grade, meaning, case.unchecked)


def health_cards(line: PortfolioRow) -> None:
    """Value per week now and planned, the gap, the health and the age of the data."""
    now = f"a week, {text.rate_spread(line)}"
    figures = (
        ("Value now", line.current_rate, now, terms.VALUE_RATE),
        ("Planned", line.planned_rate, "a week, by the value case", terms.PLANNED),
        ("Gap", line.gap, f"a week, planned minus now; {text.gap_spread(line)}", terms.VALUE_GAP),
    )
    with st.grid(4, min_column_width=150):
        for label, value, caption, meaning in figures:
            with st.container(border=True, height="stretch"):
                shown = NOTHING if value is None else f"{line.case.currency} {number(value)}"
                st.metric(label, literal(shown), help=meaning)
                st.caption(caption, help=terms.LIKELY if caption is now else None)
        with st.container(border=True, height="stretch"):
            st.caption("Health", help=terms.HEALTH)
            badge(line.health.health.label)
            st.caption(text.freshness(line))


def baselines(values: Sequence[BaselineValue], case: CaseValue) -> None:
    """The case against none, all and incumbent: a model must beat the best of them."""
    with st.grid(3, min_column_width=220):
        for value in values:
            with st.container(border=True, height="stretch"):
                st.caption(f"Compared with {literal(value.sentence or value.name)}")
                if value.worth is None:
                    st.markdown(literal(value.problem or "Not available."))
                else:
                    net = value.worth.net
                    st.markdown(f"**{literal(money(net.mean, case.currency))}**")
                    of = Grade.MODEL_IMPLIED if case.current else None
                    st.caption(
                        literal(graded(net.p10, net.p90, of, case.unchecked)), help=terms.LIKELY
                    )


def how_it_was_made(case: CaseValue) -> None:
    """The formulas with their results, the inputs with their origin; loaded when opened."""
    with st.expander(
        "How this was calculated: formulas, inputs, sources",
        icon=":material/function:",
        on_change="rerun",
        key="made",
        bind="query-params",
    ) as opened:
        if not opened.open:
            return
        st.markdown(text.mechanism(case))
        tree = grown(case, driver_tree.result("made_result"))
        if tree is not None:
            driver_tree.driver_tree(tree, case.currency, files.grade_of(case))
        inputs(case)
        if of_log := text.of_log(case):
            st.caption(of_log)
        printing.table(
            tables.steps(case),
            hide_index=True,
            alt="Formulas with their results for the middle value of each input",
        )
        st.caption(text.draws(case))
        for source in case.mechanism.sources:
            st.caption(f"Source: {literal(source)}")
        with st.container(horizontal=True):
            for batch in case.batches:
                st.page_link(
                    "data/imports.py",
                    label=f"Batch {batch}",
                    icon=":material/receipt_long:",
                    query_params=here(batch=batch),
                )
            to_mechanism(case.mechanism.id, "See or change the mechanism")


def inputs(case: CaseValue) -> None:
    """The numbers behind a value, each with where it comes from."""
    printing.table(tables.inputs(case), hide_index=True, alt="Inputs and where they come from")


def to_mechanism(mechanism: str, label: str) -> None:
    """The way to how a model creates value; ``@new`` is one to be written."""
    st.page_link(
        "plan/mechanism.py",
        label=label,
        icon=":material/account_tree:",
        query_params=here(mechanism=mechanism),
    )


def case_head(line: PortfolioRow) -> None:
    """A value case with its health, why it has it, and how old its results are."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(line.case.title)}**")
        badge(line.health.health.label)
    st.caption(f"{literal(line.health.reason)} {text.freshness(line)}")
