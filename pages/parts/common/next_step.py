"""What the project in view still needs, in one line under the title, with the way to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.services.ingest.registers import TYPICAL
from pages.parts.common import controls, panels, queries, text, work
from pages.parts.common.format import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.in_life.project_list import ProjectFacts
    from mlpm_core.services.ingest.registers import SetupStep

_REGISTERS: Final = "data/registers.py"
_CASE: Final = "plan/value_case.py"
_WAYS: Final = {
    "models": (_REGISTERS, "Add it", {"kind": "models"}),
    "value_cases": (_CASE, "Choose it", {}),
    "quantities": (_CASE, "Fill in", work.OPENED),
    "kpis": (_REGISTERS, "Add it", {"kind": "kpis"}),
    TYPICAL: (_CASE, "See them", work.OPENED),
    "metric_results": ("data/upload.py", "Upload", {"kind": "metric_results"}),
}
"""By step the screen where it is done, what its link says, and what its address names."""


def line(project: str | None, here: str, kind: str = "") -> None:
    """What comes next for a project, if there is one, and what of it nobody has checked.

    Parameters
    ----------
    here : str
        The screen, as its address names it; a link from a screen to itself would run twice, the
        second time with the old address.
    kind : str
        The kind of record in view, on the screen of all records.
    """
    if project is None:
        return
    facts = queries.project_facts(project)
    step = facts.next_step
    if step is not None and not queries.workspace().moment:  # nothing of the past can be changed
        with st.container(
            horizontal=True, vertical_alignment="center", key="on_screen_only_next", gap="small"
        ):
            st.caption(f":material/flag: Next for this project: {literal(step.sentence)}")
            _way(step, here, kind)
            if step.kind == "kpis":
                _find_kpi(here)
            _all_steps(facts.steps, here, kind)
    if here != "value_case":  # which says it of the case in view
        _unchecked(facts)


def _way(step: SetupStep, here: str, kind: str, *, of_list: bool = False) -> None:
    """The way to where a step is done; none where the reader is there."""
    page, label, where = _WAYS[step.kind]
    if not page.endswith(f"/{here}.py"):
        st.page_link(
            page, label=label, icon=":material/arrow_forward:", query_params=panels.here(**where)
        )
    elif page == _REGISTERS and step.kind != kind:
        name = f"step_{step.kind}" if of_list else "register_next"
        st.button(label, key=name, on_click=controls.show_register, args=(step.kind,))


def _find_kpi(here: str) -> None:
    """The way to a KPI where nobody has named one."""
    if here != "find_kpi":
        st.page_link(
            "plan/find_kpi.py",
            label="Nobody has named a KPI? Find one",
            icon=":material/explore:",
            query_params=panels.here(),
        )


def _all_steps(steps: Sequence[SetupStep], here: str, kind: str) -> None:
    """Every step of a project, those that are done too."""
    n_done = sum(step.is_done for step in steps)
    with st.popover(f"{n_done} of {len(steps)} done", type="tertiary"):
        for step in steps:
            with st.container(horizontal=True, vertical_alignment="center"):
                mark = ":material/check_circle:" if step.is_done else ":material/circle:"
                sentence = literal(step.sentence[:1].upper() + step.sentence[1:])
                st.caption(f"{mark} {sentence}")
                if not step.is_done:
                    _way(step, here, kind, of_list=True)
                if step.kind == "kpis" and not step.is_done:
                    _find_kpi(here)


def _unchecked(facts: ProjectFacts) -> None:
    """That values of this project are guesses, for as long as they are; on paper too."""
    if facts.unchecked:
        sentences = [f"{title} {text.unchecked(of)}." for title, of in facts.unchecked.items()]
        st.caption(f":material/rule: {literal(' '.join(sentences))}")
