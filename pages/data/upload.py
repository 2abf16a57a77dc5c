import streamlit as st

from pages.parts.common import controls
from pages.parts.data import corrections, import_steps, import_text, mapping_step, questions

project = controls.project()
st.markdown(
    "Choose what the file holds and drop it here. **Nothing is stored before you have seen what "
    "it changes**, and everything that is stored can be undone."
)
kind = import_steps.kind_of_file()
file = import_steps.uploader(kind)
if file is None:
    import_steps.expected(kind)
    import_steps.last(project)
    st.stop()

upload = import_steps.asked_for(project, kind, file)
receipt = import_steps.checked(upload, file)
st.header(file.title, anchor=False)
st.markdown(import_text.receipt(receipt))
questions.answered_before(file, receipt)
if not mapping_step.columns_of(upload, file, receipt):
    questions.ask(upload, file, receipt)
import_steps.report(receipt)
corrections.table(upload, file, receipt)
import_steps.repair(upload, file, receipt)
import_steps.commit_panel(upload, file, receipt)
