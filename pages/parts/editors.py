"""What people fill in: the quantities of a value case, and any record from its definition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Column, ColumnKind, QuantityRecord, Record, columns
from mlpm_core.services import editing
from mlpm_core.services.kpis import kpi_units
from pages.parts import actions, forms, loaders, saving, sentences
from pages.parts.figures import inner, literal, number, written_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.valuation import CaseInput, CaseValue
    from pages.parts.forms import Form

__all__ = [
    "Filled",
    "news",
    "quantities",
    "record_form",
    "refused",
    "save_quantities",
    "save_record",
]

# what belongs to the demo, whose files set it, and what has a button of its own
_NOT_ASKED = {"is_demo", "clock_on", "archived"}
Changes = tuple[tuple[str, str], ...]


def quantities(project: str, case: CaseValue) -> tuple[Form, Changes]:
    """Every input of a value case as a field; what was changed, not yet saved."""
    entries = [*case.inputs, *case.realisation]
    stored = {
        row["name"]: row
        for row in loaders.records(project, QuantityRecord.kind)
        if row["value_case_id"] == case.value_case_id
    }
    form = forms.opened(
        f"case_{case.value_case_id}",
        (project, QuantityRecord.kind, case.value_case_id),
        {entry.name: stored.get(entry.name) for entry in entries},
        {entry.name: entry.planned or "" for entry in entries},
        lambda read: _news_of_quantities(project, read, stored),
    )
    form.head()
    st.caption(
        "Write a number as you know it: 0.3 or 12k exactly, 120 to 400 for nine times in ten, "
        "2 | 4 | 9 for low, middle and high, 40/2000 for 40 of 2,000."
    )
    values: dict[str, object] = {}
    groups = {
        "What the model scores": [i for i in case.inputs if i.is_metric],
        "What the business knows": [i for i in case.inputs if not i.is_metric and i.is_asked],
        "Only to compare with other baselines": [i for i in case.inputs if not i.is_asked],
    }
    for title, shown in groups.items():
        if shown:
            st.markdown(f"**{title}**")
            values |= _fields(form, case, shown)
    written = any(entry.planned for entry in case.realisation)
    with st.expander("What it costs, and how the value arrives", expanded=written):
        st.caption("Without a build cost here, that of an estimate of the work is taken.")
        values |= _fields(form, case, case.realisation)
    typed = {name: str(text).strip() for name, text in form.remember(values).items()}
    changed = {n: text for n, text in typed.items() if text and text != form.initial[n]}
    return form, tuple(sorted(changed.items()))


def _news_of_quantities(
    project: str, read: Mapping[str, Any], stored: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """What others made of the numbers of a value case since they were read."""
    told = []
    for name, was in read.items():
        if was is not None and stored.get(name) not in (None, was):
            found = news(project, QuantityRecord.kind, was)
            told += [(name, sentence) for column, sentence in found if column == "written"]
    return told


def news(project: str, kind: str, read: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What others made of a record since it was read: the field and a sentence of each change."""
    found = editing.changed_since(loaders.workspace(), loaders.actor(), project, kind, read)
    return [(change.column, change.sentence) for change in found]


def _fields(form: Form, case: CaseValue, shown: Sequence[CaseInput]) -> dict[str, str]:
    """Fields side by side, with what they hold."""
    values = {}
    with st.grid(3, min_column_width=250):
        for entry in shown:
            with st.container():
                values[entry.name] = _quantity_field(form, case, entry)
    return values


def _quantity_field(form: Form, case: CaseValue, entry: CaseInput) -> str:
    unit = written_unit(entry.unit, case.currency)
    typed = st.text_input(
        literal(f"{entry.label}, {unit}"),
        placeholder=entry.default or "",
        help=sentences.question(entry),
        key=form.key(entry.name),
        on_change=form.note,
    )
    if entry.monitored:
        st.caption(
            literal(f"monitored: {number(entry.monitored_value or 0, 4)}, {entry.monitored_in}")
        )
    return typed or ""


