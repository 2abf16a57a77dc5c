"""Registers: any kind of record as a table, with its template and its history."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.records import KINDS, Record, columns, record_of
from pages.parts import controls, loaders, panels
from pages.parts.evaluate_sentences import named
from pages.parts.figures import inner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "decisions",
    "downloads",
    "history",
    "kind_in_view",
    "project_or_first",
    "record_in_view",
    "table",
    "template",
]

_NEW = "new"


def kind_in_view() -> type[Record]:
    """The kind of record shown."""
    chosen = controls.choose("Register", {k: r.plural for k, r in KINDS.items()}, "kind")
    return record_of(chosen)


def project_or_first(record: type[Record]) -> str:
    """The project in view; the register of projects needs none."""
    return "" if record.kind == "projects" else controls.project()


def record_in_view(
    record: type[Record], rows: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    """The record to change, or None to add one."""
    by_id = {" · ".join(str(r[k]) for k in record.key if k != "project" or len(record.key) == 1): r
             for r in rows}  # fmt: skip
    titles = {_NEW: f"Add a new {inner(record.singular)}"} | {i: f"Change {i}" for i in by_id}
    if not by_id:
        st.subheader(titles[_NEW], anchor=False)
        return None
    return by_id.get(controls.choose("What to do", titles, "record", keep=False))


def table(record: type[Record], rows: Sequence[Mapping[str, Any]]) -> None:
    """The records as they hold now."""
    shown = [c for c in columns(record) if c.name != "project" or record.kind == "projects"]
    frame = pd.DataFrame({c.label: [row[c.name] for row in rows] for c in shown})
    empty = [label for label in frame if frame[label].isna().all() or (frame[label] == "").all()]
    st.dataframe(frame.drop(columns=empty), hide_index=True, alt=f"{record.plural} that hold now")


def decisions(project: str) -> None:
    """Every decision with its origin and state, and the one way to record another."""
    listed = loaders.decisions(project)
    if listed:
        st.dataframe(
            pd.DataFrame(
                {
                    "Decision": [d.decision_id for d in listed],
                    "Title": [d.title for d in listed],
                    "Value case": [d.case_title for d in listed],
                    "Chosen": [named(d.chosen) for d in listed],
                    "Stands": [d.state.value for d in listed],
                    "Came in": [d.origin.value for d in listed],
                    "Decided on": [d.decided_on for d in listed],
                    "Recorded (UTC)": [d.recorded_at for d in listed],
                    "By": [d.recorded_by for d in listed],
                    "Superseded by": [d.superseded_by or "" for d in listed],
                    "Withdrawn by": [d.withdrawn_by or "" for d in listed],
                }
            ),
            hide_index=True,
            alt="Decisions with their origin and state",
        )
        downloads(project, record_of("decisions"))
    st.page_link(
        "evaluate/adoption.py",
        label="Record a decision",
        icon=":material/gavel:",
        query_params=panels.here(),
    )


def template(record: type[Record]) -> None:
    """A CSV to fill in and upload."""
    if record.kind == "projects":
        return
    st.download_button(
        "CSV template",
        loaders.template_csv(record.kind),
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
                functools.partial(loaders.export, project, record.kind, file_format),
                file_name=f"{project}-{record.kind}.{file_format}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"export_{record.kind}_{file_format}",
                help="Everything that holds now, archived records too.",
            )


def history(project: str, record: type[Record]) -> None:
    """Who wrote what and when; loaded when opened."""
    with st.expander(
        "History: who wrote what and when", icon=":material/history:", on_change="rerun"
    ) as opened:
        if not opened.open:
            return
        rows = loaders.history(project, record.kind)
        st.dataframe(pd.DataFrame(rows).drop(columns=["project"]), hide_index=True, alt="History")
