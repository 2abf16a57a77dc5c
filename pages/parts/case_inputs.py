"""The numbers of a value case: a field for each, tried at once, saved on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.records import QuantityRecord
from mlpm_core.services import editing
from pages.parts import actions, forms, loaders, saving, sentences
from pages.parts.figures import counted, literal, number, written_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.valuation import CaseInput, CaseValue
    from pages.parts.forms import Form

__all__ = ["fields", "save"]

Changes = tuple[tuple[str, str], ...]


def fields(project: str, case: CaseValue) -> tuple[Form, Changes]:
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
        lambda read: _news(project, read, stored),
    )
    form.head()
    st.caption(
        "Write a number as you know it: 0.3 or 12k exactly, 120 to 400 for nine times in ten, "
        "2 | 4 | 9 for low, middle and high, 40/2000 for 40 of 2,000, samples(12, 9, 17) for what "
        "was looked up. What moves with another number says so by its name in the formulas: "
        "120 to 400 with recall 0.5."
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
            values |= _group(form, case, shown)
    written = any(entry.planned for entry in case.realisation)
    with st.expander("What it costs, and how the value arrives", expanded=written):
        st.caption("Without a build cost here, that of an estimate of the work is taken.")
        values |= _group(form, case, case.realisation)
    typed = {name: str(text).strip() for name, text in form.remember(values).items()}
    changed = {n: text for n, text in typed.items() if text and text != form.initial[n]}
    return form, tuple(sorted(changed.items()))


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


def _group(form: Form, case: CaseValue, shown: Sequence[CaseInput]) -> dict[str, str]:
    """Fields side by side, with what they hold."""
    values = {}
    with st.grid(3, min_column_width=250):
        for entry in shown:
            with st.container():
                values[entry.name] = _field(form, case, entry)
    return values


def _field(form: Form, case: CaseValue, entry: CaseInput) -> str:
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


def save(project: str, case: CaseValue, form: Form, changes: Changes) -> None:
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
        labels = {entry.name: entry.label for entry in (*case.inputs, *case.realisation)}
        edits = _edits(case, form, changes, source or "")
        result = saving.offered(
            form,
            project,
            dict(changes),
            lambda: st.button("Save the changes", type="primary", icon=":material/save:"),
            lambda: actions.save_edits(project, QuantityRecord.kind, edits),
            labels,
        )
        if result is None:
            return
        n = counted(result.receipt.stored, "changed number")
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
