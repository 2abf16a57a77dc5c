"""What is kept of data and models on the screen Risks and checks: where, whose, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from mlpm_core.services.plan.checks import ArtefactGap
from pages.parts.common import printing
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, counted, day, literal, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.plan.checks import ChecksView, KeptArtefact

GAPS: Final = {
    ArtefactGap.KEPT_TOO_LONG: "kept beyond its last day",
    ArtefactGap.NO_LAST_DAY: "data of persons without a last day",
    ArtefactGap.NO_LICENCE: "no licence",
    ArtefactGap.NO_OWNER: "no owner",
    ArtefactGap.NO_LOCATION: "no place",
    ArtefactGap.NO_DIGEST: "no digest",
}
"""What each gap is called."""


def table(view: ChecksView) -> None:
    """Every artefact: where it lies, who gives access, its licence, and until when it may be kept.

    Data kept too long stand above it.
    """
    st.header("Data and models that are kept", anchor=False)
    kept = view.artefacts
    if not kept:
        st.caption(
            "Nothing is written down. Add each dataset, and each model with what it was made from, "
            "as artefacts, under “Add or change”: by form, or as a file."
        )
        return
    late = [a.record.artefact_id for a in kept if ArtefactGap.KEPT_TOO_LONG in a.gaps]
    if late:
        st.warning(
            f"Kept beyond the last day: {literal(', '.join(late))}. Delete what may not be kept.",
            icon=":material/auto_delete:",
        )
    printing.table(
        _table(kept),
        hide_index=True,
        alt="Artefacts with what is not settled, steps, owner, place, licence and last day",
    )
    open_ones = sum(bool(a.gaps) for a in kept)
    n = counted(len(kept), "artefact")
    st.caption(
        f"{plain(open_ones)} of {n} with something not settled. Steps since raw: the longest way "
        "from what was made from nothing that is written down."
    )


@made_once
def _table(kept: Sequence[KeptArtefact]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Artefact": [a.record.artefact_id for a in kept],
            "Type": [a.record.artefact_type.value.replace("_", " ") for a in kept],
            "Not settled": [", ".join(GAPS[g] for g in a.gaps) or NOTHING for a in kept],
            "Steps since raw": [a.steps for a in kept],
            "Made": [day(a.record.created_on) for a in kept],
            "Access from": [a.record.owner or NOTHING for a in kept],
            "Place": [a.record.location or NOTHING for a in kept],
            "Licence": [a.record.licence or NOTHING for a in kept],
            "Data of persons": [_personal(a) for a in kept],
            "Keep until": [day(a.record.keep_until_on) for a in kept],
        }
    )


def _personal(artefact: KeptArtefact) -> str:
    return "yes" if artefact.record.holds_personal_data else "no"
