"""Numbers as people write them: below a field stands at once what was understood, or what is wrong.

A text that has two readings is used only once one of them is chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import form as written_form
from mlpm_core.services.valuation.typed import Asked, typed_answer, typed_number
from pages.parts.common.format import literal, significant
from pages.parts.common.locales import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.services.valuation.typed import Reading
    from mlpm_core.services.valuation.value_cases import CaseValue
    from pages.parts.common.forms import Form

__all__ = ["Asked", "Entered", "field", "shown", "understood"]


@dataclass(frozen=True, slots=True)
class Entered:
    """What a field holds: its text, and what that means unless it is not read yet.

    ``value`` is a number, or the notation of a quantity.
    """

    text: str
    value: float | str | None
    is_read: bool = True


def shown(value: float | None) -> str:
    """A stored number as its field shows it: every digit, with commas between thousands.

    Examples
    --------
    >>> shown(590000.0), shown(0.125), shown(12), shown(None)
    ('590,000', '0.125', '12', '')
    """
    return "" if value is None else significant(value, 15)


def as_typed(notation: str) -> str:
    """A stored quantity as its field shows it, with the reader's marks; a call stays as it is.

    Examples
    --------
    >>> as_typed("12.5k to 20k"), as_typed("normal(1.5, 0.2)")
    ('12.5k to 20k', 'normal(1.5, 0.2)')
    """
    return notation if "(" in notation else written_form().number(notation)


def understood(form: Form, name: str, read: Callable[[], tuple[Reading, ...]]) -> Reading | None:
    """What was typed into a field, said below it; None while it cannot be used."""
    try:
        readings = read()
    except InputError as error:
        st.error(literal(error), icon=":material/error:")
        return None
    if len(readings) == 1:
        st.caption(f"Read as {literal(readings[0].sentence)}")
        return readings[0]
    st.warning("Which of the two? It is not used before you choose.", icon=":material/help:")
    with st.container(horizontal=True, gap="xsmall"):
        for i, reading in enumerate(readings):
            st.button(
                literal(reading.sentence),
                key=f"{form.key(name)}_reading{i}",
                on_click=form.put,
                args=(name, reading.notation),
            )
    return None


def read_number(text: str, asked: Asked) -> tuple[Reading, ...]:
    """What a number may mean as its reader types it; two readings are asked about."""
    return typed_number(text, asked, has_decimal_comma=current().has_decimal_comma)


def read_answer(case: CaseValue, name: str, text: str) -> tuple[Reading, ...]:
    """The same of the answer to a question of a value case."""
    return typed_answer(case, name, text, has_decimal_comma=current().has_decimal_comma)


def field(
    form: Form,
    name: str,
    asked: Asked,
    stored: float | None,
    *,
    label: str | None = None,
    help: str | None = None,
    disabled: bool = False,
) -> Entered:
    """A field for one number; ``stored`` is what its untouched text stands for.

    Parameters
    ----------
    asked : Asked
        What the number must be.
    label : str, optional
        What stands above the field, as Markdown; the label of what is asked when left out.
    """
    text = st.text_input(
        literal(asked.label) if label is None else label,
        help=help,
        key=form.key(name),
        on_change=form.note,
        disabled=disabled,
    )
    text = text or ""
    if text == form.initial[name]:
        return Entered(text, stored)
    if not text.strip():
        return Entered(text, None)
    reading = understood(form, name, lambda: read_number(text, asked))
    if reading is None:
        return Entered(text, None, is_read=False)
    return Entered(text, reading.quantity.median)
