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

answers = receipts.given_answers(file)
accept_good = receipts.accepts_good(file)
receipt = loaders.preview(
    project, kind, file.name, file.data, file.sha256, answers, accept_good=accept_good
)
st.subheader(file.title, anchor=False)
st.markdown(sentences.receipt(receipt))
receipts.ask(file, receipt)
receipts.report(receipt)
receipts.repair(project, kind, file, receipt, answers)
receipts.commit_panel(project, kind, file, receipt, answers, accept_good=accept_good)
