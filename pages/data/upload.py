import streamlit as st

from pages.parts import controls, loaders, receipts, sentences

project = controls.project()
st.markdown(
    "Choose what the file holds and drop it here. **Nothing is stored before you have seen what "
    "it changes**, and everything stored can be taken back."
)
kind = receipts.kind_of_file()
file = receipts.uploader(kind)
if file is None:
    receipts.expected(kind)
    receipts.last(project)
    st.stop()

upload = receipts.asked_for(project, kind, file)
with st.spinner(f"Checking {file.size}", show_time=True):
    receipt = loaders.preview(upload, file.data, file.sha256)
st.subheader(file.title, anchor=False)
st.markdown(sentences.receipt(receipt))
receipts.answered_before(file, receipt)
receipts.ask(file, receipt)
receipts.report(receipt)
receipts.repair(upload, file, receipt)
receipts.commit_panel(upload, file, receipt)