def save_quantities(project: str, case: CaseValue, form: Form, changes: Changes) -> None:
    """Offer to keep what was tried out."""
    if not changes:
        st.caption("Change a number above: the picture follows at once, and nothing is saved yet.")
        return
    with st.container(border=True):
        of = (project, "source", case.value_case_id)
        asks = forms.opened("case", of, None, {"source": ""})
        source = st.text_input(
            "Where do the changed numbers come from?",
            placeholder="ERP sales 2025, interview with ...",
            key=asks.key("source"),
            live=forms.LIVE,
            on_change=asks.note,
        )
        asks.remember({"source": source or ""})
        is_asked, result = saving.settled(form, project, dict(changes))
        if not is_asked:
            if not st.button("Save the changes", type="primary", icon=":material/save:"):
                return
            edits = _edits(case, form, changes, source or "")
            result = saving.saved(
                form,
                dict(changes),
                lambda: actions.save_edits(project, QuantityRecord.kind, edits),
            )
        if result is None or refused(result.receipt):
            return
        n = f"{len(changes)} changed number{'s' if len(changes) > 1 else ''}"
        message = f"Saved {n} as {result.receipt.batch}.{saving.kept(form, result)}"
        asks.done()
        form.done()
        actions.say_and_rerun(message, result.receipt)


def _edits(case: CaseValue, form: Form, changes: Changes, source: str) -> list[editing.Edit]:
    """The changed numbers with where they come from and who stands for them."""
    entries = {entry.name: entry for entry in (*case.inputs, *case.realisation)}
    read = form.read or {}
    return [
        editing.Edit(
            read.get(name),
            {"value_case_id": case.value_case_id, "name": name, "written": written},
            {
                "source": source or entries[name].source,
                "owner": entries[name].owner or loaders.actor(),
            },
        )
        for name, written in changes
    ]


def refused(receipt: Receipt) -> bool:
    """Whether a write was not taken; says why."""
    if receipt.status == "committed":
        return False
    if receipt.ignored and not receipt.rejects:
        st.info("Nothing changed: this is what is stored already.", icon=":material/info:")
    for reject in receipt.rejects:
        where = f"{reject.column}: " if reject.column else ""
        st.error(literal(f"{where}{reject.message} {reject.hint}"), icon=":material/error:")
    for question in receipt.questions:
        st.warning(literal(question.message), icon=":material/help:")
    return True


@dataclass(frozen=True, slots=True)
class Filled:
    """A form of a record with what its fields hold; ``typed`` is what differs from the record."""

    record: type[Record]
    project: str
    form: Form
    values: Mapping[str, object]
    typed: Mapping[str, object]

    @property
    def is_new(self) -> bool:
        """Whether it adds a record."""
        return self.form.read is None


def record_form(record: type[Record], project: str, known: Mapping[str, Any] | None) -> Filled:
    """A form derived from a record's definition; ``known`` is the record to change."""
    shown = [
        c
        for c in columns(record)
        if (c.name != "project" or record.kind == "projects") and c.name not in _NOT_ASKED
    ]
    turn = st.session_state.setdefault("register_turn", 0)  # a saved record empties the form
    name = "_".join(str(known[k]) for k in record.key) if known else f"new{turn}"
    form = forms.opened(
        f"register_{record.kind}_{name}",
        (project, record.kind, *([str(known[k]) for k in record.key] if known else ["@new"])),
        known,
        {c.name: _initial(c, project, known) for c in shown},
        lambda read: news(project, record.kind, read),
    )
    form.head()
    values: dict[str, object] = {}
    first = [c for c in shown if c.required]
    more = [c for c in shown if not c.required]
    for title, fields in (("", first), ("Optional", more)):
        if title and fields:
            st.caption(title)
        with st.grid(3, min_column_width=250):
            for column in fields:
                values[column.name] = _field(form, record, column, project, values)
    return Filled(record, project, form, values, form.remember(values))


