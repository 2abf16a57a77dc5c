"""What is the same for every row of a file: asked among what there is, where there is something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.parts.common import queries
from pages.parts.common.choices import LENGTHS
from pages.parts.common.format import literal

if TYPE_CHECKING:
    from mlpm_core.records import FileField
    from mlpm_core.services.ingest.uploads import Upload


def asked(upload: Upload, field: FileField, key: str, given: str = "") -> str:
    """A field that holds one value for the whole file; nothing before it is answered."""
    kind = "models" if field.name == "model_id" else field.refers_to
    choices = list(queries.titles(upload.project, kind)) if kind else field.choices
    label = f"{literal(field.label)}, for every row"
    if not choices:
        form = ", such as 2026-01-31" if field.kind in ("day", "moment") else ""
        return st.text_input(label, value=given, key=key, help=f"{field.help.rstrip('.')}{form}.")
    if given and given not in choices:
        choices = [*choices, given]
    only = choices[0] if kind and len(choices) == 1 else given
    chosen = st.selectbox(
        label,
        choices,
        index=choices.index(only) if only in choices else None,
        format_func=lambda c: LENGTHS.get(c, c) if field.name == "granularity" else c,
        key=key,
        accept_new_options=kind is not None,
        placeholder=f"Choose or type {field.label.lower()}" if kind else "Choose one",
        help=field.help,
    )
    return str(chosen or "")
