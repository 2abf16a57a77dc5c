"""Who would choose what: the options worth a look, weighed by each stakeholder."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.quantity.written import in_form
from pages.parts.common import charts, files, panels, printing, work
from pages.parts.common.charts import Spec, finished
from pages.parts.common.format import NOTHING, inner, listed, literal, number, option_name, percent
from pages.parts.common.format import money as money_in_words
from pages.parts.common.hover import MUTED, tooltip_line
from pages.parts.evaluate.text import MOST_DRAWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.services.evaluate.preferences import Choice, Criterion, Preferences, WeightChange

_OTHERS: Mapping[Criterion, str] = {
    Dimension.CYCLE_TIME: "an hour per case",
    Dimension.PEOPLE_INTENSITY: "a human hour per 1,000 cases",
    Dimension.CUSTOMER_EXPERIENCE: "a bad experience per 1,000 cases",
}
_HELP = {
    "Lead": "How far the chosen option is ahead of the next best one, when 100 points separate the "
    "best possible option from the worst.",
    "What would change it": "The smallest number of points that this stakeholder would have to "
    "move from one criterion to another before another option wins.",
}


def who_would_choose_what(preferences: Preferences, currency: str) -> None:
    """The survivors with their share of all weightings, and what each stakeholder would choose."""
    st.header(
        "Who would choose what",
        anchor=False,
        help="Revenue and cost saving count together as money. Each criterion is measured from "
        "adopting nothing, in units of the largest difference that any option makes. Every "
        "stakeholder is shown alone: nothing is averaged over people.",
    )
    st.markdown(_sentence(preferences))
    if preferences.choices or preferences.undecided:
        printing.table(
            _people(preferences, currency),
            hide_index=True,
            height="content",
            alt="What each stakeholder would choose, and what would change their choice",
            column_config={name: st.column_config.Column(help=t) for name, t in _HELP.items()},
        )
        st.caption("Computed from the points that each stakeholder gave in the Brief.")
    else:
        st.caption("Nobody has said yet how much each dimension matters to them.")
        st.page_link(
            "plan/brief.py",
            label="Ask the stakeholders",
            icon=":material/groups:",
            query_params=panels.here(kind="stakeholders") | work.OPENED,
        )
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        charts.draw(
            _shares(preferences),
            _bars(),
            _bars_caption(preferences),
            grade=files.PLANNED,
            is_said=False,
        )
    with right:
        st.caption(literal(_bars_caption(preferences)))


def _sentence(preferences: Preferences) -> str:
    n, n_all = len(preferences.shares), len(preferences.shares) + len(preferences.dominated)
    if n == 1:
        only = literal(option_name(next(iter(preferences.shares))))
        return (
            f"**{only}** is at least as good as every other option in money, cycle time, people "
            "intensity and customer experience."
        )
    text = (
        f"**{n} of {n_all} options** are worth a look: no other option is at least as good in "
        "every criterion. "
    )
    if not preferences.choices:
        return text
    camps = [
        f"{literal(listed(list(names)))} would choose **{literal(option_name(option))}**"
        for option, names in preferences.camps.items()
    ]
    text += f"{'; '.join(camps)}."
    if preferences.conflict is None:
        return text + (" They agree." if len(preferences.choices) > 1 else "")
    conflict = preferences.conflict
    return (
        f"{text} :material/call_split: They disagree: {literal(conflict.one)} chooses by "
        f"{inner(conflict.sake_of_one.label)}, {literal(conflict.two)} by "
        f"{inner(conflict.sake_of_two.label)}."
    )


def _shares(preferences: Preferences) -> pd.DataFrame:
    ranked = sorted(preferences.shares.items(), key=lambda item: -item[1])[:MOST_DRAWN]
    return pd.DataFrame(
        {
            "option": [option_name(name) for name, _ in ranked],
            "share": [share for _, share in ranked],
            "label": [percent(share) for _, share in ranked],
        }
    )


def _bars_caption(preferences: Preferences) -> str:
    text = "How often each option wins, over all possible ways to weigh the criteria."
    if len(preferences.shares) > MOST_DRAWN:
        text += f" Shown: the {MOST_DRAWN} that win most often."
    if preferences.dominated:
        beaten = [
            f"{option_name(name)} than {option_name(by)}"
            for name, by in preferences.dominated.items()
        ]
        others = " and others" if len(beaten) > 6 else ""
        text += f" Left out as no better in any criterion: {listed(beaten[:6])}{others}."
    return text


@lru_cache(maxsize=1)
def _bars() -> Spec:
    """Options as bars with their share written beside them.

    The frame has the columns option (str, in the order shown), share and label.
    """
    base = alt.Chart().encode(
        alt.Y(field="option", type="nominal", sort=None, axis=alt.Axis(title=None, labelLimit=150)),
        alt.X(
            field="share",
            type="quantitative",
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(title=None, format="%", tickCount=4),
        ),
        tooltip=[tooltip_line("option", "Option"), tooltip_line("label", "Wins in")],
    )
    words = base.mark_text(align="left", dx=4, color=MUTED).encode(
        alt.Text(field="label", type="nominal")
    )
    return finished(
        alt.layer(base.mark_bar(height=14), words).properties(height=alt.Step(28)),
        "Share of possible weightings in which each option is best",
    )


def _people(preferences: Preferences, currency: str) -> pd.DataFrame:
    rows = [
        {
            "Stakeholder": name,
            "Would choose": option_name(choice.option),
            "Lead": f"{number(choice.lead, 2)} of 100 points",
            "What would change it": _change(choice, currency),
        }
        for name, choice in preferences.choices.items()
    ]
    rows += [
        {
            "Stakeholder": name,
            "Would choose": "any of them",
            "Lead": NOTHING,
            "What would change it": "the options do not differ in what matters to them",
        }
        for name in preferences.undecided
    ]
    return pd.DataFrame(rows)


def _change(choice: Choice, currency: str) -> str:
    flip = choice.flip
    if flip is None:
        return "nothing, as long as points move between two criteria only"
    points = f"{number(flip.points, 2)} points"
    price = _price(flip, currency)
    text = f"{option_name(flip.option)} would win if {points} moved from {inner(flip.of.label)} to "
    return f"{text}{inner(flip.to.label)}{f' ({price})' if price else ''}"


def _price(flip: WeightChange, currency: str) -> str:
    """What the flip means in the units of the two criteria, where money gives way."""
    if flip.price is None or flip.of in _OTHERS or flip.to not in _OTHERS:
        return ""
    return f"{in_form(_OTHERS[flip.to])} then counts like {money_in_words(flip.price, currency)}"
