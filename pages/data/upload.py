import streamlit as st

from pages.parts import controls, receipts, sentences

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
receipt = receipts.checked(upload, file)
st.subheader(file.title, anchor=False)
st.markdown(sentences.receipt(receipt))
receipts.answered_before(upload, file, receipt)
receipts.ask(file, receipt)
receipts.report(receipt)
receipts.repair(upload, file, receipt)
receipts.commit_panel(upload, file, receipt)
