import streamlit as st

from pages.parts import editors, loaders, panels, registers, sentences

record = registers.kind_in_view()
project = registers.project_or_first(record)
rows = loaders.projects() if record.kind == "projects" else loaders.records(project, record.kind)
st.markdown(sentences.register(record, rows, loaders.project_title(project)))
panels.next_step(record.kind)

if record.kind == "decisions":
    registers.decisions(project)
elif rows:
    registers.table(record, rows)
    if record.kind != "projects":
        registers.downloads(project, record)

if record.kind == "metric_results":
    st.page_link(
        "data/upload.py",
        label="Upload monitoring results",
        icon=":material/upload_file:",
        query_params=panels.here(kind=record.kind),
    )
elif record.kind != "decisions":
    known = registers.record_in_view(record, rows)
    values = editors.record_form(record, project, known)
    editors.save_record(record, project, known, values)

registers.template(record)
if rows and record.kind != "projects":
    registers.history(project, record)
