import streamlit as st

from pages.parts.common import controls, work
from pages.parts.plan import artefacts, checks, offered_risks, risk_queries, risks

project = controls.project()
view = risk_queries.project_risks(project)
asked = risk_queries.project_checks(project)

st.markdown(risks.sentence(view, asked))
if work.choice("Add or change", project, risks.FORMS, needed=not view.risks):
    with work.place("risks"):
        risks.form(project, view)
        risks.upload_link()
risks.warnings(view)
risks.burn_down(view)
risks.register(view)
offered_risks.offers(project, risk_queries.offered_risks(project))

st.header("Checks", anchor=False)
shown = risk_queries.project_checks(project, checks.phase(asked.phase))
checks.stance(shown)
checks.blocking(shown)
checks.harms(shown)
checks.readiness(shown)
checks.packs(shown)
checks.documents(shown)
checks.rebuilds(shown)
artefacts.table(shown)
