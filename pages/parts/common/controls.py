"""Controls shared by screens: each follows the address, and says so when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from mlpm_core.records import KINDS
from pages.parts.common import addresses, commands, printing, queries, tables
from pages.parts.common.choices import LENGTHS
from pages.parts.common.format import inner, listed, literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from mlpm_core.services.in_life.deployments import DeploymentLine
    from mlpm_core.services.in_life.portfolio import PortfolioRow

T = TypeVar("T")

_NOUNS = {
    "case": "value case",
    "deployment": "model in use",
    "kind": "kind of record",
    "as_of": "past moment",
    "kpi": "KPI",
    "by": "length of period",
    "range": "time range",
    "against": "comparison",
    "dimension": "KPI dimension",
    "candidate": "KPI to find",
    "mode": "kind of estimate",
    "aim": "dimension among these projects",
    "waits": "thing that a project may wait for",
    "group": "way to group projects",
    "order": "order of projects",
    "shown": "project in this list",
}
"""What a key of an address names, where it is not the key itself."""
_KINDS = {
    "case": "value_cases",
    "deployment": "deployments",
    "kpi": "kpis",
    "estimate": "estimates",
    "mechanism": "mechanisms",
}
"""The kind of record that a key names, which may be archived."""
_OF_ALL = frozenset(
    (
        *("project", "kind", "dimension", "owner", "health", "aim", "waits", "group", "order"),
        *("shown", "range", "against"),
    )
)
"""Keys whose values are not looked for in one project."""
_LONGEST = 60  # characters of an address that a notice repeats


def project() -> str:
    """The project in view; stops the screen with the way out when there is none."""
    chosen = st.session_state.get("project")
    if not chosen:
        if addresses.named("project") and queries.all_projects():
            st.stop()  # the frame says that it is not there, and offers the others
        st.info(
            "There is no project yet. Say what a model of yours does: you see a first value at "
            "once.",
            icon=":material/info:",
        )
        st.page_link("plan/start.py", label="Create the first project", icon=":material/add:")
        st.stop()
    return str(chosen)


def not_there(key: str, values: Sequence[str], place: DeltaGenerator | None = None) -> None:
    """Say that what an address names is not there, so that nothing else is taken for it."""
    noun = _NOUNS.get(key, key)
    with place if place is not None else st.container():
        if len(values) > 1:
            several = listed([_quoted(value) for value in values[:5]])
            sentence = f"The address names more than one {noun}: {several}. Choose one."
        elif not values[0].strip():
            sentence = f"The address leaves the {noun} empty; choose one."
        else:
            sentence = (
                f"There is no {noun} {_quoted(values[0])}{_where(key)} (any more); choose one."
            )
        archived = _archived(key, values)
        if archived is None:
            st.warning(sentence, icon=":material/link_off:")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                f"The {noun} {_quoted(values[0])}{_where(key)} is archived; restore it, or choose "
                "another one.",
                icon=":material/inventory_2:",
            )
            st.button(
                "Restore",
                icon=":material/unarchive:",
                key=f"restore_{key}",
                on_click=commands.restore,
                args=(st.session_state.get("project"), _KINDS[key], archived),
            )


def _quoted(value: str) -> str:
    """A value of an address as it stands in a sentence, whatever it holds."""
    printable = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    short = printable if len(printable) <= _LONGEST else f"{printable[:_LONGEST]}…"
    return f"“{literal(short)}”"


def _where(key: str) -> str:
    """The project that something was looked for in."""
    chosen = st.session_state.get("project")
    if key in _OF_ALL or not chosen:
        return ""
    return f" in {literal(queries.project_title(str(chosen)))}"


def _archived(key: str, values: Sequence[str]) -> Mapping[str, Any] | None:
    """The archived record that an address names, if it is one."""
    chosen = st.session_state.get("project")
    if key not in _KINDS or not chosen or len(values) > 1:
        return None
    id_of = KINDS[_KINDS[key]].key[-1]
    return next(
        (
            row
            for row in queries.records(str(chosen), _KINDS[key])
            if row[id_of] == values[0] and row["archived"]
        ),
        None,
    )


def line(lines: Sequence[PortfolioRow]) -> PortfolioRow:
    """One of a project's value cases; asked only when there is a choice."""
    chosen = one_of("Value case", {x.case.value_case_id: x.case.title for x in lines}, "case")
    return next(x for x in lines if x.case.value_case_id == chosen)


def deployment(lines: Sequence[DeploymentLine], place: DeltaGenerator) -> DeploymentLine:
    """One of a project's deployments; a link may name the value case of a champion instead.

    ``place`` is where it says that what the address names is not there.
    """
    by_id = {x.deployment_id: x for x in lines}
    titles = {i: f"{x.model} · {x.slot} · {x.case_title}" for i, x in by_id.items()}
    of_case = {x.value_case_id: i for i, x in by_id.items() if x.value}
    case = () if addresses.named("deployment") else addresses.named("case")
    if case and addresses.is_news("case"):
        addresses.follow("case", of_case, None)
        st.session_state["deployment"] = of_case.get(st.session_state["case"] or "")
    if case and st.session_state.get("deployment") is None:
        not_there("case", case, place)
        chosen = _select("Deployment", titles, "deployment")
        return by_id[_chosen(chosen, "deployment")]
    return by_id[choose("Deployment", titles, "deployment", place=place)]