def save_record(filled: Filled, *, page: str = "data/registers.py") -> None:
    """The buttons that write what the form holds and show it on ``page``, or archive the record."""
    record, form, typed = filled.record, filled.form, filled.typed
    into = str(filled.values["project"]) if record.kind == "projects" else filled.project
    is_asked, result = saving.settled(form, into, typed)
    if not is_asked:
        with st.container(horizontal=True):
            word = "Add the " + inner(record.singular) if filled.is_new else "Save"
            is_pressed = st.button(word, type="primary", icon=":material/save:")
            _archive_button(filled)
        if not is_pressed or _has_gaps(filled):
            return
        changes = filled.values if filled.is_new else typed
        edits = [editing.Edit(form.read, changes)]
        result = saving.saved(form, typed, lambda: actions.save_edits(into, record.kind, edits))
    if result is None or refused(result.receipt):
        return
    if filled.is_new:
        st.session_state["register_turn"] += 1
    actions.say(f"Saved as {result.receipt.batch}.{saving.kept(form, result)}", result.receipt)
    form.done()
    where = {"project": into} | ({"kind": record.kind} if page.endswith("registers.py") else {})
    st.switch_page(page, query_params=where)


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
    if actions.set_archived(str(read["project"]), kind, read, archived=archived):
        read["archived"] = archived


def _has_gaps(filled: Filled) -> bool:
    """Whether something that is needed is empty; says what."""
    missing = [
        column.label
        for column in columns(filled.record)
        if column.required
        and column.name in filled.values
        and str("" if (v := filled.values[column.name]) is None else v).strip() == ""
    ]
    if missing:
        st.error(f"Fill in {literal(', '.join(missing))}.", icon=":material/error:")
    return bool(missing)


def _initial(column: Column, project: str, known: Mapping[str, Any] | None) -> object:
    """What the field of a column shows for a record, or before one is added."""
    now = known[column.name] if known else column.default
    if column.refers_to and not known:
        only = list(loaders.titles(project, column.refers_to))
        now = only[0] if len(only) == 1 else now
    match column.kind:
        case ColumnKind.FLAG:
            return bool(now)
        case ColumnKind.DAY:
            return now if isinstance(now, date) else None
        case ColumnKind.NUMBER:
            return None if now is None else float(now)
        case ColumnKind.WHOLE:
            return None if now is None else int(now)
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
    if options is not None:
        return _choice(form, column, label, options, common)
    match column.kind:
        case ColumnKind.FLAG:
            return st.checkbox(label, **common)
        case ColumnKind.DAY:
            return st.date_input(label, value=None, format="YYYY-MM-DD", **common)
        case ColumnKind.NUMBER:
            return st.number_input(label, value=None, **common)
        case ColumnKind.WHOLE:
            return st.number_input(label, value=None, step=1, **common)
        case _:
            return st.text_input(label, live=forms.LIVE, **common) or ""


def _choice(
    form: Form, column: Column, label: str, options: Mapping[str, str], common: Mapping[str, Any]
) -> object:
    """A choice of a column; one that is no longer offered stays until another one is made."""
    key, stored = form.key(column.name), form.initial[column.name]
    if st.session_state[key] not in options:
        st.session_state[key] = None
    chosen = st.selectbox(
        label,
        list(options),
        index=None if st.session_state[key] is None else 0,
        format_func=lambda o: options.get(o, o) or "–",
        placeholder="Choose one" if options else "Nothing to choose from yet",
        **common,
    )
    is_kept = (
        chosen is None and stored not in options and (column.refers_to or stored in (None, ""))
    )
    return stored if is_kept else chosen


def _options(
    record: type[Record], column: Column, project: str, values: Mapping[str, object]
) -> dict[str, str] | None:
    """What may be chosen for a column: id by title; None when it is written freely."""
    empty = {} if column.required else {"": ""}
    if column.choices:
        labels = {named.value: named.label for named in (*Dimension, *Area)}
        return {c: labels.get(c, c.capitalize()) for c in column.choices}
    if column.refers_to:
        found = loaders.titles(project, column.refers_to)
        return empty | found
    match record.kind, column.name:
        case "value_cases", "mechanism":
            return {
                m.id: f"{m.name}: {m.sentence}" for m in loaders.mechanism_choices(project).values()
            }
        case "quantities", "name":
            return loaders.input_titles(project, str(values.get("value_case_id") or ""))
        case "kpis", "unit":
            if not values.get("dimension"):
                return {}
            units = kpi_units(Dimension(str(values["dimension"])), loaders.currency(project))
            return {unit: written_unit(unit) for unit in units}
        case _:
            return None
