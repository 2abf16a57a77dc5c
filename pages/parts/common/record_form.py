"""What people fill in: any record, by a form that follows from its definition."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.quantity import CURRENCIES, Dimension
from mlpm_core.records import Column, ColumnKind, Record, columns, names_in
from mlpm_core.services.in_life.shown_period import month_name
from mlpm_core.services.ingest import editing
from mlpm_core.services.ingest.short_names import free_name, short_name
from mlpm_core.services.valuation.kpis import kpi_units
from pages.parts.common import (
    addresses,
    choice_fields,
    commands,
    forms,
    number_fields,
    numbers,
    queries,
    saving,
)
from pages.parts.common.choices import choice_label
from pages.parts.common.format import inner, literal, written_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from pages.parts.common.forms import Form

_NEW_MODEL, _NAMED = "+", "_named"  # no name begins with this sign
# what belongs to the demo, whose files set it, and what has a button of its own
_NOT_ASKED = {"is_demo", "clock_on", "archived"}
_SELDOM_EMPTY = {("kpis", "baseline"), ("kpis", "target")}  # only a provisional KPI may wait


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of a record with what its fields hold; ``typed`` is what differs from the record.

    ``unread`` are the labels of fields whose text is no number yet, or has two readings. ``places``
    are those of the fields, for what is wrong in them.
    """

    record: type[Record]
    project: str
    form: Form
    values: Mapping[str, object]
    typed: Mapping[str, object]
    unread: tuple[str, ...] = ()
    places: Mapping[str, DeltaGenerator] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether it adds a record."""
        return self.form.read is None


def record_form(record: type[Record], project: str, stored: Mapping[str, Any] | None) -> Filled:
    """A form derived from a record's definition; ``stored`` is the record to change."""
    shown = [
        c
        for c in columns(record)
        if (c.name != "project" or record.kind == "projects") and c.name not in _NOT_ASKED
    ]
    turn = st.session_state.setdefault("register_turn", 0)  # a saved record empties the form
    name = "_".join(str(stored[k]) for k in record.key) if stored else f"new{turn}"
    form = forms.opened(
        f"register_{record.kind}_{name}",
        (project, record.kind, *([str(stored[k]) for k in record.key] if stored else ["@new"])),
        stored,
        _all_initial(record, shown, project, stored),
        lambda read: saving.news(project, record.kind, read),
    )
    form.head()
    texts: dict[str, object] = {}
    values: dict[str, object] = {}
    unread = []
    places: dict[str, DeltaGenerator] = {}
    named = record.key[-1] if stored is None and _is_named_by_title(record) else ""
    first = [c for c in shown if _is_asked_first(record, c) and c.name != named]
    more = [c for c in shown if c not in first]
    for title, fields in (("Required" if more else "", first), ("Optional", more)):
        if title and fields:
            st.caption(title)
        with st.grid(3, min_column_width=250):
            for column in fields:
                places[column.name] = st.container()
                if not number_fields.is_typed(column):
                    with places[column.name]:
                        held = _field(form, record, column, project, values)
                    texts[column.name] = held
                    values[column.name] = "; ".join(held) if isinstance(held, list) else held
                    continue
                with places[column.name]:
                    entered = number_fields.drawn(form, record, column, project, values)
                texts[column.name], values[column.name] = entered.text, entered.value
                if not entered.is_read:
                    unread.append(column.label)
    form.remember(texts | _held_models(form, record))
    if named and not str(values[named]).strip():
        values[named] = _name_of_title(record, project, values)
    typed = {name: values[name] for name in form.changes(texts)}
    return Filled(record, project, form, values, typed, tuple(unread), places)


def _is_named_by_title(record: type[Record]) -> bool:
    """Whether a record's short name can be made of the title that everybody writes anyway."""
    shown = {c.name: c for c in columns(record)}
    last = shown[record.key[-1]]
    return bool("title" in shown and shown["title"].required and not last.refers_to)


def _name_of_title(record: type[Record], project: str, values: Mapping[str, object]) -> str:
    """The short name of a new record made of its title; empty before there is one."""
    title = str(values.get("title") or "").strip()
    if not title:
        return ""
    stem = short_name(title, record.kind.removesuffix("s").replace("_", "-"))
    if record.kind == "projects":
        return free_name(stem, {p.project for p in queries.all_projects()}.__contains__)
    return free_name(
        stem, lambda name: queries.record_named(project, record.kind, (name,)) is not None
    )


