import streamlit as st

from pages.parts.common import controls, panels, queries
from pages.parts.data import import_steps, import_text, sources

project = controls.project()
sources.section(project)
rows = queries.receipts(project)
if not rows:
    panels.empty(
        "Nothing came into this project yet. Upload a file of monitoring results.",
        "data/upload.py",
        "Upload results",
    )

st.markdown(import_text.imports(rows))
row = controls.batch_of_table(rows)
receipt = queries.receipt(project, row["batch"])

st.header(f"Batch {receipt.batch}", anchor=False)
st.caption(import_text.batch(receipt, row["channel"]))
import_steps.report(receipt)
import_steps.origin(project, row)
import_steps.as_of_then(receipt)
import_steps.undo_panel(project, row)
