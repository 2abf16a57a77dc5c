"""Columns of dates that one answer, or the form of most cells, makes readable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import ZONE, Cell
from mlpm_core.intake.columns.date_forms import form_of, in_any_form, in_form
from mlpm_core.intake.columns.dates import HALF, moment
from mlpm_core.intake.columns.fast_path import Cells
from mlpm_core.intake.columns.mends import Mended, filled
from mlpm_core.intake.columns.period_names import BEGINS, period_name
from mlpm_core.intake.columns.time_texts import are_spans, as_usual
from mlpm_core.intake.columns.zone_names import (
    SEVERAL,
    change_at,
    told_by_others,
    with_offset,
    zoned,
)
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import Fault, question, shown
from mlpm_core.intake.profile import FAULTY, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.cell_parser import Grammar
    from mlpm_core.intake.columns.period_names import PeriodName
    from mlpm_core.records import Column, Question

_EPOCH_UNITS: Final = {
    "s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds",
}  # fmt: skip
_MOST_DATES: Final = 200  # cells whose form is looked at


def mended_dates(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    """How the faulty cells of a column of dates may be meant; None when nothing tells it."""
    if not grammar.profile.reads_zones:
        return _mended(column, texts, read, grammar)
    usual = {
        text: plain
        for text in filled(texts)
        if (plain := as_usual(text)) != text and read(text).fault is not None
    }
    if not usual:
        return _mended(column, texts, read, grammar)

    def plain_of(text: str) -> str:
        return usual.get(text.strip(SPACES), text)

    mend = _mended(column, [*map(plain_of, texts)], read, grammar)
    if mend is not None and mend.read is None:
        return mend
    read_plain = mend.read if mend is not None and mend.read is not None else read
    return Mended(lambda text: read_plain(plain_of(text)))


def without_spans(texts: Sequence[str], cells: Cells, profile: Profile) -> Cells:
    """The cells of a column of times, all of them faulty where they are spans of hours."""
    if not profile.reads_zones or not are_spans(t for text in texts for t in filled([text])):
        return cells
    form = " (it reads like a span of hours; write when it begins, such as 2026-01-05 10:00)"
    faults = {i: Fault("not-a-date", {"form": form}) for i, t in enumerate(texts) if filled([t])}
    return Cells([None] * len(texts), faults, {})


def _mended(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    for mend in (_with_zones, _with_form, _with_names):
        mended = mend(column, texts, read, grammar)
        if mended is not None:
            return mended
    return None


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
        if not name:
            return cell
        changes = change_at(text.strip(SPACES), order) if grammar.profile.reads_zones else None
        return cell._replace(notes=(*cell.notes, ZONE + name, *([changes] if changes else [])))

    return Mended(read_zoned)


def _with_names(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended | None:
    """Periods by their names, such as FY26 Q2, where most cells are such, or all but dates."""
    cells = filled(texts)
    faulty = [t for t in cells if read(t).fault is not None]
    named = {text: name for text in faulty if (name := period_name(text)) is not None}
    others = (read(t) for t in cells if t not in named)
    are_all = grammar.profile.reads_layouts and all(map(_is_of_a_period, others))
    if 2 * len(named) <= len(cells) and not are_all:
        return None
    profile = grammar.profile
    asked = _about_fiscal_years(named, profile)
    if asked is not None:
        return Mended(questions=(asked,))

    def read_name(text: str) -> Cell:
        name = named.get(text.strip(SPACES))
        dates = None if name is None else name.in_dates(profile)
        if name is None or dates is None:
            return read(text)
        first, _, last = dates.partition(" to ")
        if name.length == HALF and not profile.reads_layouts:
            if column.name != "period":  # of a cost; results had no such length then
                return Cell(None, Fault("odd-period", {"period": shown(text)}))
            return read(first)._replace(notes=(f"grain {HALF}",))
        return read(last if column.name == "period_end" else dates)

    return Mended(read_name)


def _is_of_a_period(cell: Cell) -> bool:
    """Whether a cell is a period longer than a day, such as a month or a quarter."""
    return cell.fault is None and not {"grain ", "grain P1D"} & {*cell.notes} and bool(cell.notes)


def _about_fiscal_years(named: dict[str, PeriodName], profile: Profile) -> Question | None:
    """The question when fiscal years begin, or after which year they are named; None when told."""
    fiscal = {text: name for text, name in named.items() if name.is_fiscal}
    if not fiscal:
        return None
    text, name = next(iter(fiscal.items()))
    if profile.fiscal_start is None:
        choices = [str(month) for month in range(1, 13)]
        return question(
            "fiscal-start", "fiscal_start", choices, value=text,
            preview=[f"{m}: {text} is {_in_either(name, m)}" for m in choices],
        )  # fmt: skip
    of_one_year = {text: name for text, name in fiscal.items() if name.begins is None}
    if profile.fiscal_start == "1" or profile.fiscal_named is not None or not of_one_year:
        return None
    text, name = next(iter(of_one_year.items()))
    return question(
        "fiscal-named", "fiscal_named", ["ends", BEGINS], value=text, year=name.year,
        preview=[
            f"{named_by}: {text} is {name.in_dates(profile.answered('fiscal_named', named_by))}"
            for named_by in ("ends", BEGINS)
        ],
    )  # fmt: skip


def _in_either(name: PeriodName, month: str) -> str:
    """The first and last day by each way of naming fiscal years that begin in a month."""
    dates = [
        name.in_dates(Profile(fiscal_start=month, fiscal_named=named)) for named in ("ends", BEGINS)
    ]
    return ", or ".join(dict.fromkeys(filter(None, dates)))


def _in_utc(text: str, name: str, offset: str) -> str:
    """A time of such a zone in UTC, for a question."""
    plain = with_offset(text, {name: offset}, "dmy") or ""
    read = moment(plain, "dmy", None) or in_any_form(plain, "dmy")
    return f"{read.at:%Y-%m-%d %H:%M} UTC" if read is not None and read.at is not None else plain