def _is_asked_first(record: type[Record], column: Column) -> bool:
    """Whether a field stands among the first ones, for a record is seldom saved without it."""
    return column.required or (record.kind, column.name) in _SELDOM_EMPTY


def _all_initial(
    record: type[Record], shown: Sequence[Column], project: str, stored: Mapping[str, Any] | None
) -> dict[str, object]:
    """What every field shows; that of a model has one for a new name beside it."""
    initial = {column.name: _initial(column, project, stored) for column in shown}
    for column in shown:
        if _names_models(record, column):
            initial[f"{column.name}{_NAMED}"] = ""
            if column.required and not stored and not queries.titles(project, "models"):
                initial[column.name] = _NEW_MODEL  # there is nothing else to choose
    return initial


def _held_models(form: Form, record: type[Record]) -> dict[str, object]:
    """What the two fields of a model hold, to be found again after a reload."""
    fields = [
        field
        for column in columns(record)
        if _names_models(record, column)
        for field in (column.name, f"{column.name}{_NAMED}")
    ]
    return {field: st.session_state.get(form.key(field), "") for field in fields}


def save_record(
    filled: Filled,
    *,
    page: str = "data/registers.py",
    where: Mapping[str, str] | None = None,
) -> None:
    """The buttons that write what the form holds and show it on ``page``, or archive the record.

    ``where`` is what the address of that page names besides the project.
    """
    record, form = filled.record, filled.form
    into = str(filled.values["project"]) if record.kind == "projects" else filled.project
    is_new_model = _is_new_model(record, filled.project, filled.values)
    edits = [editing.Edit(form.read, filled.values if filled.is_new else filled.typed)]
    save = partial(commands.save_edits, into, record.kind, edits, is_new_model=is_new_model)
    result = saving.offered(
        form, into, filled.typed, lambda: _buttons(filled), save, places=filled.places
    )
    if result is None:
        return
    if filled.is_new:
        st.session_state["register_turn"] += 1
    commands.say(f"Saved as {result.receipt.batch}.{saving.kept(form, result)}", result.receipt)
    form.done()
    is_named = page.endswith("registers.py") or addresses.named("kind")
    kind = {"kind": record.kind} if is_named else {}
    st.switch_page(page, query_params={"project": into} | kind | dict(where or {}))


def _buttons(filled: Filled) -> bool:
    """The buttons below a form; whether what it holds is to be saved."""
    with st.container(horizontal=True):
        word = "Add the " + inner(filled.record.singular) if filled.is_new else "Save"
        is_pressed = st.button(word, type="primary", icon=":material/save:", shortcut=forms.SAVE)
        _archive_button(filled)
    return is_pressed and not _has_gaps(filled)


def _archive_button(filled: Filled) -> None:
    """Archive the record in the form, or bring it back."""
    read = filled.form.read
    if read is None or "archived" not in filled.record.model_fields:
        return
    is_archived = bool(read["archived"])
    st.button(
        "Restore" if is_archived else "Archive",
        icon=":material/unarchive:" if is_archived else ":material/archive:",
        help=None if is_archived else "Keep it, and show it no longer; it can be restored.",
        key=f"archive_{filled.form.name}",
        on_click=_set_archived,
        args=(filled.record.kind, read),
        kwargs={"archived": not is_archived},
    )


def _set_archived(kind: str, read: dict[str, Any], *, archived: bool) -> None:
    """Archive or restore what is in the form, which then rests on it as it is."""
    if commands.set_archived(str(read["project"]), kind, read, archived=archived):
        read["archived"] = archived


def _has_gaps(filled: Filled) -> bool:
    """Whether something that is needed is empty or not read yet; says what."""
    if filled.unread:
        st.error(
            f"Nothing was saved: settle {literal(', '.join(filled.unread))} first, see the "
            "message at the field.",
            icon=":material/error:",
        )
        return True
    missing = [
        column
        for column in columns(filled.record)
        if column.required
        and column.name in filled.values
        and str("" if (v := filled.values[column.name]) is None else v).strip() == ""
    ]
    if missing:
        for column in missing:
            filled.places[column.name].error("Please fill this in.", icon=":material/error:")
        labels = ", ".join(column.label for column in missing)
        st.error(f"Fill in {literal(labels)}.", icon=":material/error:")
    return bool(missing)


