"""Choices that narrow a list: each stands in the address while it narrows anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.in_life.project_groups import (
    ANY,
    GroupBy,
    Need,
    Order,
    ProjectFilter,
    together,
)
from mlpm_core.services.in_life.project_list import STATES
from pages.parts.common import addresses, controls
from pages.parts.common.format import plain
from pages.parts.overview import projects_text as words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.in_life.portfolio import Health
    from mlpm_core.services.in_life.project_groups import ProjectGroup
    from mlpm_core.services.in_life.project_list import ProjectRow

_ALL, _NOBODY, _NONE = "", "@nobody", "none"
_STATES: Mapping[str, Health | None] = {s.value if s else _NONE: s for s in STATES}
_LONGEST = 200  # characters that are looked for


def bar(rows: Sequence[ProjectRow]) -> tuple[ProjectFilter, GroupBy | None, Order]:
    """What is chosen above the list of projects."""
    owners = sorted({row.record.owner for row in rows}, key=lambda o: (o == "", o.casefold()))
    by_name = {d.value: d for row in rows for d in row.facts.dimensions}
    with st.grid(6, min_column_width=120):
        text = find("Find in this list", "find", "Part of a name")
        owner = narrowed(
            "Owner", "Every owner", {o or _NOBODY: words.owner(o) for o in owners}, "owner"
        )
        aim = narrowed(
            "Should get better", "Anything", {n: d.label for n, d in by_name.items()}, "aim"
        )
        need = narrowed(
            "Waits for", "Anything", {n.value: title for n, title in words.NEEDS.items()}, "waits"
        )
        by = narrowed(
            "Group by", "No groups", {g.value: title for g, title in words.GROUPS.items()}, "group"
        )
        worst, *others = words.ORDERS
        order = narrowed(
            "Order", words.ORDERS[worst], {o: words.ORDERS[o] for o in others}, "order"
        )
    chosen = ProjectFilter(
        owner="" if owner == _NOBODY else owner,
        dimension=by_name[aim] if aim else None,
        need=Need(need) if need else None,
        text=text,
    )
    state = _state(together(row for row in rows if chosen.takes(row)))
    return (
        ProjectFilter(chosen.owner, state, chosen.dimension, chosen.need, chosen.text),
        GroupBy(by) if by else None,
        Order(order) if order else Order.WORST,
    )


def _state(group: ProjectGroup) -> Health | str | None:
    """The health that is asked for; each with how many projects have it by the other choices."""
    n = group.n_by_state
    titles = {name: f"{words.STATE_WORDS[s]} {plain(n[s])}" for name, s in _STATES.items()}
    every = f"All {plain(len(group.rows))}"
    chosen = narrowed("Health", every, titles, "health", in_sight=True)
    return _STATES[chosen] if chosen else ANY


def narrowed(
    label: str, every: str, options: Mapping[str, str], key: str, *, in_sight: bool = False
) -> str | None:
    """A choice among ids shown by their titles; None, which is called ``every``, narrows nothing.

    What the address names and is not there is said, and nothing is left out for it.

    Parameters
    ----------
    in_sight : bool
        Whether all choices stand side by side.
    """
    titles = {_ALL: every, **{str(name): title for name, title in options.items()}}
    unknown = addresses.follow(key, titles, _ALL)
    if unknown:
        controls.not_there(key, unknown)
    ask = st.segmented_control if in_sight else _select
    chosen = ask(
        label,
        list(titles),
        format_func=lambda name: titles.get(name, name),
        key=key,
        persist_state="session",
    )
    if chosen:
        return addresses.show(key, str(chosen))
    if not unknown:
        addresses.drop(key)
    return None


def _select(label: str, options: list[str], **more: object) -> str | None:
    is_open = st.session_state[str(more["key"])] is None  # what the address names is not there
    found: str | None = st.selectbox(label, options, index=None if is_open else 0, **more)  # type: ignore[call-overload]
    return found


def find(label: str, key: str, placeholder: str) -> str:
    """A text that is looked for, letter by letter; it stands in the address."""
    if addresses.is_news(key):
        st.session_state[key] = addresses.named(key)[0][:_LONGEST]
    elif st.session_state.get(key) is None:  # not yet, or no more after a step back
        st.session_state[key] = ""
    text: str = st.text_input(
        label,
        key=key,
        placeholder=placeholder,
        max_chars=_LONGEST,
        persist_state="session",
    )
    if text.strip():
        return addresses.show(key, text)
    addresses.drop(key)
    return ""
