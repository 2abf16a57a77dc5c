"""What other records speak of and the register of risks does not have, one click each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import MlpmError
from mlpm_core.records import Status
from mlpm_core.services.plan import offered_risks as service
from pages.parts.common import commands
from pages.parts.common.cache import workspace
from pages.parts.common.format import counted, literal, percent

if TYPE_CHECKING:
    from mlpm_core.services.plan.offered_risks import OfferedRisk


def offers(project: str, offered: tuple[OfferedRisk, ...]) -> None:
    """Risks of people, harm and incidents that nobody has written down; nothing without one."""
    if not offered:
        return
    n = counted(len(offered), "risk")
    with st.expander(f"{n} that other records speak of", icon=":material/playlist_add:"):
        for offer in offered:
            st.markdown(
                f"{literal(offer.title)}  \n:gray[{literal(offer.category.label)}, from "
                f"{literal(offer.said_by)}]"
            )
            st.button(
                "Write it down",
                icon=":material/add:",
                key=f"write_down_{offer.risk_id}",
                on_click=_write_down,
                args=(project, offer.risk_id),
            )
        st.caption(
            f"Each is written down at {percent(offered[0].probability)}, even odds, without days: "
            "say under “Add or change” how likely it is and what it would take. One that is no "
            "risk is archived there, and not offered again."
        )


def _write_down(project: str, risk_id: str) -> None:
    """Write a risk down and say so with the way back; a callback."""
    try:
        saved = service.write_down(workspace(), project, risk_id)
    except MlpmError as error:
        commands.say(str(error), is_error=True)
        return
    if saved.receipt.status is Status.COMMITTED:
        commands.say(f"Written down as {saved.receipt.batch}.", saved.receipt)
    elif saved.receipt.rejects:
        commands.say(saved.receipt.rejects[0].message, is_error=True)
