"""Fields of a form in which one chooses among what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.services.valuation.kpis import is_measured_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Column
    from pages.parts.common.forms import Form


def choice(
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


def several(
    form: Form, column: Column, label: str, options: Mapping[str, str], common: Mapping[str, Any]
) -> list[str]:
    """Any number of what is there; one that is no longer offered stays until it is taken out."""
    held = [name for name in st.session_state[form.key(column.name)] or [] if name]
    named = {n: t for n, t in options.items() if n} | {n: n for n in held if n not in options}
    return st.multiselect(
        label,
        list(named),
        format_func=lambda name: named.get(name, name),
        placeholder="Choose any number" if named else "Nothing to choose from yet",
        **common,
    )


def unit(
    form: Form,
    column: Column,
    label: str,
    options: Mapping[str, str],
    common: Mapping[str, Any],
    dimension: str,
) -> object:
    """The unit of a KPI: one that its dimension implies, or any other, typed in."""
    key = form.key(column.name)
    written = str(st.session_state[key] or "").strip()
    if written and is_measured_only(Dimension(dimension), written):
        options = {**options, written: written}
        st.session_state[key] = written
    more = {**common, "accept_new_options": True}
    return choice(form, column, label, options, more)