def _initial(column: Column, project: str, stored: Mapping[str, Any] | None) -> object:
    """What the field of a column shows for a record, or before one is added."""
    now: Any = stored[column.name] if stored else column.default
    if column.several:
        return list(names_in(now))
    if column.name == "year_starts_in":
        return str(now)
    if column.refers_to and not stored:
        only = list(queries.titles(project, column.refers_to))
        now = only[0] if len(only) == 1 else now
    match column.kind:
        case ColumnKind.FLAG:
            return bool(now)
        case ColumnKind.DAY:
            return now if isinstance(now, date) else None
        case ColumnKind.NUMBER:
            return numbers.shown(now)
        case ColumnKind.WHOLE:
            return numbers.shown(now) if number_fields.is_typed(column) else now
        case ColumnKind.CHOICE:
            return None if now is None else str(now)
        case _:
            return "" if now is None else str(now)


def _field(
    form: Form, record: type[Record], column: Column, project: str, values: Mapping[str, object]
) -> object:
    """One widget for one column, with the value it holds now."""
    label = literal(column.label) + ("" if not column.unit else f", {literal(column.unit)}")
    common: dict[str, Any] = {
        "help": literal(column.help),
        "key": form.key(column.name),
        "on_change": form.note,
        "disabled": form.read is not None and column.is_key,
    }
    options = _options(record, column, project, values)
    made = None
    if form.read is None and column.name == record.key[-1] and _is_named_by_title(record):
        made = _name_of_title(record, project, values)
        common["help"] += " It may stay empty: it is then made of the title."
    if column.several:
        return choice_fields.several(form, column, label, options or {}, common)
    if _names_models(record, column):
        return _model(form, column, project, label, common)
    if (record.kind, column.name) == ("kpis", "unit") and options:
        return choice_fields.unit(form, column, label, options, common, str(values["dimension"]))
    if options is not None:
        return choice_fields.choice(form, column, label, options, common)
    match column.kind:
        case ColumnKind.FLAG:
            return st.checkbox(label, **common)
        case ColumnKind.DAY:
            return st.date_input(label, value=None, format="YYYY-MM-DD", **common)
        case ColumnKind.WHOLE:
            return st.number_input(label, value=None, step=1, **common)
        case _:
            return st.text_input(label, live=forms.LIVE, placeholder=made, **common) or ""


def _names_models(record: type[Record], column: Column) -> bool:
    """Whether a column names a model that need not be registered yet."""
    return column.name == "model_id" and not column.refers_to and record.kind != "models"


def _is_new_model(record: type[Record], project: str, values: Mapping[str, object]) -> bool:
    """Whether the form's model is one that was typed in as new: the others are chosen."""
    if not any(_names_models(record, column) for column in columns(record)):
        return False
    return values["model_id"] not in queries.titles(project, "models")


def _model(
    form: Form, column: Column, project: str, label: str, common: Mapping[str, Any]
) -> object:
    """A choice among the registered models; a new one is named in a field of its own."""
    stored = str(form.initial[column.name] or "")
    written = {stored: stored} if stored and stored != _NEW_MODEL else {}
    empty = {} if column.required else {"": ""}
    options = empty | written | queries.titles(project, "models") | {_NEW_MODEL: "A new model …"}
    chosen = choice_fields.choice(form, column, label, options, common)
    if chosen != _NEW_MODEL:
        return chosen
    named = st.text_input(
        "Name of the new model",
        help="As it stands in result files.",
        key=form.key(f"{column.name}{_NAMED}"),
        live=forms.LIVE,
        on_change=form.note,
    )
    return (named or "").strip()


def _options(
    record: type[Record], column: Column, project: str, values: Mapping[str, object]
) -> dict[str, str] | None:
    """What may be chosen for a column: id by title; None when it is written freely."""
    empty = {} if column.required else {"": ""}
    if column.choices:
        return {c: choice_label(column, c) for c in column.choices}
    if column.refers_to:
        return empty | queries.titles(project, column.refers_to)
    match record.kind, column.name:
        case "value_cases", "mechanism":
            return {
                m.id: f"{m.name}: {m.sentence}" for m in queries.mechanism_choices(project).values()
            }
        case "quantities", "name":
            return queries.input_titles(project, str(values.get("value_case_id") or ""))
        case "check_results", "check_id":
            return queries.question_titles(project)
        case "projects", "year_starts_in":
            return {str(number): month_name(number) for number in range(1, 13)}
        case _, "currency":
            return empty | {code: code for code in sorted(CURRENCIES)}
        case "kpis", "unit":
            if not values.get("dimension"):
                return {}
            units = kpi_units(Dimension(str(values["dimension"])), queries.currency(project))
            return {unit: written_unit(unit) for unit in units}
        case _:
            return None
