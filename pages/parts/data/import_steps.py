"""The steps of an import on screen: choose, answer, check, see the effect, store, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.records import KINDS, columns, record_of
from mlpm_core.services.ingest.uploads import Upload
from pages.parts.common import commands, controls, panels, printing, queries, sidebar, tables
from pages.parts.common.format import counted, inner, literal, plain
from pages.parts.data import corrections, import_text
from pages.parts.data.uploaded import UploadedFile, next_turn, turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Receipt

_MOST_EXAMPLES = 3
_LARGE = 2 << 20  # bytes; what is smaller takes less than a second


def kind_of_file() -> str:
    """What a row of the file is."""
    kinds = {"metric_results": KINDS["metric_results"].plural}
    kinds |= {k: r.plural for k, r in KINDS.items() if k not in ("projects", "metric_results")}
    return controls.choose("What the file holds", kinds, "kind")


def uploader(kind: str) -> UploadedFile | None:
    """The place to drop a file or paste a table; a new one after each file that was stored."""
    file = st.file_uploader(
        "File",
        key=f"upload_file_{kind}_{turn()}",
        help="CSV or TSV (comma, semicolon, tab or | between the cells), the same in gzip "
        "(.csv.gz), an Excel workbook (.xlsx, .xlsm; one sheet, or all with one header), Parquet, "
        "a zip archive of one of these (or of several with one header), "
        "or JSON (a list of objects, or one a line); with a header; or a table as Markdown, psql, "
        "Spark, DuckDB, pandas and R print it. "
        "As results or evaluations also reports, whatever they are packed as: MLflow (JSON, CSV), "
        "Evidently (JSON), metrics by their names (JSON), scikit-learn's classification_report "
        "(JSON, table, printed) and confusion matrix (table), Hugging Face (model cards, "
        "all_results.json, trainer_state.json), Weights & Biases, NannyML, Databricks (CSV), "
        "SageMaker (JSON), tables of PyCaret, AutoGluon, H2O and scikit-learn (CSV); as costs "
        "bills of AWS, Google Cloud, Azure, OpenCost and FOCUS (CSV); as tasks Jira's export of "
        "issues (CSV, all fields).",
    )
    if file is not None:
        return corrections.in_place_of(UploadedFile.of(kind, file.name, file.getvalue()))
    pasted = _pasted(kind)
    return None if pasted is None else corrections.in_place_of(pasted)


def _pasted(kind: str) -> UploadedFile | None:
    """A table from the clipboard: it goes the path of a file."""
    key = f"upload_pasted_{kind}_{turn()}"
    text = st.session_state.get(key, "")
    with st.expander("Or paste a table", icon=":material/content_paste:", expanded=bool(text)):
        written = st.text_area(
            "Table with a line of column names",
            key=f"{key}_text",
            height=160,
            placeholder="model\tmetric\tweek\tvalue\nchurn\trecall\t2026-01-05\t0.81",
            help="Copied from Excel or any other table, with commas or semicolons between the "
            "cells, or as it was printed: Markdown, psql, Spark, pandas, R.",
        )
        if st.button("Check what was pasted", disabled=not (written or text)):
            st.session_state[key] = text = written
    return UploadedFile.of(kind, "pasted.csv", text.encode()) if text.strip() else None


def expected(kind: str) -> None:
    """What such a file looks like, and a template to start from."""
    record = record_of(kind)
    st.download_button(
        f"Template for {inner(record.plural)}",
        queries.template_csv(kind),
        file_name=f"{kind}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    shown = [c for c in columns(record) if c.name != "project"]
    printing.table(
        pd.DataFrame(
            {
                "Column": [c.name for c in shown],
                "Needed": ["yes" if c.required else "" for c in shown],
                "What it holds": [c.help for c in shown],
                "Also read as": [", ".join(c.aliases) for c in shown],
                "Allowed": [", ".join(filter(None, c.choices)) for c in shown],
            }
        ),
        hide_index=True,
        alt="Columns of the file",
    )
    st.caption(queries.limits(kind))
    if kind == "metric_results":
        st.caption(
            "Files with one column per metric are read too; MLPM then asks once what each "
            "column holds."
        )


def asked_for(project: str, kind: str, file: UploadedFile) -> Upload:
    """The import as it was asked for so far: its answers, and whether good lines go in alone."""
    return Upload(
        project,
        kind,
        file.name,
        answers=tuple(file.answers),
        accept_good=bool(st.session_state.get(file.key("accept"), False)),
        ask_again=file.asks_again or file.asks_for_part,
    )


def checked(upload: Upload, file: UploadedFile) -> Receipt:
    """What storing the file would do; a large one shows how far its check is."""
    place = st.empty()
    bar = place.progress(0.0) if len(file.data) > _LARGE else None

    def on_stage(share: float, stage: str) -> None:
        if bar is not None:
            bar.progress(share, f"{stage} ({file.size})")

    try:
        receipt = queries.preview(upload, file.data, file.sha256, on_stage)
    except InputError as error:  # an answer says what cannot be
        place.empty()
        st.error(literal(error), icon=":material/error:")
        st.button("Answer anew", icon=":material/replay:", on_click=file.answer, args=((),))
        st.stop()
    place.empty()
    return receipt


def report(receipt: Receipt) -> None:
    """Control totals, what is rejected and why, warnings, and the effect on KPIs."""
    if receipt.status in ("asked", "failed") and not receipt.rejects:
        return
    if receipt.lines:
        with st.grid(5, min_column_width=110):
            for label, count in (
                ("Lines", receipt.lines),
                ("Accepted", receipt.accepted),
                ("Rejected", receipt.rejected),
                ("Blank", receipt.blank),
                ("Ignored", receipt.ignored),
            ):
                st.metric(label, plain(count), border=True)
        st.caption(import_text.stored(receipt))
        if receipt.read_as:
            st.caption(import_text.read_as(receipt))
    if receipt.rejects:
        _rejects(receipt)
    consequences(receipt)


def consequences(receipt: Receipt) -> None:
    """What is worth knowing about an import or an undo, and its effect on KPIs."""
    for warned in receipt.warnings:
        st.info(literal(warned.message), icon=":material/info:")
    if receipt.examples:
        with st.expander("How the lines were read"):
            printing.table(
                tables.examples(receipt), hide_index=True, alt="The first new and changed lines"
            )
    if receipt.effect:
        st.markdown("**What it changes for the KPIs**")
        printing.table(tables.effects(receipt), hide_index=True, alt="KPIs before and after")
    elif receipt.status in ("dry_run", "committed"):
        st.caption("No KPI of this project changes.")


def _rejects(receipt: Receipt) -> None:
    """Faults grouped by what fixes them, then cell by cell."""
    with st.container(border=True):
        st.markdown(":material/build: **What to fix**")
        for repair in receipt.repairs:
            examples = [f"- {import_text.fault(r)}" for r in repair.rejects[:_MOST_EXAMPLES]]
            left = len(repair.rejects) - _MOST_EXAMPLES
            examples += [f"- and {plain(left)} more, in the table below"] if left > 0 else []
            head = f":red[**{plain(len(repair.rejects))} ×**] {literal(repair.hint)}"
            st.markdown("\n".join([head, "", *examples]))
    if all(r.row is None for r in receipt.rejects):
        return  # the file as a whole: everything is said
    printing.table(
        tables.rejects(receipt),
        hide_index=True,
        alt="Rejected cells with line, column, value, reason and repair",
    )


def repair(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """Two ways on from rejected lines: fix them apart, or take the good ones now."""
    if not receipt.rejected:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Rejected lines with reasons",
            queries.rejected_csv(upload, file.data, file.sha256),
            file_name="rejected.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            help="Correct the lines in this file and upload it; it holds only the rejected ones.",
        )
        if receipt.accepted:
            st.checkbox(
                f"Store the {counted(receipt.accepted, 'good line')} without them",
                key=file.key("accept"),
                help="Otherwise the file is stored whole or not at all. The receipt keeps "
                "your choice.",
            )


def commit_panel(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """The button that stores what was shown."""
    if receipt.status != "dry_run":
        return
    n = receipt.new + receipt.changed
    lines = counted(receipt.accepted, "line")
    if not n:
        st.caption("All of it is stored already, so there is nothing to store.")
        return
    if not st.button(f"Store {lines}", type="primary", icon=":material/check:"):
        return
    done = commands.commit(upload, file.data)
    if done.status != "committed":
        st.error(import_text.receipt(done), icon=":material/error:")
        report(done)
        return
    next_turn()
    st.session_state["upload_last"] = [upload.project, done.batch]
    commands.say_and_rerun(f"Stored as {done.batch}: {lines} of {file.name}.", done)


def last(project: str) -> None:
    """The receipt of what this session stored last, with the ways on."""
    of_project, batch = st.session_state.get("upload_last", (None, None))
    if of_project != project:
        return
    if batch not in [row["batch"] for row in queries.receipts(project)]:
        return
    receipt = queries.receipt(project, batch)
    st.header(f"Receipt of {batch}", anchor=False)
    st.markdown(import_text.receipt(receipt))
    report(receipt)
    with st.container(horizontal=True):
        st.page_link(
            "in_life/health.py",
            label="See the model's health",
            icon=":material/monitor_heart:",
            query_params=panels.here(),
        )
        st.page_link(
            "overview/kpi.py",
            label="See the KPIs",
            icon=":material/monitoring:",
            query_params=panels.here(),
        )
        st.page_link(
            "data/imports.py",
            label="Open the receipt or undo it",
            icon=":material/receipt_long:",
            query_params=panels.here(batch=str(batch)),
        )


def as_of_then(receipt: Receipt) -> None:
    """The way to every screen as it was right after a batch."""
    st.button(
        "See everything as of then",
        icon=":material/history:",
        type="tertiary",
        on_click=sidebar.view_as_of,
        args=(str(receipt.batch),),
    )


def origin(project: str, row: Mapping[str, Any]) -> None:
    """The file behind a batch."""
    receipt: Receipt = row["receipt"]
    st.caption(
        f"Fingerprint of the file (SHA-256): {receipt.sha256}",
        help="Two files with the same fingerprint are the same to the byte. Compare it with "
        "that of "
        "your file to be sure that this is what was stored.",
    )
    if not receipt.undoes:
        st.download_button(
            "Download the original file",
            queries.raw_file(project, str(receipt.batch)),
            file_name=receipt.filename or f"{receipt.batch}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )


def undo_panel(project: str, row: Mapping[str, Any]) -> None:
    """Undo a batch, after a look at what that means."""
    receipt: Receipt = row["receipt"]
    batch = str(receipt.batch)
    if receipt.undoes:
        st.caption(f"To bring {receipt.undoes} back, upload its file again.")
        return
    if row["undone_by"]:
        st.info(
            f"Undone by {row['undone_by']}: it no longer counts anywhere.", icon=":material/undo:"
        )
        return
    if queries.workspace().moment is not None:
        st.caption("Nothing can be undone from the past: go back to now first.")
        return
    if st.button("Undo this batch", icon=":material/undo:"):
        st.session_state["imports_undo"] = batch
    if st.session_state.get("imports_undo") != batch:
        return
    with st.container(border=True):
        try:
            would_be = queries.undo_preview(project, batch)
        except MlpmError as error:
            st.error(literal(error), icon=":material/link:")
            return
        st.markdown(import_text.undo(receipt))
        consequences(would_be)
        if st.button(f"Yes, undo {batch}", type="primary"):
            done = commands.undo(project, batch)
            del st.session_state["imports_undo"]
            commands.say_and_rerun(
                f"{batch} is undone by {done.batch}; what it replaced is current again."
            )
