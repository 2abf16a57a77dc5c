"""Make or buy, labelling, tools and training runs: what each is expected to take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.services.plan import support as support_service
from mlpm_core.services.plan import support_plans
from pages.parts.common import panels, printing
from pages.parts.common.format import NOTHING, literal, number, percent, plain, significant, span
from pages.parts.plan.support_help import NOT_SAVED

if TYPE_CHECKING:
    from mlpm_core.services.plan.support import ImprovementView, MakeOrBuy, SupportView
    from mlpm_core.services.plan.support_plans import (
        AnnotationView,
        CampaignView,
        SourcingView,
    )


def make_or_buy(view: SourcingView, currency: str, is_tried: bool) -> None:
    """Both options, the trap, who pays when nothing comes out, and the team it would take."""
    answer, years = view.answer, view.record.years
    if answer is None:
        return
    st.markdown(_choice(answer, currency, years) + (NOT_SAVED if is_tried else ""))
    if answer.is_trap:
        alone = f"{currency} {number(answer.build_alone.p50)}"
        st.warning(
            f"Building alone looks cheaper than the quote ({alone} at even odds), and making is "
            "dearer: the people who stay, leave and look after it are in neither number.",
            icon=":material/warning:",
        )
    _supplier(answer, currency)
    rows = {
        "Make": answer.make.spread,
        "Buy": answer.buy.spread,
        "Make less buy": answer.difference,
        "Build alone (the trap)": answer.build_alone,
    }
    printing.table(
        pd.DataFrame(
            [
                {
                    "Option": name,
                    "P10": round(s.p10),
                    "Even odds (P50)": round(s.p50),
                    "To be safe (P80)": round(s.p80),
                    "P95": round(s.p95),
                }
                for name, s in rows.items()
            ]
        ),
        hide_index=True,
        column_config=dict.fromkeys(
            ("P10", "Even odds (P50)", "To be safe (P80)", "P95"), printing.AMOUNT
        ),
        alt=f"Cost of make and buy over {significant(years)} years, in {currency}",
    )
    st.caption(
        f"{currency} over {significant(years)} years, not discounted; {printing.below_zero()}. "
        f"{plain(20_000)} simulated courses. No usable model comes out in "
        f"{percent(view.record.p_no_model)} of them, whoever builds: {_lost(answer, currency)}"
    )
    _parts(answer, currency)
    _team(view)


def _choice(answer: MakeOrBuy, currency: str, years: float) -> str:
    make, buy = answer.make.spread, answer.buy.spread
    return (
        f"Over {significant(years)} years making costs **{currency} {number(make.p50)}** at even "
        f"odds and {number(make.p95)} in a bad case (P95), buying **{currency} {number(buy.p50)}** "
        f"and {number(buy.p95)}. Making is cheaper in **{percent(answer.p_make_cheaper)}** of "
        "cases."
    )


def _lost(answer: MakeOrBuy, currency: str) -> str:
    if answer.make.if_no_model is None or answer.buy.if_no_model is None:
        return "nothing is lost then."
    return (
        f"you are then out by {currency} {number(answer.make.if_no_model)} when making, and by "
        f"{number(answer.buy.if_no_model)} when buying."
    )


def _supplier(answer: MakeOrBuy, currency: str) -> None:
    supplier = answer.supplier
    if supplier is None:
        return
    where = (
        f"The quote covers what the work costs the supplier in {percent(supplier.percentile)} of "
        f"cases (the supplier's cost at even odds: {currency} {number(supplier.p50)})."
    )
    if supplier.is_too_low:
        st.warning(
            f"{where} The supplier more likely loses money than not, and may cut corners, ask "
            "for changes or fail.",
            icon=":material/warning:",
        )
    else:
        st.caption(where)


def _parts(answer: MakeOrBuy, currency: str) -> None:
    with st.expander("What each is made of, on average", icon=":material/function:"):
        printing.table(
            pd.DataFrame(
                [
                    {"Option": name, "Part": part, f"Average, {currency}": round(value)}
                    for name, option in (("Make", answer.make), ("Buy", answer.buy))
                    for part, value in option.lines.items()
                ]
            ),
            hide_index=True,
            height="content",
            column_config={f"Average, {currency}": printing.AMOUNT},
            alt="The parts of the cost of make and of buy",
        )
        st.caption("The model and its figures are MLPM's own; see docs/formulas.md.")


def _team(view: SourcingView) -> None:
    if not view.team:
        st.caption(
            "Write down roles and team members to see whether your own people could keep it up: "
            "each role takes heads enough, and two who can do it."
        )
        return
    short = [role for role in view.team if not role.is_sustained]
    verdict = (
        "Your own people can keep it up."
        if not short
        else f"Your own people **cannot keep it up**: {literal(', '.join(r.role for r in short))}."
    )
    st.markdown(verdict)
    printing.table(
        pd.DataFrame(
            [
                {
                    "Role": r.role,
                    "Needed": r.needed,
                    "There": r.people,
                    "Missing": r.short_heads,
                    "Somebody can stand in": r.has_stand_in,
                    f"One leaves within {significant(view.record.years)} years": percent(
                        r.p_somebody_leaves
                    ),
                }
                for r in view.team
            ]
        ),
        hide_index=True,
        alt="Roles that the work takes, with who there is and whether somebody can stand in",
    )


def labelling(view: AnnotationView, currency: str, is_tried: bool) -> None:
    """Hours, weeks and progress of labelling."""
    plan = view.plan
    if plan is None:
        return
    whole, left, weeks = plan.hours, plan.hours_left, plan.weeks_left
    st.markdown(
        f"Labelling takes **{number(whole.p50)} hours** at even odds and {number(whole.p80)} to be "
        f"safe; **{percent(plan.share_done)}** of the items are labelled."
        + (NOT_SAVED if is_tried else "")
    )
    st.progress(plan.share_done)
    with st.grid(3, min_column_width=170):
        with st.container(border=True, height="stretch"):
            st.metric("Hours left", f"{number(left.p50)} h")
            st.caption(f"at even odds; {number(left.p80)} h to be safe (P80).")
        with st.container(border=True, height="stretch"):
            st.metric("Weeks left", number(weeks.p50))
            people = f"{number(plan.people)} × {number(plan.hours_per_day)} h a day"
            st.caption(f"of five working days, with {people}; P80 {number(weeks.p80)}.")
        with st.container(border=True, height="stretch"):
            st.metric("Cost in all", f"{currency} {number(view.cost(whole.p50))}")
            st.caption(f"at even odds; {number(view.cost(whole.p80))} to be safe (P80).")
    st.caption("Hours = items × minutes × labels per item × (1 + share reviewed) / 60.")


def agreement() -> None:
    """How far two people agree, from labels that are pasted; nothing of them is kept."""
    with st.expander("Do two people label alike?", icon=":material/compare:"):
        text = st.text_area(
            "One item a line: what the first person said; what the second said",
            placeholder="worn; worn\nfine; worn",
            help="Nothing of it is stored.",
            key="labels_of_two",
        )
        if not (text or "").strip():
            st.caption("Cohen's kappa says how far they agree beyond what luck would make.")
            return
        try:
            answer = support_plans.agreement(text)
        except (InputError, NotEnoughDataError) as error:
            st.warning(literal(error), icon=":material/help:")
            return
        st.markdown(
            f"Kappa is **{plain(answer.kappa, 2)}** (95 times in 100 between "
            f"{plain(answer.low, 2)} and {plain(answer.high, 2)}) over {plain(answer.n)} items: "
            f"they agree on {percent(answer.observed)} of them, where luck alone would make "
            f"{percent(answer.by_luck)}."
        )
        st.caption("1 is full agreement, 0 is luck (Cohen 1960).")


def campaign(view: CampaignView, currency: str, is_tried: bool) -> None:
    """GPU-hours planned and used, what runs cost, and how often one can try in a week."""
    done = view.counted
    if done is None:
        return
    used = f"**{number(done.gpu_hours_used)}** GPU-hours"
    share = f" of {number(done.gpu_hours_planned)} planned" if done.share_used is not None else ""
    lost = f"; failed runs cost **{currency} {number(done.failed_cost)}** of {number(done.cost)}"
    st.markdown(f"Used: {used}{share}{lost}." + (NOT_SAVED if is_tried else ""))
    st.markdown(_kind_of_work(done.is_ordinary, done.gpus_at_once))
    if done.share_used is not None and done.share_used > 1:
        st.warning("More was used than was planned.", icon=":material/warning:")
    elif done.share_used is not None:
        st.progress(done.share_used)
    with st.grid(3, min_column_width=170):
        with st.container(border=True, height="stretch"):
            st.metric("Tries a week", _or_nothing(done.per_week))
            safe = _or_nothing(done.per_week_to_be_safe)
            st.caption(f"one run after the other, day and night; {safe} when runs are long (P95).")
        with st.container(border=True, height="stretch"):
            st.metric("Cost of a run", _money(done.per_run, currency))
            st.caption(f"of {plain(done.runs)} runs, of which {plain(done.runs_failed)} failed.")
        with st.container(border=True, height="stretch"):
            st.metric("Cost of a result", _money(done.per_result, currency))
            left = "not known" if done.runs_left is None else f"about {plain(done.runs_left)}"
            st.caption(f"failed runs counted in. Runs that the plan still pays for: {left}.")


def _kind_of_work(is_ordinary: bool | None, gpus_at_once: float | None) -> str:
    """Whether runs are managed like other work, or are a campaign of their own."""
    gpus = "" if gpus_at_once is None else f", on about {number(gpus_at_once)} GPUs"
    if is_ordinary is None:
        return "Nobody said how long a run takes, so that nobody knows how often one can try."
    if is_ordinary:
        return f"Runs end within a day{gpus}: plan them like a long query or any other long job."
    return (
        f"Runs take days{gpus}: a campaign of its own. Agree on a budget, on who lets a run start, "
        "and on how often it saves its state, so that a failure does not cost all of it."
    )


def _or_nothing(value: float | None) -> str:
    return NOTHING if value is None else number(value)


def _money(value: float | None, currency: str) -> str:
    return NOTHING if value is None else f"{currency} {number(value)}"


def improvements(view: SupportView) -> None:
    """Work on the infrastructure as investments, and whether those that are done paid."""
    if not view.improvements:
        st.info(
            "No improvement is written down. Give a task three numbers for its days, and the days "
            "that it saves in each further cycle.",
            icon=":material/info:",
        )
        st.page_link(
            "data/registers.py",
            label="Write down a task",
            icon=":material/add:",
            query_params=panels.here(kind="tasks"),
        )
        return
    first = view.improvements[0].cycles_left
    cycles = st.number_input("Cycles still to come", 0, 10_000, first, key="cycles_left")
    rows = [support_service.with_cycles(v, int(cycles)) for v in view.improvements]
    pays = [v for v in rows if v.answer and v.answer.pays]
    st.markdown(
        f"**{len(pays)} of {len(rows)}** improvements pay over {plain(int(cycles))} further "
        "cycles: what they save at even odds is more than they cost to be safe."
    )
    printing.table(
        pd.DataFrame([_improvement(v) for v in rows]),
        hide_index=True,
        alt="Improvements with days they cost and save, and whether they pay",
    )
    st.caption(
        "Person-days. The rule is MLPM's own: saving at even odds (P50) above cost to be safe "
        "(P80). Four weeks after one is done, the times of cycles before and after are compared."
    )


def _improvement(view: ImprovementView) -> dict[str, object]:
    answer, paid = view.answer, view.paid_back
    row: dict[str, object] = {"Task": view.task.title}
    if answer is None:
        row |= {"Pays": view.problem}
    else:
        row |= {
            "Pays": "yes" if answer.pays else "no",
            "Chance that it pays": percent(answer.p_pays),
            "Costs (P50)": round(answer.cost_p50, 1),
            "Costs (P80)": round(answer.cost_p80, 1),
            "Saves (P50)": round(answer.saving.p50, 1),
            "Pays from cycle": answer.cycles_needed,
        }
    if paid is None:
        return row | {"Paid back": view.not_paid_back}
    word = "faster" if paid.is_faster else "slower" if paid.is_slower else "no change seen"
    found = (
        f"{word}: {significant(paid.median_before)} days before, {significant(paid.median_after)} "
        f"after (shorter by {span(paid.low, paid.high)}, 19 times in 20)"
    )
    return row | {"Paid back": found}
