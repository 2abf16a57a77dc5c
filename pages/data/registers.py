import streamlit as st

from pages.parts.common import (
    next_step,
    panels,
    printing,
    queries,
    record_form,
    registers,
    text,
)

record = registers.kind_in_view()
project = registers.project_or_first(record)
is_of_all = record.kind == "projects"
page = registers.page_in_view(record, project)
st.markdown(text.register(record, page, queries.project_title(project)))
next_step.line(panels.here().get("project"), "registers", record.kind)

if record.kind == "decisions":
    registers.decisions(project)
elif page.n_all:
    registers.archive_toggle(page)
    registers.finder(record, project, page)
    registers.table(record, page)
    if not is_of_all:
        registers.downloads(project, record)

if record.kind == "metric_results":
    st.page_link(
        "data/upload.py",
        label="Upload monitoring results",
        icon=":material/upload_file:",
        query_params=panels.here(kind=record.kind),
    )
elif record.kind != "decisions":
    with printing.screen_only("record"):
        changed = registers.record_in_view(record, registers.with_named(record, project, page.rows))
        filled = record_form.record_form(record, project, changed)
        record_form.save_record(filled)

registers.template(record)
if page.n_all and not is_of_all:
    registers.history(project, record)
