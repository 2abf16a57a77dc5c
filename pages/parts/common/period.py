"""The one control for the days that screens show, and for what they are compared with.

The address holds ``range`` and ``against``: a name, or two days with ``..`` between them. Both stay
for every screen until something else is chosen.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.services.in_life.shown_period import (
    Against,
    Reach,
    ShownPeriod,
    month_name,
    shown_period,
    span_of,
    written,
)
from pages.parts.common import addresses, controls, printing, queries
from pages.parts.common import period_text as say
from pages.parts.common.cache import made_once
from pages.parts.common.format import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.records import Project

_DAYS: Final = "days"  # two days that somebody chooses
_EARLIEST, _LATEST = date(1900, 1, 1), date(2200, 12, 31)  # that an address may name
_RANGES: Final[dict[str, str]] = {
    Reach.ALL: "All",
    Reach.FOUR_WEEKS: "Last 4 weeks",
    Reach.QUARTER: "Last quarter",
    Reach.YEAR: "Last year",
    Reach.YEAR_SO_FAR: "This year so far",
    _DAYS: "From … to …",
}
_AGAINST: Final[dict[str, str]] = {
    Against.PREVIOUS: "The period before",
    Against.YEAR_AGO: "The same a year ago",
    _DAYS: "From … to …",
}
_FISCAL: Final[dict[str, str]] = {
    Reach.QUARTER: "Last fiscal quarter",
    Reach.YEAR: "Last fiscal year",
    Reach.YEAR_SO_FAR: "This fiscal year so far",
}
_HELP_AGAINST: Final = (
    "Weeks are compared with those 52 weeks earlier, on the same weekdays; months, quarters and "
    "years with those of the same name. A period that is not over is compared with as many days."
)


_shown = made_once(shown_period)


def control(project: str, word: str = "") -> ShownPeriod:
    """The days shown of a project and what they are compared with, both said below.

    Parameters
    ----------
    word : str
        What the newest figure covers, week or month, where all days compare that one alone.
    """
    today = queries.workspace().today(project)
    return control_at(today, word, year_starts_in=_year_starts_in(project))


def control_at(today: date, word: str = "", *, year_starts_in: int = 1) -> ShownPeriod:
    """The same as seen on a day, with fiscal years that begin in a month."""
    ranges = _RANGES if year_starts_in == 1 else _RANGES | _FISCAL
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = _asked("range", "Time range", ranges, today, _help(year_starts_in))
        against = _asked("against", "Compare with", _AGAINST, today, _HELP_AGAINST)
    shown = _shown(today, asked, against, year_starts_in=year_starts_in)
    st.caption(say.shown(shown, word, can_choose=not printing.is_on()))
    return shown


def of(project: str, asked: str, against: str) -> ShownPeriod:
    """The days that an address asks for, on the day and in the fiscal year of a project."""
    today = queries.workspace().today(project)
    return shown_period(today, asked, against, year_starts_in=_year_starts_in(project))


def which_year() -> None:
    """What a year means on a screen of all projects; nothing while all go by the calendar's."""
    months = {p.year_starts_in for p in queries.all_projects() if not p.archived}
    if months - {1}:
        st.caption(say.fiscal_years(sorted(months)))


def common_year(projects: Sequence[Project]) -> int:
    """The month in which the fiscal years of all projects begin, January where they differ."""
    months = {p.year_starts_in for p in projects}
    return months.pop() if len(months) == 1 else 1


def _year_starts_in(project: str) -> int:
    return next((p.year_starts_in for p in queries.all_projects() if p.project == project), 1)


def _help(begins: int) -> str:
    year = "of the calendar"
    if begins != 1:
        year = (
            f"of the fiscal year, which begins in {month_name(begins)} and is called by the year "
            "in which it ends"
        )
    return (
        "The last four whole weeks (Monday to Sunday, ISO 8601), the last whole quarter or year "
        f"{year}, or days of your own. Today is not over, so it is in none of them."
    )


def day_of(projects: Sequence[Project]) -> date:
    """The day that projects live on: that of their clocks where all agree, else today."""
    clocks = {p.clock_on for p in projects}
    alone = clocks.pop() if len(clocks) == 1 else None
    return alone or queries.workspace().today()


def _asked(key: str, label: str, options: dict[str, str], today: date, help: str) -> str:
    """What was chosen under a key of the address, a name or two days; written into the address."""
    default = next(iter(options))
    _follow(key, options)
    choice, typed = f"{key}_choice", f"{key}_days"
    name = st.selectbox(
        label,
        list(options),
        format_func=lambda o: options[o],
        key=choice,
        help=help,
        persist_state="session",
        width=190,
    )
    value = str(name)
    if name == _DAYS:
        st.session_state.setdefault(typed, (today - timedelta(weeks=4), today - timedelta(days=1)))
        picked = st.date_input(
            f"{label}: from and to",
            min_value=_EARLIEST,
            max_value=_LATEST,
            key=typed,
            persist_state="session",
            width=240,
        )
        if isinstance(picked, tuple) and len(picked) == 2:
            value = written(*picked)
        else:  # only the first day is chosen yet
            value = st.session_state.get(key) or default
    st.session_state[key] = "" if value == default else value
    if value == default:
        addresses.drop(key)
    else:
        addresses.show(key, value)
    return value


def _follow(key: str, options: dict[str, str]) -> None:
    """Put into the controls what the address names, else what was chosen on another screen."""
    choice, default = f"{key}_choice", next(iter(options))
    if not addresses.is_news(key):
        if choice not in st.session_state or st.session_state.get(key) is None:
            _put(key, st.session_state.get(key) or default, options)
        for held in (choice, f"{key}_days"):  # another screen's control has to be told again
            if held in st.session_state:
                st.session_state[held] = st.session_state[held]
        return
    names = addresses.named(key)
    st.session_state[f"seen_{key}"] = list(names)
    try:
        if len(names) == 1:
            _put(key, names[0], options)
            return
        controls.not_there(key, names)
    except InputError as error:
        if ".." in names[0]:  # two days, which cannot be shown
            shown = f"{literal(error)} “{options[default]}” is shown; choose another."
            st.warning(shown, icon=":material/link_off:")
        else:
            controls.not_there(key, names)
    _put(key, default, options)


def _put(key: str, value: str, options: dict[str, str]) -> None:
    """Put a name or two days into the controls; an `InputError` where it is neither."""
    choice, typed = f"{key}_choice", f"{key}_days"
    if value in options and value != _DAYS:
        st.session_state[choice] = value
        return
    span = span_of(value)
    st.session_state[choice] = _DAYS
    st.session_state[typed] = (span.start.date(), (span.end - timedelta(days=1)).date())
