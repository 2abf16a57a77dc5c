"""The steps of an import on screen: choose, answer, check, see the effect, store, undo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import KINDS, columns, record_of
from mlpm_core.services.ingest.uploads import Upload
from pages.parts.common import commands, controls, panels, queries, sidebar, tables
from pages.parts.common.format import counted, inner, literal
from pages.parts.data import import_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.records import Question, Receipt

_MOST_EXAMPLES = 3
_LARGE = 2 << 20  # bytes; what is smaller takes less than a second


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """An uploaded file: its name as given, its bytes, and their hash."""

    name: str
    data: bytes
    sha256: str

    @property
    def title(self) -> str:
        """The name, for a place that reads Markdown."""
        return literal(self.name)

    @property
    def size(self) -> str:
        """The size as people read it."""
        n = len(self.data)
        return f"{n / 2**20:,.1f} MB" if n >= 2**20 else f"{n / 1024:,.0f} KB"


def kind_of_file() -> str:
    """What a row of the file is."""
    kinds = {"metric_results": KINDS["metric_results"].plural}
    kinds |= {k: r.plural for k, r in KINDS.items() if k not in ("projects", "metric_results")}
    return controls.choose("What the file holds", kinds, "kind")


def uploader(kind: str) -> UploadedFile | None:
    """The place to drop a file; a new one after each file that was stored."""
    turn = st.session_state.setdefault("upload_turn", 0)
    file = st.file_uploader(
        "File",
        key=f"upload_file_{kind}_{turn}",
        help="CSV or TSV (UTF-8; comma, semicolon, tab or | between the cells), the same in gzip "
        "(.csv.gz), an Excel workbook (.xlsx, .xlsm; its first sheet) or Parquet; with a header. "
        "As results or evaluations also reports: MLflow (JSON, CSV), Evidently (JSON), "
        "scikit-learn's classification_report (JSON), Hugging Face (model cards, "
        "all_results.json), Weights & Biases, NannyML, Databricks (CSV), SageMaker (JSON), "
        "leaderboards of PyCaret and AutoGluon (CSV); as costs bills of AWS, Google Cloud, Azure, "
        "OpenCost and FOCUS (CSV).",
    )
    if file is None:
        return None
    data = file.getvalue()
    return UploadedFile(file.name, data, hashlib.sha256(data).hexdigest())


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
    st.dataframe(
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
        answers=tuple(st.session_state.get(f"upload_answers_{file.sha256}", ())),
        accept_good=bool(st.session_state.get(f"upload_accept_{file.sha256}", False)),
        ask_again=bool(st.session_state.get(f"upload_ask_{file.sha256}", False)),
    )


def checked(upload: Upload, file: UploadedFile) -> Receipt:
    """What storing the file would do; a large one shows how far its check is."""
    place = st.empty()
    bar = place.progress(0.0) if len(file.data) > _LARGE else None

    def on_stage(share: float, stage: str) -> None:
        if bar is not None:
            bar.progress(share, f"{stage} ({file.size})")

    receipt = queries.preview(upload, file.data, file.sha256, on_stage)
    place.empty()
    return receipt


def ask(file: UploadedFile, receipt: Receipt) -> None:
    """The open questions of a file, answered together."""
    if not receipt.questions:
        return
    with st.form(f"upload_questions_{file.sha256}"):
        answers = [_asked(question) for question in receipt.questions]
        if not st.form_submit_button("Go on with these answers", type="primary"):
            return
    if any(not answer for answer in answers):
        st.warning("Please answer every question; MLPM does not guess.", icon=":material/help:")
        return
    named = [f"{q.key}={a}" for q, a in zip(receipt.questions, answers, strict=True)]
    key = f"upload_answers_{file.sha256}"
    st.session_state[key] = [*st.session_state.get(key, ()), *named]
    st.rerun()


def answered_before(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """A way to be asked again what an earlier file's answer decided."""
    # It stays in sight once it is ticked, else Streamlit would forget that it was.
    if upload.ask_again or any(w.code == "answered-before" for w in receipt.warnings):
        st.checkbox(
            "Ask me again for this file",
            key=f"upload_ask_{file.sha256}",
            help="Your new answers are then kept for the next file.",
        )


def _asked(question: Question) -> str:
    label, key = literal(question.message), f"upload_question_{question.key}"
    has_line_per_choice = len(question.preview) == len(question.choices)
    if not has_line_per_choice:
        for line in question.preview:
            st.code(line, language=None)
    if not question.choices:
        return st.text_input(label, key=key)
    captions = None
    if has_line_per_choice:
        pairs = zip(question.choices, question.preview, strict=True)
        captions = [literal(line.removeprefix(f"{choice}: ")) for choice, line in pairs]
    return (
        st.radio(
            label,
            question.choices,
            index=None,
            key=key,
            format_func=lambda choice: import_text.answer(question.code, choice),
            captions=captions,
        )
        or ""
    )


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
                st.metric(label, f"{count:,}", border=True)
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
            st.dataframe(
                tables.examples(receipt), hide_index=True, alt="The first new and changed lines"
            )
    if receipt.effect:
        st.markdown("**What it changes for the KPIs**")
        st.dataframe(tables.effects(receipt), hide_index=True, alt="KPIs before and after")
    elif receipt.status in ("dry_run", "committed"):
        st.caption("No KPI of this project changes.")


def _rejects(receipt: Receipt) -> None:
    """Faults grouped by what fixes them, then cell by cell."""
    with st.container(border=True):
        st.markdown(":material/build: **What to fix**")
        for repair in receipt.repairs:
            examples = [f"- {import_text.fault(r)}" for r in repair.rejects[:_MOST_EXAMPLES]]
            left = len(repair.rejects) - _MOST_EXAMPLES
            examples += [f"- and {left:,} more, in the table below"] if left > 0 else []
            head = f":red[**{len(repair.rejects):,} ×**] {literal(repair.hint)}"
            st.markdown("\n".join([head, "", *examples]))
    if all(r.row is None for r in receipt.rejects):
        return  # the file as a whole: everything is said
    st.dataframe(
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
                key=f"upload_accept_{file.sha256}",
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
    st.session_state["upload_turn"] += 1
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
    st.subheader(f"Receipt of {batch}", anchor=False)
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
