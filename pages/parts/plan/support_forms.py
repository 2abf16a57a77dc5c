"""The calculators of the Support screen: a stored plan, its form, and what it says while typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.records import columns, record_of
from pages.parts.common import controls, record_form, work
from pages.parts.common.format import inner, literal
from pages.parts.plan import support_queries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.records import Record
    from pages.parts.common.record_form import Filled

PAGE = "plan/support.py"


@dataclass(frozen=True, slots=True)
class Calculator:
    """One kind of plan: the key of its choice in the address, its id, and what shows it.

    ``show`` takes the view of a plan and whether it is only tried; ``invites`` says what to write
    down where there is none.
    """

    kind: str
    key: str
    identifier: str
    show: Callable[[Any, str, bool], None]
    invites: str


def calculator(asked: Calculator, project: str, views: Sequence[Any], currency: str) -> None:
    """The plan in view with its form; what is typed is answered before it is saved."""
    record: type[Record] = record_of(asked.kind)
    chosen = _in_view(asked, views) if views else None
    name = inner(record.singular)
    title = f"Its numbers: {name}" if chosen else f"Add a new {name}"
    view, is_tried, lead, answer = chosen, False, st.container(), st.container()
    if work.choice(title, project, {asked.kind}, needed=chosen is None):
        fields, answer = work.beside("support", is_first=chosen is None)
        with fields:
            view, is_tried = _filled_in(asked, project, chosen)
    if view is None:
        lead.info(asked.invites, icon=":material/info:")
        return
    with answer:
        if view.problem:
            st.warning(literal(view.problem), icon=":material/help:")
        else:
            asked.show(view, currency, is_tried)


def _filled_in(asked: Calculator, project: str, chosen: Any) -> tuple[Any, bool]:  # noqa: ANN401
    """The form of a plan; what it says while it differs from what is stored, and whether."""
    record: type[Record] = record_of(asked.kind)
    another = chosen is not None and st.toggle(
        f"Add another {inner(record.singular)} instead of changing this one",
        key=f"another_{asked.kind}",
    )
    changed = dict(chosen.record) if chosen is not None and not another else None
    filled = record_form.record_form(record, project, changed)
    answered = _tried(asked, project, chosen, filled)
    record_form.save_record(filled, page=PAGE, where={"part": asked.key})
    return answered


def _in_view(asked: Calculator, views: Sequence[Any]) -> Any:  # noqa: ANN401  one of the views
    named = {str(getattr(v.record, asked.identifier)): v for v in views}
    record = record_of(asked.kind)
    return named[controls.one_of(record.singular, {name: name for name in named}, asked.key)]


def _tried(
    asked: Calculator,
    project: str,
    stored: Any,  # noqa: ANN401  any of the views
    filled: Filled,
) -> tuple[Any, bool]:
    """What the form says while it differs from what is stored, and whether it does."""
    record = record_of(asked.kind)
    if not filled.typed or filled.unread:
        return stored, False
    needed = [c.name for c in columns(record) if c.required and c.name in filled.values]
    if filled.is_new and any(
        filled.values[n] in (None, "") for n in needed if n != asked.identifier
    ):
        return stored, False
    try:
        return support_queries.tried(project, asked.kind, filled.values), True
    except InputError as error:
        st.error(literal(error), icon=":material/error:")
        return stored, False
