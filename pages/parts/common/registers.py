"""Registers: any kind of record as a table, with its template and its history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.records import KINDS, Record, columns, record_of
from mlpm_core.services.ingest.registers import PAGE, Page, PageRequest
from pages.parts.common import addresses, controls, panels, printing, queries, work
from pages.parts.common.choices import choice_label
from pages.parts.common.format import inner, option_name, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NEW = "new"
_DOT = "·"
_BETWEEN = f" {_DOT} "
_NEWEST = 500


def kind_in_view() -> type[Record]:
    """The kind of record shown."""
    chosen = controls.choose("Kind of record", {k: r.plural for k, r in KINDS.items()}, "kind")
    return record_of(chosen)


def project_or_first(record: type[Record]) -> str:
    """The project in view; the register of projects needs none."""
    return "" if record.kind == "projects" else controls.project()


def record_in_view(
    record: type[Record], rows: Sequence[Mapping[str, Any]], *, named_by: str = ""
) -> Mapping[str, Any] | None:
    """The record to change, or None to add one.

    An archived one is offered while it is shown, or when the address names it.

    Parameters
    ----------
    named_by : str
        The field by which people know a record; its id when left out.
    """
    in_sight = {*addresses.named("record"), st.session_state.get("record")}
    by_id = {
        row_id: row for row in rows if (row_id := _id(record, row)) in in_sight or is_shown(row)
    }
    if not by_id and not addresses.named("record"):
        st.header(f"Add a new {inner(record.singular)}", anchor=False)
        return None
    titles = {_NEW: f"Add a new {inner(record.singular)}"}
    for row_id, row in by_id.items():
        name = f": {row[named_by]}" if named_by else f" {row_id.replace(2 * _DOT, _DOT)}"
        titles[row_id] = f"Change{name}{' (archived)' if row.get('archived') else ''}"
    return by_id.get(controls.choose("What to do", titles, "record"))


def _id(record: type[Record], row: Mapping[str, Any]) -> str:
    """What names a record of its kind in an address; `_parts` takes it apart."""
    first, *rest = (str(row[k]) for k in record.key if k != "project" or len(record.key) == 1)
    # doubled inside a part, the dot stands alone between two only
    return _BETWEEN.join(p.replace(_DOT, 2 * _DOT) for p in (first, *rest)) if rest else first


def _parts(record: type[Record], name: str) -> tuple[str, ...]:
    """The parts of a key, behind the project, that `_id` put together."""
    is_one = sum(k != "project" for k in record.key) == 1
    parts = [name] if is_one else [p.replace(2 * _DOT, _DOT) for p in name.split(_BETWEEN)]
    return tuple(parts)


def is_shown(row: Mapping[str, Any]) -> bool:
    """Whether a record stands in the register: archived ones do when they are asked for."""
    return not row.get("archived") or bool(st.session_state.get("archived_records"))


def page_in_view(record: type[Record], project: str) -> Page:
    """The rows of the register that are shown, by what stands in its finder."""
    if record.kind == "projects":
        rows = [*map(dict, queries.all_projects())]
        shown = tuple(filter(is_shown, rows))
        n_archived = sum(row["archived"] for row in rows)
        return Page(shown, 0, len(shown), len(shown), len(rows), n_archived)
    asked = _asked(record, project)
    number = _page_key(record, project)
    first = (st.session_state.get(number, 1) - 1) * asked.n
    page = queries.register_page(project, record.kind, replace(asked, first=first))
    if first and not page.rows:  # there are fewer pages than there were
        st.session_state[number] = 1
        page = queries.register_page(project, record.kind, asked)
    return page


def _asked(record: type[Record], project: str) -> PageRequest:
    """What stands in the finder of a register."""
    state, of = st.session_state, f"{record.kind}_{project}"
    find = state.get(f"find_{of}", "").strip()
    return PageRequest(
        find=find,
        words=_stored_words(record, find),
        order_by=state.get(f"order_{of}") or "",
        is_descending=state.get(f"way_{of}", False),
        with_archived=bool(state.get("archived_records")),
    )


def _stored_words(record: type[Record], find: str) -> tuple[str, ...]:
    """The choices that hold a text in the words in which they are shown."""
    return tuple(
        choice
        for column in columns(record)
        for choice in column.choices
        if find and find.lower() in str(choice_label(column, choice)).lower()
    )


def _page_key(record: type[Record], project: str) -> str:
    """The page number's own key for all that is looked for: another search begins at page 1."""
    return f"page_{record.kind}_{project}_{_asked(record, project)}"


