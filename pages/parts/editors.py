"""What people fill in: the quantities of a value case, and any record from its definition."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.records import Area, Column, ColumnKind, Record, columns
from mlpm_core.services.kpis import kpi_units
from pages.parts import actions, loaders, sentences
from pages.parts.figures import inner, literal, number, written_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.valuation import CaseInput, CaseValue

__all__ = ["quantities", "record_form", "refused", "save_quantities", "save_record"]

_NEW_MODEL = "+"  # no name begins with this sign
_NOT_ASKED = {"is_demo", "clock_on"}  # they belong to the demo, whose files set them
Changes = tuple[tuple[str, str], ...]


def quantities(case: CaseValue) -> Changes:
    """Every input of a value case as a field; what was changed, not yet saved."""
    changes: dict[str, str] = {}
    st.caption(
        "Write a number as you know it: 0.3 or 12k exactly, 120 to 400 for nine times in ten, "
        "2 | 4 | 9 for low, middle and high, 40/2000 for 40 of 2,000."
    )
    groups = {
        "What the model scores": [i for i in case.inputs if i.is_metric],
        "What the business knows": [i for i in case.inputs if not i.is_metric and i.is_asked],
        "Only to compare with other baselines": [i for i in case.inputs if not i.is_asked],
    }
    for title, shown in groups.items():
        if shown:
            st.markdown(f"**{title}**")
            changes |= _fields(case, shown)
    written = any(entry.planned for entry in case.realisation)
    with st.expander("What it costs, and how the value arrives", expanded=written):
        st.caption("Without a build cost here, that of an estimate of the work is taken.")
        changes |= _fields(case, case.realisation)
    return tuple(sorted(changes.items()))


def _fields(case: CaseValue, shown: Sequence[CaseInput]) -> dict[str, str]:
    """Fields side by side; what was changed in them."""
    changes = {}
    with st.grid(3, min_column_width=250):
        for entry in shown:
            with st.container():
                written = _quantity_field(case, entry)
            if written and written != entry.planned:
                changes[entry.name] = written
    return changes


def _quantity_field(case: CaseValue, entry: CaseInput) -> str:
    unit = written_unit(entry.unit, case.currency)
    typed = st.text_input(
        literal(f"{entry.label}, {unit}"),
        value=entry.planned or "",
        placeholder=entry.default or "",
        help=sentences.question(entry),
        # A saved value makes a new field, so that it never shows what somebody else replaced.
        key=f"case_{case.value_case_id}_{entry.name}_{entry.planned}",
    )
    if entry.monitored:
        st.caption(
            literal(f"monitored: {number(entry.monitored_value or 0, 4)}, {entry.monitored_in}")
        )
    return (typed or "").strip()


def save_quantities(project: str, case: CaseValue, changes: Changes) -> None:
    """Offer to keep what was tried out."""
    if not changes:
        st.caption("Change a number above: the picture follows at once, and nothing is saved yet.")
        return
    with st.container(border=True):
        source = st.text_input(
            "Where do the changed numbers come from?",
            placeholder="ERP sales 2025, interview with ...",
            key="case_source",
        )
        if st.button("Save the changes", type="primary", icon=":material/save:"):
            known = {i.name: i for i in (*case.inputs, *case.realisation)}
            receipt = actions.save(
                project,
                "quantities",
                [
                    {
                        "value_case_id": case.value_case_id,
                        "name": name,
                        "written": written,
                        "source": source or known[name].source,
                        "owner": known[name].owner or loaders.actor(),
                    }
                    for name, written in changes
                ],
            )
            if not refused(receipt):
                actions.say_and_rerun(
                    f"Saved {len(changes)} changed number{'s' if len(changes) > 1 else ''} as "
                    f"{receipt.batch}. Imports can take it back."
                )


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


def record_form(
    record: type[Record], project: str, known: Mapping[str, Any] | None
) -> dict[str, object]:
    """A form derived from a record's definition; ``known`` is the record to change."""
    shown = [
        c
        for c in columns(record)
        if (c.name != "project" or record.kind == "projects") and c.name not in _NOT_ASKED
    ]
    values: dict[str, object] = {}
    first = [c for c in shown if c.required]
    more = [c for c in shown if not c.required and (known or c.name != "archived")]
    for title, fields in (("", first), ("Optional", more)):
        if title and fields:
            st.caption(title)
        with st.grid(3, min_column_width=250):
            for column in fields:
                values[column.name] = _field(record, column, project, known, values)
    return values


