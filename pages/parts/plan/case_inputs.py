"""The numbers of a value case: a field for each, tried at once, saved on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.records import QuantityRecord
from mlpm_core.services.ingest import editing
from pages.parts.common import commands, forms, numbers, printing, queries, saving, text
from pages.parts.common.format import asked_unit, computed, counted, listed, literal, money, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.valuation.value_cases import CaseInput, CaseValue
    from pages.parts.common.forms import Form

Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """The form of a value case: what was changed, not yet saved, and what is not read yet.

    ``changes`` are pairs of an input's name and its notation, ``unread`` labels of fields.
    """

    form: Form
    changes: Changes
    unread: tuple[str, ...]


def fields(project: str, case: CaseValue) -> Fields:
    """Every input of a value case as a field."""
    entries = [*case.inputs, *case.realisation]
    stored = {
        row["name"]: row
        for row in queries.records(project, QuantityRecord.kind)
        if row["value_case_id"] == case.value_case_id
    }
    form = forms.opened(
        f"case_{case.value_case_id}",
        (project, QuantityRecord.kind, case.value_case_id),
        {entry.name: stored.get(entry.name) for entry in entries},
        {entry.name: numbers.as_typed(entry.planned or "") for entry in entries},
        lambda read: _news(project, read, stored),
    )
    form.head()
    st.caption(
        "Write each number as you know it: 18%, 12k or EUR 15 if it is exact, 120 to 400 if it "
        "lies in between 9 times in 10, 40 of 200 if it is a share that was counted.",
        help="Also possible: 2 | 4 | 9 for a low, a middle and a high value; samples(12, 9, 17) "
        "for single values that were looked up; 120 to 400 with recall 0.5 for a number that rises "
        "when another one, here recall, rises (a correlation of one half).",
    )
    if case.typical:
        st.caption(
            ":material/rule: marks a typical value that nobody has checked: its source is in the "
            "help beside it. Another number in its place is yours."
        )
    values: dict[str, object] = {}
    notations: dict[str, str | None] = {}
    groups = {
        "Metrics of the model": [i for i in case.inputs if i.is_metric],
        "Numbers of the business": [i for i in case.inputs if not i.is_metric and i.is_asked],
        "Needed only for the comparison with other ways": [
            i for i in case.inputs if not i.is_asked
        ],
    }
    for title, shown in groups.items():
        if shown:
            st.markdown(f"**{title}**")
            values |= _group(form, case, shown, notations)
    written = any(entry.planned for entry in case.realisation)
    with st.expander("Costs and timing", expanded=written):
        st.caption("If the build cost is left empty, the cost of the estimate is used.")
        values |= _group(form, case, case.realisation, notations)
    form.remember(values)
    stored_texts = {entry.name: entry.planned or "" for entry in entries}
    changed = {n: text for n, text in notations.items() if text and text != stored_texts[n]}
    open_fields = tuple(entry.label for entry in entries if notations.get(entry.name, "") is None)
    return Fields(form, tuple(sorted(changed.items())), open_fields)


def _news(
    project: str, read: Mapping[str, Any], stored: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """What others made of the numbers of a value case since they were read."""
    return [
        (name, sentence)
        for name, was in read.items()
        if was is not None and stored.get(name) not in (None, was)
        for column, sentence in saving.news(project, QuantityRecord.kind, was)
        if column == "written"
    ]


def _group(
    form: Form, case: CaseValue, shown: Sequence[CaseInput], notations: dict[str, str | None]
) -> dict[str, str]:
    """Fields side by side, with what they hold; of those that were changed also what it means."""
    values = {}
    with st.grid(3, min_column_width=250):
        for entry in shown:
            with st.container():
                values[entry.name] = text = _field(form, case, entry)
                if text.strip() and text != form.initial[entry.name]:
                    notations[entry.name] = _notation(form, case, entry.name, text)
    return values


def _notation(form: Form, case: CaseValue, name: str, text: str) -> str | None:
    """What was typed, in the notation of quantities; None while it cannot be used."""
    reading = numbers.understood(form, name, lambda: numbers.read_answer(case, name, text))
    return None if reading is None else reading.notation


def unread(entered: Fields) -> None:
    """Say of which fields the figures still show what was stored before."""
    if entered.unread:
        st.warning(
            f"Not used yet: {literal(listed(entered.unread))}. See the message at the field. The "
            "figures still use the earlier numbers.",
            icon=":material/edit_note:",
        )


def _field(form: Form, case: CaseValue, entry: CaseInput) -> str:
    typed = st.text_input(
        literal(f"{entry.label}, {asked_unit(entry.unit, case.currency)}"),
        placeholder=numbers.as_typed(entry.default or ""),
        icon=":material/rule:" if entry.is_typical else None,
        help=text.question(entry),
        key=form.key(entry.name),
        on_change=form.note,
    )
    if entry.monitored:
        st.caption(
            literal(
                f"Monitored: {number(entry.monitored_value or 0, 4)}, {entry.monitored_in}"
                + (f", {computed(entry.computed)}" if entry.computed else "")
            )
        )
    return typed or ""


def moved(saved: CaseValue, tried: CaseValue) -> str:
    """The net benefit of the numbers that are typed beside that of those that are saved."""
    net, was = (
        "not available yet" if case.best is None else money(case.best.net.mean, case.currency)
        for case in (tried, saved)
    )
    return f"Net benefit with these changes: **{literal(net)}**. Saved: {literal(was)}."


def save(project: str, case: CaseValue, entered: Fields, saved: CaseValue) -> None:
    """What was tried out makes of the net benefit that is saved, and the offer to keep it."""
    form, changes = entered.form, entered.changes
    if not changes:
        st.caption(
            "Change a number: the figures beside it follow at once. It is saved when you save it."
        )
        return
    with st.container(border=True):
        st.markdown(moved(saved, case))
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
        labels = {entry.name: entry.label for entry in (*case.inputs, *case.realisation)}
        edits = _edits(case, form, changes, source or "")
        result = saving.offered(
            form,
            project,
            dict(changes),
            lambda: st.button(
                "Save the changes",
                type="primary",
                icon=":material/save:",
                disabled=bool(entered.unread),
                help="First correct the fields that are not used yet." if entered.unread else None,
            ),
            lambda: commands.save_edits(project, QuantityRecord.kind, edits),
            labels,
        )
        if result is None:
            return
        n = counted(result.receipt.stored or 0, "changed number")
        message = f"Saved {n} as {result.receipt.batch}.{saving.kept(form, result)}"
        asks.done()
        form.done()
        commands.say_and_rerun(message, result.receipt)


def confirm(project: str, case: CaseValue, entered: Fields) -> None:
    """For typical values that are right as they stand: say how that is known, and they are ours."""
    typical = {entry.name: entry for entry in case.typical}
    read = {name: (entered.form.read or {}).get(name) for name in typical}
    if not typical or printing.is_on():
        return
    with st.expander("Some typical values are right as they stand", icon=":material/rule:"):
        of = (project, "confirm", case.value_case_id)
        asks = forms.opened("confirm", of, None, {"right": [], "source": ""})
        right = st.multiselect(
            "These are right",
            list(typical),
            format_func=lambda name: typical[name].label if name in typical else name,
            key=asks.key("right"),
            on_change=asks.note,
        )
        source = st.text_input(
            "How do you know?",
            placeholder="Counted in the CRM, asked the service desk ...",
            key=asks.key("source"),
            live=forms.LIVE,
            on_change=asks.note,
        )
        asks.remember({"right": right, "source": source or ""})
        edits = [
            editing.Edit(
                read[name],
                {"source": (source or "").strip()},
                {"owner": typical[name].owner or queries.actor()},
            )
            for name in right
        ]
        result = saving.offered(
            asks,
            project,
            {"right": tuple(right), "source": source},
            lambda: st.button(
                "Mark them as checked",
                icon=":material/check:",
                disabled=not right or not (source or "").strip(),
                help="Choose the values, and say how you know.",
            ),
            lambda: commands.save_edits(project, QuantityRecord.kind, edits),
            {name: entry.label for name, entry in typical.items()},
        )
        if result is None:
            return
        n = counted(result.receipt.stored or 0, "typical value")
        asks.done()
        commands.say_and_rerun(f"{n} marked as checked.", result.receipt)


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
                "owner": entries[name].owner or queries.actor(),
            },
        )
        for name, written in changes
    ]