def batch_of_table(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The batches as a table; the chosen one, which the URL names."""
    by_batch = {str(row["receipt"].batch): row for row in rows}
    newest = next(iter(by_batch))
    if st.session_state.get("batch_newest") != newest:  # what came last is what one looks for
        st.session_state["batch_newest"] = newest
        st.session_state.pop("batch", None)

    def follow() -> None:
        chosen = st.session_state["imports_batches"].selection.rows
        if chosen and chosen[0] < len(rows):
            st.session_state["batch"] = str(rows[chosen[0]]["receipt"].batch)

    printing.table(
        tables.batches(rows, {kind: record.plural for kind, record in KINDS.items()}),
        hide_index=True,
        height=285,
        on_select=follow,
        selection_mode="single-row",
        key="imports_batches",
        alt="Every batch that came into the project, newest first",
    )
    return by_batch[choose("Batch", {b: _batch_title(r) for b, r in by_batch.items()}, "batch")]


def _batch_title(row: Mapping[str, Any]) -> str:
    receipt = row["receipt"]
    what = f"undoes {receipt.undoes}" if receipt.undoes else receipt.filename
    return f"{receipt.batch} · {what}"


def granularity(lengths: Sequence[str], default: str, place: DeltaGenerator) -> str:
    """The length of the periods shown; asked only when there is a choice.

    ``place`` is where it says that the results have no periods of the length that was asked for.
    """
    unknown = addresses.follow("by", lengths, default)
    if unknown:
        shown = LENGTHS[default].lower()
        place.warning(
            f"There are no results by {listed([_quoted(value) for value in unknown])}; these are "
            f"by {shown}. Choose another length of period beside the deployment."
            if len(lengths) > 1
            else f"There are no results by {listed([_quoted(value) for value in unknown])}; these "
            f"are by {shown}, the only length there is.",
            icon=":material/link_off:",
        )
        st.session_state["by"] = default
    if len(lengths) == 1:
        if addresses.named("by"):
            addresses.show("by", default)
        return default
    chosen = st.segmented_control(
        "Period",
        lengths,
        required=True,
        format_func=lambda g: LENGTHS[g],
        key="by",
        persist_state="session",
    )
    return addresses.show("by", str(chosen or default))


def one_of(label: str, options: Mapping[str, str], key: str) -> str:
    """The same as `choose`, asked only when there is a choice or the address names another."""
    only = next(iter(options))
    if len(options) > 1 or addresses.follow(key, options, only):
        return choose(label, options, key)
    return addresses.show(key, only) if addresses.named(key) else only


def choose(
    label: str,
    options: Mapping[str, str],
    key: str,
    help: str | None = None,
    *,
    place: DeltaGenerator | None = None,
) -> str:
    """A choice among ids shown by their titles, with the id in the URL.

    What the address names and is not there is said, and the screen waits for a choice.

    Parameters
    ----------
    place : DeltaGenerator, optional
        Where it is said; above the choice when left out.
    """
    unknown = addresses.follow(key, options, next(iter(options), None))
    if unknown:
        not_there(key, unknown, place)
    return _chosen(_select(label, options, key, help), key)


def _select(
    label: str, options: Mapping[str, str], key: str, help: str | None = None
) -> str | None:
    return st.selectbox(
        label,
        list(options),
        index=None if st.session_state[key] is None else 0,  # None can be taken away again
        format_func=lambda o: options.get(o, o),
        key=key,
        help=help,
        placeholder=f"Choose a {inner(label)}",
        persist_state="session",
    )


def _chosen(chosen: str | None, key: str) -> str:
    """A choice, written into the address; before it is made the screen ends here."""
    if chosen is None:
        st.stop()
    return addresses.show(key, chosen)


def segments(
    label: str, options: Mapping[str, str], key: str, *, default: str | None = None
) -> str | None:
    """A choice among a few in sight, with the id in the URL; None before it is made."""
    unknown = addresses.follow(key, options, default)
    if unknown:
        not_there(key, unknown)
    chosen = st.segmented_control(
        label,
        list(options),
        required=True,
        format_func=lambda o: options.get(o, o),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return addresses.show(key, str(chosen)) if chosen else None


def radio(label: str, options: Mapping[str, str], captions: Sequence[str], key: str) -> str:
    """A choice among a few that need a sentence each, with the id in the URL."""
    unknown = addresses.follow(key, options, next(iter(options)))
    if unknown:
        not_there(key, unknown)
    chosen = st.radio(
        label,
        list(options),
        index=None,
        format_func=lambda o: options.get(o, o),
        captions=list(captions),
        key=key,
        label_visibility="collapsed",
    )
    return _chosen(chosen, key)


def picked(key: str, options: Collection[str]) -> str | None:
    """What a button picked with ``pick``, with the id in the URL; None before anything is."""
    unknown = addresses.follow(key, options, None)
    if unknown:
        not_there(key, unknown)
    chosen = st.session_state.get(key)
    if chosen:
        return addresses.show(key, str(chosen))
    if not unknown:
        addresses.drop(key)
    return None


def pick(key: str, value: str | None) -> None:
    """Pick one of what ``picked`` offers, or none; a callback."""
    if value is None:
        addresses.drop(key)
    st.session_state[key] = value


def show_register(kind: str) -> None:
    """Turn the register in view to another kind of record; a callback."""
    st.session_state["kind"] = kind
