"""Rejected lines in a table to correct, and the corrected file in the place of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from mlpm_core.errors import InputError
from pages.parts.common import queries
from pages.parts.common.format import counted, literal, plain
from pages.parts.data.uploaded import UploadedFile

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpm_core.records import Receipt, RejectedLines
    from mlpm_core.services.ingest.uploads import Upload

_LARGEST = 50 << 20  # bytes; a larger file is corrected at its source


def in_place_of(file: UploadedFile) -> UploadedFile:
    """The corrected file, where lines of a file were corrected here; else the file itself."""
    kept = st.session_state.get(file.key("corrected"))
    if kept is None:
        return file
    corrected = UploadedFile.of(file.kind, kept["name"], kept["data"], file.sha256)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Corrected here, in the place of {file.title}.")
        st.download_button(
            "Download the corrected file",
            corrected.data,
            file_name=corrected.name,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            "Back to the file as it came",
            icon=":material/undo:",
            type="tertiary",
            on_click=st.session_state.pop,
            args=(file.key("corrected"), None),
        )
    return corrected


def table(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """The rejected lines to be corrected here, and the way to check them again."""
    if not receipt.rejected or len(file.data) > _LARGEST:
        return
    with st.expander(f"Correct {counted(receipt.rejected, 'line')} here", icon=":material/edit:"):
        rejected = queries.rejected_lines(upload, file.data, file.sha256)
        if len(rejected.lines) < receipt.rejected:
            st.caption(
                f"The first {plain(len(rejected.lines))} of {plain(receipt.rejected)}; the next "
                "ones follow once these are right."
            )
        edited = _editor(file, rejected, {r.column for r in receipt.rejects if r.column})
        if not st.button("Check the corrected lines", icon=":material/check:"):
            return
        changed = {
            line.row: cells
            for line, cells in zip(rejected.lines, edited, strict=True)
            if cells != line.cells
        }
        if not changed:
            st.caption("Nothing was changed yet.")
            return
        try:
            anew = queries.corrected(upload, file.data, changed)
        except InputError as error:
            st.error(literal(error), icon=":material/error:")
            return
        corrected = UploadedFile.of(file.kind, anew.upload.filename, anew.data, file.origin)
        corrected.answer(anew.upload.answers)
        kept = {"name": corrected.name, "data": corrected.data}
        st.session_state[corrected.origin_key("corrected")] = kept
        st.rerun()


def _editor(
    file: UploadedFile, rejected: RejectedLines, faulty: Collection[str]
) -> list[list[str]]:
    """The cells of the lines as they stand now, faulty columns first."""
    n = len(rejected.headers)
    cells = [f"c{j}" for j in range(n)]
    at_fault = [c for c, h in zip(cells, rejected.headers, strict=True) if h in faulty]
    frame = pd.DataFrame(
        [[x.place, *x.cells, x.message] for x in rejected.lines],
        columns=["line", *cells, "why"],
        dtype=str,
    )
    config = {
        "line": st.column_config.TextColumn("Line", disabled=True, pinned=True),
        "why": st.column_config.TextColumn("What to fix", disabled=True, width="large"),
    }
    config |= {
        name: st.column_config.TextColumn(header)
        for name, header in zip(cells, rejected.headers, strict=True)
    }
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="fixed",
        column_config=config,
        column_order=["line", *at_fault, *(c for c in cells if c not in at_fault), "why"],
        key=file.key("editor"),
        alt="Rejected lines, cell by cell",
    )
    return [
        ["" if pd.isna(x) else str(x) for x in row]
        for row in edited[cells].itertuples(index=False, name=None)
    ]
