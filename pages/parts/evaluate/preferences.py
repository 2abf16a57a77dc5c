"""Who would choose what: options that no other beats everywhere, weighed by each stakeholder."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from pages.parts.common import charts, panels
from pages.parts.common.charts import Spec, finished
from pages.parts.common.format import NOTHING, inner, listed, literal, number, option_name, percent
from pages.parts.common.format import money as money_told
from pages.parts.common.hover import MUTED, told
from pages.parts.evaluate.text import MOST_DRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.evaluate.preferences import Choice, Criterion, Preferences, WeightChange

_OTHERS: Mapping[Criterion, str] = {
    Dimension.CYCLE_TIME: "an hour per case",
    Dimension.PEOPLE_INTENSITY: "a human hour per 1,000 cases",
    Dimension.CUSTOMER_EXPERIENCE: "a bad experience per 1,000 cases",
}


def who_would_choose_what(found: Preferences, currency: str) -> None:
    """The survivors with their share of all weightings, and what each stakeholder would choose."""
    st.subheader("Who would choose what", anchor=False)
    st.markdown(_sentence(found))
    if found.choices or found.undecided:
        st.dataframe(
            _people(found, currency),
            hide_index=True,
            height="content",
            alt="What each stakeholder would choose, and what would change their choice",
        )
        st.caption(
            "By the weights of the brief. Revenue and cost saving are one criterion, money: an "
            "amount is an amount. Each criterion is measured from adopting nothing, in units of "
            "the largest difference that any option makes. Nothing is averaged over people."
        )
    else:
        st.caption("Nobody has said yet how much each dimension matters to them.")
        st.page_link(
            "plan/brief.py",
            label="Ask the stakeholders",
            icon=":material/groups:",
            query_params=panels.here(),
        )
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        charts.draw(_shares(found), _bars(), _bars_told(found))
    with right:
        st.caption(literal(_bars_told(found)))


def _sentence(found: Preferences) -> str:
    n, n_all = len(found.shares), len(found.shares) + len(found.dominated)
    if n == 1:
        only = literal(option_name(next(iter(found.shares))))
        return (
            f"**{only}** is at least as good as every other option in money, cycle time, people "
            "intensity and customer experience."
        )
    text = (
        f"**{n} of {n_all} options** are worth a look: no other is at least as good in every "
        "criterion. "
    )
    if not found.choices:
        return text
    camps = [
        f"{literal(listed(list(names)))} would choose **{literal(option_name(option))}**"
        for option, names in found.camps.items()
    ]
    text += f"{'; '.join(camps)}."
    if found.conflict is None:
        return text + (" They agree." if len(found.choices) > 1 else "")
    part = found.conflict
    return (
        f"{text} :material/call_split: The conflict: {literal(part.one)} for the sake of "
        f"{inner(part.sake_of_one.label)}, {literal(part.two)} for the sake of "
        f"{inner(part.sake_of_two.label)}."
    )


def _shares(found: Preferences) -> pd.DataFrame:
    ranked = sorted(found.shares.items(), key=lambda item: -item[1])[:MOST_DRAWN]
    return pd.DataFrame(
        {
            "option": [option_name(name) for name, _ in ranked],
            "share": [share for _, share in ranked],
            "told": [percent(share) for _, share in ranked],
        }
    )


def _bars_told(found: Preferences) -> str:
    text = "Share of all ways to weigh the criteria in which an option wins."
    if len(found.shares) > MOST_DRAWN:
        text += f" Shown: the {MOST_DRAWN} that win most often."
    if found.dominated:
        gone = [
            f"{option_name(name)} than {option_name(by)}" for name, by in found.dominated.items()
        ]
        others = " and others" if len(gone) > 6 else ""
        text += f" No better in any criterion: {listed(gone[:6])}{others}."
    return text


@lru_cache(maxsize=1)
def _bars() -> Spec:
    """Options as bars with their share written beside them.

    The frame has the columns option (str, in the order shown), share and told.
    """
    base = alt.Chart().encode(
        alt.Y(field="option", type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=150)),
        alt.X(
            field="share",
            type="quantitative",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(title=None, format="%", tickCount=4),
        ),
        tooltip=[told("option", "Option"), told("told", "Of all weightings")],
    )
    words = base.mark_text(align="left", dx=4, color=MUTED).encode(
        alt.Text(field="told", type="nominal")
    )
    return finished(alt.layer(base.mark_bar(height=14), words).properties(height=alt.Step(28)))


def _people(found: Preferences, currency: str) -> pd.DataFrame:
    rows = [
        {
            "Stakeholder": name,
            "Would choose": option_name(choice.option),
            "Ahead by": f"{number(choice.lead, 2)} of 100 points",
            "Would change": _change(choice, currency),
        }
        for name, choice in found.choices.items()
    ]
    rows += [
        {
            "Stakeholder": name,
            "Would choose": "any of them",
            "Ahead by": NOTHING,
            "Would change": "the options do not differ in what matters here",
        }
        for name in found.undecided
    ]
    return pd.DataFrame(rows)


def _change(choice: Choice, currency: str) -> str:
    flip = choice.flip
    if flip is None:
        return "by no shift between two criteria"
    points = f"{number(flip.points, 2)} points"
    price = _price(flip, currency)
    text = f"to {option_name(flip.option)}, if {points} moved from {inner(flip.of.label)} to "
    return f"{text}{inner(flip.to.label)}{f' ({price})' if price else ''}"


def _price(flip: WeightChange, currency: str) -> str:
    """What the flip means in the units of the two criteria, where money gives way."""
    if flip.price is None or flip.of in _OTHERS or flip.to not in _OTHERS:
        return ""
    return f"{_OTHERS[flip.to]} counting like {money_told(flip.price, currency)}"
