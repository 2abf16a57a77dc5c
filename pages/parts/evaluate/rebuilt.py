"""What the Adoption screen says of whether the chosen candidate could be built again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.services.evaluate.candidates import NONE
from mlpm_core.services.evaluate.rebuildable import rebuild_of
from pages.parts.common import panels, work
from pages.parts.common.format import day, literal
from pages.parts.plan import risk_queries

if TYPE_CHECKING:
    from mlpm_core.services.plan.checks import RebuildScore


def before_use(project: str, candidate: str | None) -> None:
    """Whether the candidate was built again, with the way to where that is written down."""
    if not candidate or candidate == NONE:
        return
    score = rebuild_of(risk_queries.project_checks(project), candidate)
    said = sentence(candidate, score)
    if score is None or score.is_rebuilt:
        st.caption(said)
    else:
        st.warning(said, icon=":material/build:")
    if score is None or not score.is_rebuilt:
        st.page_link(
            "plan/risks.py",
            label="Could we build it again?",
            icon=":material/build:",
            query_params=panels.here(kind="rebuilds") | work.OPENED,
        )


def sentence(candidate: str, score: RebuildScore | None) -> str:
    """Whether a candidate was built again."""
    name = f"**{literal(candidate)}**"
    if score is None:
        return (
            f"Nothing of {name} is kept among the artefacts, so nobody knows whether it could be "
            "built again."
        )
    if score.last is None:
        return f"{name} was never built again. Try that before it is put to use."
    on = day(score.last.attempted_on)
    if score.is_rebuilt:
        return f"{name} was built again on {on}, within its tolerance."
    return (
        f"{name} was last built again on {on}, and not within its tolerance. Find out why before "
        "it is put to use."
    )
