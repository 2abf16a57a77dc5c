"""The table of projects and that of their groups: real tables, whose cells lead on."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from mlpm_core.services.in_life.portfolio import Health
from mlpm_core.services.in_life.project_groups import GroupBy, together
from mlpm_core.services.in_life.project_list import STATES
from pages.parts.common import printing, terms
from pages.parts.common.format import NOTHING, counted, literal
from pages.parts.overview import changes
from pages.parts.overview import projects_text as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.in_life.project_groups import ProjectGroup
    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.in_life.shown_period import ShownPeriod
    from mlpm_core.services.in_life.value_changes import ValueCompared
    from mlpm_core.services.plan.plan_summaries import PlanSummary

_MOST_AT_ONCE = 25  # rows; more scroll below their header
_HEIGHT = 640
_BREAK = "  \n"
_SHORT = 24  # characters
_COLOURS: Mapping[Health | None, str] = {
    Health.SICK: "red",
    Health.WATCH: "orange",
    Health.UNKNOWN: "gray",
    None: "gray",
    Health.HEALTHY: "green",
}


def table(
    rows: Sequence[ProjectRow],
    plans: Mapping[str, PlanSummary],
    by: GroupBy | None,
    shown: ShownPeriod,
    changed: Mapping[str, ValueCompared | None],
) -> None:
    """A row for each project; its name opens it, and so do the figures the screens they are of."""
    pairs = [(row, plans.get(row.project)) for row in rows]
    cells = {"Project": [_name(row) for row in rows]}
    if by is GroupBy.DIMENSION:
        titles = [words.group_title(together([row]), by) for row in rows]
        cells[words.GROUPS[by]] = [literal(title) for title in titles]
    cells |= {
        "Health": [_health(row) for row in rows],
        "Value a year": [_value(row) for row in rows],
        **_changes(rows, shown, changed),
        "Done in time": [
            _chance(row, words.in_time(row, p), words.moved_date(p)) for row, p in pairs
        ],
        "Within budget": [
            _chance(row, words.within_budget(row, p), words.moved_budget(p), words.pays(p))
            for row, p in pairs
        ],
        "Due": [_due(row) for row in rows],
        "Missing next": [literal(words.missing(row)) for row in rows],
    }
    printing.rows(
        pd.DataFrame(cells),
        height=_HEIGHT if len(rows) > _MOST_AT_ONCE and not printing.is_on() else "content",
        alt="Projects with health, value, chances of date and budget, and what is due or missing",
    )
    with st.expander("What the columns say", icon=":material/help:"):
        st.markdown("\n".join(f"- **{name}**: {text}" for name, text in _HELP.items()))


def _changes(
    rows: Sequence[ProjectRow], shown: ShownPeriod, changed: Mapping[str, ValueCompared | None]
) -> dict[str, list[str]]:
    """The column that compares values, while days are chosen."""
    if not changed:
        return {}
    name = changes.label(shown)
    return {name: [_change(row, changed.get(row.project), shown) for row in rows]}


def groups(found: Sequence[ProjectGroup], by: GroupBy) -> None:
    """A row for each group, with what its projects add up to."""
    printing.rows(
        pd.DataFrame(
            {
                words.GROUPS[by]: [literal(words.group_title(group, by)) for group in found],
                "Projects": [len(group.rows) for group in found],
                "Health": [_states(group) for group in found],
                "Live models earn a year": [_earns(group) for group in found],
                "Open risks": [group.n_open_risks for group in found],
                "Decisions to review": [group.n_reviews_due for group in found],
                "Open incidents": [group.n_incidents for group in found],
                "No value case": [group.n_without_case for group in found],
            }
        ),
        alt=f"Projects by {words.GROUPS[by].lower()}, with what each group adds up to",
    )


_HELP = {
    "Project": "its name opens its Brief, in a new tab; below it stand owner and phase.",
    "Health": f"the worst of its models in use. {terms.HEALTH}",
    "Value a year": "net benefit after running costs: of the models in life by their newest "
    f"results, else as planned. Likely: the range in which it lies 8 times in 10. {terms.GRADE}",
    "Against …": "while a time range is chosen: the mean value a week over these days, over those "
    "that it is compared with, and the difference in money and per cent. Days without results are "
    "never filled in; with results on fewer than 9 in 10 days nothing is compared.",
    "Done in time": "the chance that it is done by the day it is needed, if a usable model comes "
    "out, as on its Estimate screen. The arrow says how the chance of this day moved since the "
    "last estimate that was kept.",
    "Within budget": "the chance that the budget is enough to build it, if a usable model comes "
    "out. Pays: the chance that the value is above the cost of building and running it; that no "
    "usable model comes out is counted.",
    "Due": "risks that can still happen, decisions whose review date has come, incidents that are "
    "not resolved.",
    "Missing next": "the first thing that its models need before they show a value.",
}


def _link(text: str, page: str, row: ProjectRow, **more: str) -> str:
    """A text that leads to a screen of a project, as of the moment in view."""
    query = {"project": row.project, **more}
    if as_of := st.session_state.get("as_of"):
        query["as_of"] = str(as_of)
    return f"[{_unbroken(text)}]({page}?{urlencode(query)})"


def _small(text: str) -> str:
    return f":small[:gray[{text}]]"


def _unbroken(text: str) -> str:
    """A few words that stay in one line of a narrow column; a long name may be broken."""
    escaped = literal(text)
    return escaped.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= _SHORT else escaped


def _name(row: ProjectRow) -> str:
    under = [words.owner(row.record.owner)]
    if row.record.phase.value:
        under.append(row.record.phase.label)
    return _link(row.record.title, "brief", row) + _BREAK + _small(literal(", ".join(under)))


def _health(row: ProjectRow) -> str:
    colour = _COLOURS[row.state]
    return _BREAK.join(f":{colour}[{_unbroken(part)}]" for part in words.health(row))


def _states(group: ProjectGroup) -> str:
    n = group.n_by_state
    parts = [(_COLOURS[s], _unbroken(f"{n[s]} {words.STATE_WORDS[s]}")) for s in STATES if n[s]]
    return _BREAK.join(f":{colour}[{text}]" for colour, text in parts)


def _earns(group: ProjectGroup) -> str:
    if not group.nets:
        return NOTHING
    ends = f"likely {words.earns_likely(group.nets)}, grade C"
    return literal(words.earns(group.nets)) + _BREAK + _small(literal(ends))


def _value(row: ProjectRow) -> str:
    if row.net is None:
        return literal(words.value(row))
    under = [_small(_unbroken(line)) for line in words.likely(row)]
    return _BREAK.join([_link(words.value(row), "value_case", row), *under])


def _change(row: ProjectRow, compared: ValueCompared | None, shown: ShownPeriod) -> str:
    """How a value changed; it leads to the same days of the screen that says it month by month."""
    first, *under = changes.lines(row, compared, shown)
    is_told = compared is not None and compared.change.difference is not None
    days = {"range": shown.asked, "against": shown.against}
    told = _link(first, "promised", row, **days) if is_told else literal(first)
    return _BREAK.join([told, *(_small(literal(line)) for line in under)])


def _chance(row: ProjectRow, text: str, *under: str) -> str:
    chance, _, of = text.partition(" ")
    first = _unbroken(text)
    if chance.endswith("%"):
        first = f"{_link(chance, 'estimate', row)} {_unbroken(of)}"
    return _BREAK.join([first, *(_small(literal(line)) for line in under if line)])


def _due(row: ProjectRow) -> str:
    facts = row.facts
    parts = [
        _link(counted(n, noun, plural), page, row)
        for n, noun, plural, page in (
            (facts.n_incidents, "open incident", None, "support"),
            (facts.n_reviews_due, "decision to review", "decisions to review", "adoption"),
            (facts.n_open_risks, "open risk", None, "risks"),
        )
        if n
    ]
    return _BREAK.join(parts) or NOTHING
