"""Panels that screens share: the guard, empty states, KPI cards, how a figure was made."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import MlpmError
from pages.parts.figures import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["empty", "guard"]


@contextmanager
def guard() -> Iterator[None]:
    """Show our own errors as the sentences they are; everything else stays a trace, it is a bug."""
    try:
        yield
    except MlpmError as error:
        st.error(literal(error), icon=":material/error:")


def empty(sentence: str, page: str, label: str, icon: str = ":material/arrow_forward:") -> None:
    """An empty state: what is missing, and the one step that leads on; ends the screen."""
    st.info(sentence, icon=":material/info:")
    st.page_link(page, label=label, icon=icon)
    st.stop()
