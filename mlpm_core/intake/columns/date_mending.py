"""Columns of dates that one answer, or the form of most cells, makes readable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import ZONE
from mlpm_core.intake.columns.date_forms import form_of, in_any_form, in_form
from mlpm_core.intake.columns.dates import moment
from mlpm_core.intake.columns.mends import Mended, filled
from mlpm_core.intake.columns.zone_names import SEVERAL, told_by_others, with_offset, zoned
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import question
from mlpm_core.intake.profile import FAULTY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.cell_parser import Cell, Grammar
    from mlpm_core.records import Column

_EPOCH_UNITS: Final = {
    "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds",
}  # fmt: skip
_MOST_DATES: Final = 200  # cells whose form is looked at


def mended_dates(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    """How the faulty cells of a column of dates may be meant; None when nothing tells it."""
    return _with_zones(column, texts, read, grammar) or _with_form(column, texts, read, grammar)


def _with_form(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    """Dates of a form that more than half of the column's cells have."""
    if grammar.form is not None:
        return None
    cells = filled(texts)
    faulty = [t for t in cells[:_MOST_DATES] if read(t).fault is not None]
    form = form_of(faulty) if 2 * len(faulty) > len(cells[:_MOST_DATES]) else None
    if form is None:
        return None
    unit = form.removeprefix("epoch-")
    if unit != form and grammar.profile.epoch is None:
        at = in_form(faulty[0], form, None)
        asked = question(
            "epoch", "epoch", [unit, "faulty"], value=faulty[0], unit=_EPOCH_UNITS[unit],
            preview=[
                f"{unit}: {faulty[0]} is {at.at if at else ''} UTC", "faulty: these are no dates",
            ],
        )  # fmt: skip
        return Mended(questions=(asked,))
    if unit != form and grammar.profile.epoch != unit:
        return None
    return Mended(replace(grammar, form=form).reader(column))


def _with_zones(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    """Times with a name of their zone behind them, where most cells that cannot be read are such.

    A name that stands for several zones is asked about; once it is answered that such cells are
    faulty, they are.
    """
    cells = filled(texts)
    faulty = [t for t in cells if read(t).fault is not None]
    of_zones = {text: zone for text in faulty if (zone := zoned(text)) is not None}
    if 2 * len(of_zones) <= len(faulty):
        return None
    answers = told_by_others(filled(texts)) | grammar.profile.zones
    open_names = {
        a.zone: text for text, a in reversed(of_zones.items()) if a.zone in SEVERAL and not a.offset
    }
    questions = [
        question(
            "zone-name", f"zones.{name}", [*SEVERAL[name], FAULTY], value=text, name=name,
            preview=[
                *(f"{o}: {place}, {text} is {_in_utc(text, name, o)}"
                  for o, place in SEVERAL[name].items()),
                f"{FAULTY}: these cells are faulty",
            ],
        )
        for name, text in open_names.items()
        if name not in answers
    ]  # fmt: skip
    if questions:
        return Mended(questions=tuple(questions))
    order = grammar.profile.date_order

    def apart(text: str) -> tuple[str, str]:
        """A cell without the name of its zone, and that name."""
        plain = text.strip(SPACES)
        of_zone = of_zones.get(plain)
        if of_zone is None or answers.get(of_zone.zone) == FAULTY:
            return text, ""
        return with_offset(plain, answers, order) or text, of_zone.zone or of_zone.offset

    mend = _with_form(column, [apart(text)[0] for text in texts], read, grammar)
    if mend is not None and mend.read is None:
        return mend
    read_plain = mend.read if mend is not None and mend.read is not None else read

    def read_zoned(text: str) -> Cell:
        plain, name = apart(text)
        cell = read_plain(plain)
        return cell._replace(notes=(*cell.notes, ZONE + name)) if name else cell

    return Mended(read_zoned)


def _in_utc(text: str, name: str, offset: str) -> str:
    """A time of such a zone in UTC, for a question."""
    plain = with_offset(text, {name: offset}, "dmy") or ""
    read = moment(plain, "dmy", None) or in_any_form(plain, "dmy")
    return f"{read.at:%Y-%m-%d %H:%M} UTC" if read is not None and read.at is not None else plain
