"""The piece of the Brief screen that offers what lighthouse projects found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import Status
from mlpm_core.services.plan import lighthouses as service
from pages.parts.common import commands
from pages.parts.common.cache import workspace
from pages.parts.common.format import counted, literal

if TYPE_CHECKING:
    from mlpm_core.services.plan.lighthouses import OfferedFinding


def offers(project: str, offered: tuple[OfferedFinding, ...]) -> None:
    """What lighthouses found out, each to be taken over by one click; nothing without an offer."""
    if not offered:
        return
    n = counted(len(offered), "finding")
    st.header("From lighthouse projects", anchor=False)
    st.markdown(f"**{n}** of lighthouse projects can be taken over into this brief.")
    for offer in offered:
        with st.container(border=True):
            change = " It was taken over before and differs now." if offer.is_update else ""
            st.markdown(
                f"{literal(offer.statement)}  \n:gray[{literal(offer.area.label)}, "
                f"{offer.confidence.value}. {literal(offer.evidence)}.{change}]"
            )
            st.button(
                "Update" if offer.is_update else "Take over",
                icon=":material/download_done:",
                key=f"take_over_{offer.finding_id}",
                on_click=_take_over,
                args=(project, offer.finding_id),
            )


def _take_over(project: str, finding_id: str) -> None:
    """Take a finding over and say so with the way back; a callback."""
    try:
        saved = service.take_over(workspace(), project, [finding_id])
    except MlpmError as error:
        commands.say(str(error), is_error=True)
        return
    if saved.receipt.status is Status.COMMITTED:
        commands.say(f"Taken over as {saved.receipt.batch}.", saved.receipt)
    elif saved.receipt.rejects:
        commands.say(saved.receipt.rejects[0].message, is_error=True)