def save_record(
    record: type[Record],
    project: str,
    known: Mapping[str, Any] | None,
    values: Mapping[str, object],
    *,
    page: str = "data/registers.py",
) -> None:
    """The button that writes what the form holds, and shows it on ``page``."""
    word = "Save" if known else f"Add the {inner(record.singular)}"
    if not st.button(word, type="primary", icon=":material/save:"):
        return
    missing = [
        c.label for c in columns(record) if c.required and c.name in values and _empty(values, c)
    ]
    if missing:
        st.error(f"Fill in {literal(', '.join(missing))}.", icon=":material/error:")
        return
    into = str(values["project"]) if record.kind == "projects" else project
    is_new = _is_new_model(record, project, values)
    receipt = actions.save(
        into, record.kind, [dict(known or {}) | dict(values)], is_new_model=is_new
    )
    if refused(receipt):
        return
    st.session_state["register_turn"] += 1
    st.session_state["notice"] = f"Saved as {receipt.batch}. Imports can take it back."
    where = {"project": into} | ({"kind": record.kind} if page.endswith("registers.py") else {})
    st.switch_page(page, query_params=where)


def _empty(values: Mapping[str, object], column: Column) -> bool:
    return values[column.name] is None or str(values[column.name]).strip() == ""


def _field(
    record: type[Record],
    column: Column,
    project: str,
    known: Mapping[str, Any] | None,
    values: Mapping[str, object],
) -> object:
    """One widget for one column, with the value it holds now."""
    now = known[column.name] if known else column.default
    turn = st.session_state.setdefault("register_turn", 0)  # a saved record empties the form
    identity = "_".join(str(known[k]) for k in record.key) if known else f"new{turn}"
    label = literal(column.label) + ("" if not column.unit else f", {literal(column.unit)}")
    common: dict[str, Any] = {
        "help": literal(column.help),
        "key": f"register_{record.kind}_{identity}_{column.name}",
        "disabled": bool(known) and column.is_key,
    }
    options = _options(record, column, project, values)
    if _names_models(record, column):
        return _model(column, project, now, label, common)
    if options is not None:
        ids = list(options)
        only = [i for i in ids if i]
        if column.refers_to and not known and len(only) == 1:
            now = only[0]
        index = ids.index(str(now)) if now is not None and str(now) in ids else None
        return st.selectbox(
            label, ids, index=index, format_func=lambda o: options.get(o, o) or "–", **common
        )
    match column.kind:
        case ColumnKind.FLAG:
            return st.checkbox(label, value=bool(now), **common)
        case ColumnKind.DAY:
            return st.date_input(
                label, value=now if isinstance(now, date) else None, format="YYYY-MM-DD", **common
            )
        case ColumnKind.NUMBER:
            return st.number_input(label, value=None if now is None else float(now), **common)
        case ColumnKind.WHOLE:
            return st.number_input(label, value=None if now is None else int(now), step=1, **common)
        case _:
            return st.text_input(label, value="" if now is None else str(now), **common)


def _names_models(record: type[Record], column: Column) -> bool:
    """Whether a column names a model that need not be registered yet."""
    return column.name == "model_id" and not column.refers_to and record.kind != "models"


def _is_new_model(record: type[Record], project: str, values: Mapping[str, object]) -> bool:
    """Whether the form's model is one that was typed in as new: the others are chosen."""
    if not any(_names_models(record, column) for column in columns(record)):
        return False
    return values["model_id"] not in loaders.titles(project, "models")


def _model(
    column: Column, project: str, now: object, label: str, common: Mapping[str, Any]
) -> str | None:
    """A choice among the registered models; a new one is named in a field of its own."""
    registered = loaders.titles(project, "models")
    written = {str(now): str(now)} if now else {}
    empty = {} if column.required else {"": "–"}
    options = empty | written | registered | {_NEW_MODEL: "A new model …"}
    ids = list(options)
    index = ids.index(str(now)) if now else 0 if len(ids) == 1 or empty else None
    chosen = st.selectbox(label, ids, index=index, format_func=lambda o: options[o], **common)
    if chosen != _NEW_MODEL:
        return chosen
    return st.text_input(
        "Name of the new model", help="As it stands in result files.", key=f"{common['key']}_named"
    ).strip()


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
