"""How the value of each project changed over the days shown, against those before or a year ago."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.services.in_life.value_changes import project_change, summed
from pages.parts.common import period, period_text
from pages.parts.common.cache import shared, workspace
from pages.parts.common.format import NOTHING, counted, listed, literal, number, span, spread
from pages.parts.in_life import kpi_change_text, value_tiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.in_life.project_list import ProjectRow
    from mlpm_core.services.in_life.shown_period import ShownPeriod
    from mlpm_core.services.in_life.value_changes import ValueChange, ValueCompared

_SIGNS: Final = {"better": "▲ better", "worse": "▼ worse"}
_NO_MODEL: Final = "no model in life"


def asked(rows: Sequence[ProjectRow]) -> tuple[ShownPeriod, Mapping[str, ValueCompared | None]]:
    """The days chosen, and how each project in life changed; nothing while all days are shown."""
    records = [row.record for row in rows]
    begins = period.common_year(records)
    shown = period.control_at(period.day_of(records), year_starts_in=begins)
    if shown.is_all:
        return shown, {}
    if len({record.clock_on for record in records}) > 1:
        st.caption("Each project is compared on its own days: some have a clock of their own.")
    if any(record.year_starts_in != begins for record in records):
        st.caption(
            "Each project is compared on its own days: a last quarter or year is that of its own "
            "fiscal year."
        )
    with st.spinner(f"Comparing {counted(len(rows), 'project')} …"):
        return shown, {row.project: _of(row.project, shown.asked, shown.against) for row in rows}


@shared
def _of(project: str, days: str, against: str) -> ValueCompared | None:
    """How one project changed, on the days that an address asks for by its own clock."""
    shown = period.of(project, days, against)
    return project_change(workspace(), project, shown)


def label(shown: ShownPeriod) -> str:
    """What the column of changes is called."""
    return kpi_change_text.label(shown.against)


def lines(row: ProjectRow, compared: ValueCompared | None, shown: ShownPeriod) -> list[str]:
    """A change a week in money and per cent, whether it may be chance, and from what to what."""
    if compared is None:
        return [_NO_MODEL if row.lines else NOTHING]
    change, before = compared.change, compared.comparison.before
    if change.difference is None or change.now is None or change.before is None:
        if before is None or compared.comparison.missing is not None:
            return ["not compared", period_text.ranges(compared.comparison)]
        return ["not compared", value_tiles.why_not(change, period_text.days(before))]
    difference = change.difference
    told = period_text.change(difference.mean, change.before.mean, change.now.mean, 3)
    word, _ = value_tiles.way(change)
    under = [_SIGNS.get(word, word)]
    if not difference.is_exact:
        under.append(f"likely {span(difference.p10, difference.p90)}")
    under.append(f"{number(change.before.mean)} to {number(change.now.mean)} a week, grade C")
    if compared.comparison != shown.comparison:
        under.append(period_text.ranges(compared.comparison))
    return [f"{row.record.currency} {told}", *under]


def summary(rows: Sequence[ProjectRow], changes: Mapping[str, ValueCompared | None]) -> str:
    """How many of the listed projects got better or worse, and what that comes to, by currency."""
    found = [(row, c.change) for row in rows if (c := changes.get(row.project))]
    can = [(row, change) for row, change in found if change.difference is not None]
    if not can:
        return "No listed project can be compared over these days."
    words = Counter(value_tiles.way(change)[0] for _, change in can)
    parts = [f"{n} {word}" for word, n in sorted(words.items())]
    left = len(found) - len(can)
    text = f"Of {counted(len(can), 'project')} that can be compared: {listed(parts)}."
    by_currency: dict[str, list[ValueChange]] = {}
    for row, change in can:
        by_currency.setdefault(row.record.currency, []).append(change)
    for currency, mine in by_currency.items():
        total = summed(mine, f"{currency}/week").difference
        if total is not None:
            sign = "+" if total.mean > 0 else ""
            by = literal(f"{currency} {sign}{number(total.mean)}")
            text += (
                f" Together they changed by **{by} a week**, "
                f"{literal(spread(total.p10, total.p90))}, grade C."
            )
    if left:
        text += f" {counted(left, 'other', 'others')} with models in life cannot be compared."
    return text
