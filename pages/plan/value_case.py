import streamlit as st

from mlpm_core.records import QuantityRecord
from pages.parts.common import (
    charts,
    controls,
    files,
    panels,
    printing,
    queries,
    tables,
    text,
    work,
)
from pages.parts.plan import bridges, case_inputs, insights, start

project = controls.project()
view = queries.project_view(project)
if not view.lines:
    st.markdown(
        "This project has no value case yet. Choose what its model does: you see a first value at "
        "once, by typical numbers to be replaced by yours."
    )
    start.first_value(project)
    panels.to_mechanism("@new", "See the mechanisms, or write one")
    panels.empty(
        "None of these? Choose how the model creates value (its mechanism); this screen then asks "
        "for the numbers.",
        "data/registers.py",
        "Add a value case",
        kind="value_cases",
    )

line = controls.line(view.lines)
lead = st.container()
is_open = work.choice(
    "See or change the numbers",
    project,
    {QuantityRecord.kind, "source"},
    needed=line.case.best is None,
)
saved = queries.case(project, line.case.value_case_id, ())
case, entered = saved, None
figures = st.container()
if is_open:
    fields, figures = work.beside("value_case")
    with fields:
        st.header("Assumptions", anchor=False)
        start.fill_in(project, saved)
        entered = case_inputs.fields(project, line.case)
        case = queries.case(project, line.case.value_case_id, entered.changes)
        case_inputs.save(project, case, entered, saved)
        case_inputs.confirm(project, case, entered)
    with lead:
        case_inputs.unread(entered)

changes = entered.changes if entered else ()
with lead:
    st.markdown(text.value_case(case, bool(changes)))
insight = queries.insight(project, case.value_case_id, changes)
if insight is not None:
    with lead:
        insights.replace_first(case, insight)
    with figures:
        panels.dimension_cards(case)
        left, right = work.halves([5, 4], is_narrow=is_open)
        with left:
            st.header("Fifty equally likely outcomes", anchor=False)
            charts.draw(
                tables.dots(case),
                charts.dotplot(f"Net benefit, {case.currency} / year"),
                text.dots(case),
                grade=files.grade_of(case),
                period=files.A_YEAR,
                ranges="each dot stands for 1 of 50 equally likely outcomes",
            )
            st.caption(text.beside(case))
        with right:
            insights.must_be_true(case)
    insights.find_out_next(case, insight)
    insights.pays(project, case, insight, changes)
    bridges.since_the_plan(case, queries.change(project, case.value_case_id, changes))
    panels.baselines(queries.against_baselines(project, case.value_case_id, changes), case)
if printing.is_on():
    st.header("Assumptions", anchor=False)
    panels.inputs(case)
panels.how_it_was_made(case)
