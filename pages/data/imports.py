import streamlit as st

from pages.parts import controls, loaders, panels, receipts, sentences

project = controls.project()
rows = loaders.receipts(project)
if not rows:
    panels.empty(
        "Nothing came into this project yet. Upload a file of monitoring results.",
        "data/upload.py",
        "Upload results",
    )

st.markdown(sentences.imports(rows))
row = controls.batch_of_table(rows)
receipt = loaders.receipt(project, row["batch"])

st.subheader(f"Batch {receipt.batch}", anchor=False)
st.caption(sentences.batch(receipt, row["channel"]))
receipts.report(receipt)
receipts.origin(project, row)
receipts.known_then(receipt)
receipts.undo_panel(project, row)