def with_named(
    record: type[Record], project: str, rows: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The rows, and the record that the address names or that was chosen, on whatever page."""
    on_page = {_id(record, row) for row in rows}
    ids = {*addresses.named("record"), st.session_state.get("record")} - {None, _NEW, *on_page}
    if record.kind == "projects":
        return [*rows, *(dict(p) for p in queries.all_projects() if p.project in ids)]
    listed: list[Mapping[str, Any]] = list(rows)
    for name in ids:
        row = queries.record_named(project, record.kind, _parts(record, str(name)))
        listed += [row] if row else []
    return listed


def archive_toggle(page: Page) -> None:
    """Show archived records too; asked only when there are any."""
    if page.n_archived:
        st.toggle(
            f"Show archived ({plain(page.n_archived)})",
            key="archived_records",
            persist_state="session",
        )


def finder(record: type[Record], project: str, page: Page) -> None:
    """Search, order and pages of a register; only when it does not fit on one page."""
    if record.kind == "projects" or (page.n_shown <= PAGE and page.n_found == page.n_shown):
        return
    of = f"{record.kind}_{project}"
    labels = {c.name: c.label for c in columns(record) if c.name != "project"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Find", key=f"find_{of}", placeholder="Part of any cell", persist_state="session"
        )
        st.selectbox(
            "Sort by",
            list(labels),
            index=None,
            format_func=lambda name: labels.get(name, name),
            key=f"order_{of}",
            placeholder="Its own order",
            persist_state="session",
        )
        st.toggle("Largest first", key=f"way_{of}", persist_state="session")
        st.number_input("Page", 1, page.n_pages, key=_page_key(record, project))
    if page.rows:
        last = page.first + len(page.rows)
        st.caption(
            f"Rows {plain(page.first + 1)} to {plain(last)} of {plain(page.n_found)}. The files "
            "below hold all."
        )
    else:
        st.info("Nothing holds that text. Search for a part of a name, a number or a date.")


def table(record: type[Record], page: Page) -> None:
    """The records as they are now, with their choices in words."""
    shown = [c for c in columns(record) if c.name != "project" or record.kind == "projects"]
    frame = pd.DataFrame({c.label: [choice_label(c, r[c.name]) for r in page.rows] for c in shown})
    empty = [label for label in frame if frame[label].isna().all() or (frame[label] == "").all()]
    if page.rows:
        printing.table(
            frame.drop(columns=empty),
            hide_index=True,
            alt=f"{record.plural}, as they are now",
            has_files=False,
        )


def decisions(project: str) -> None:
    """Every decision with its origin and state, and the one way to record another."""
    listed = queries.decisions(project)
    if listed:
        printing.table(
            pd.DataFrame(
                {
                    "Decision": [d.decision_id for d in listed],
                    "Title": [d.title for d in listed],
                    "Value case": [d.case_title for d in listed],
                    "Chosen": [option_name(d.chosen) for d in listed],
                    "Status": [d.state.value for d in listed],
                    "Origin": [d.origin.value for d in listed],
                    "Decided on": [d.decided_on for d in listed],
                    "Recorded (UTC)": [d.recorded_at for d in listed],
                    "By": [d.recorded_by for d in listed],
                    "Superseded by": [d.superseded_by or "" for d in listed],
                    "Withdrawn by": [d.withdrawn_by or "" for d in listed],
                }
            ),
            hide_index=True,
            alt="Decisions with their origin and state",
            has_files=False,
        )
        downloads(project, record_of("decisions"))
    st.page_link(
        "evaluate/adoption.py",
        label="Record a decision",
        icon=":material/gavel:",
        query_params=panels.here() | work.OPENED,
    )


def template(record: type[Record]) -> None:
    """A CSV to fill in and upload."""
    if record.kind == "projects":
        return
    st.download_button(
        "CSV template",
        queries.template_csv(record.kind),
        file_name=f"{record.kind}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )


def downloads(project: str, record: type[Record]) -> None:
    """The register as a file; made when it is asked for."""
    with st.container(horizontal=True):
        for label, file_format, mime in (
            ("CSV", "csv", "text/csv"),
            ("Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ):
            st.download_button(
                label,
                queries.export(project, record.kind, file_format),
                file_name=f"{project}-{record.kind}.{file_format}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"export_{record.kind}_{file_format}",
                help="All current records, archived ones too.",
            )


def history(project: str, record: type[Record]) -> None:
    """Who wrote what and when; loaded when opened."""
    with st.expander(
        "History: who wrote what and when", icon=":material/history:", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        rows = queries.history(project, record.kind, _NEWEST)
        if len(rows) == _NEWEST:
            st.caption(f"The newest {_NEWEST} versions; the file holds every one.")
        printing.table(
            pd.DataFrame(rows).drop(columns=["project"]),
            hide_index=True,
            alt="History",
            has_files=False,
        )
        st.download_button(
            "Whole history (CSV)",
            queries.export(project, f"{record.kind}_history", "csv"),
            file_name=f"{project}-{record.kind}_history.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key=f"export_{record.kind}_history",
        )
