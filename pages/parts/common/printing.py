"""Screens on paper: tables whole, the address and the time in the head, no controls.

Every table is drawn here, so that it has its files and prints whole.
The style sheet ``pages/print.css`` leaves out what only works on a screen. A table that scrolls
would be cut there: while the address says ``print=1``, tables are drawn row by row.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from mlpm_core.quantity.written import form
from pages.parts.common import addresses, files
from pages.parts.common.cache import made_once
from pages.parts.common.format import NOTHING, day, day_and_time, literal, significant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streamlit.delta_generator import DeltaGenerator

_KEY: Final = "print"
_DIGITS: Final = 15
_MOST_DECIMALS: Final = 4
_PRINTED: Final = re.compile(r"%\.(\d)f")
_ACCOUNTING: Final = "accounting"
AMOUNT: Final = st.column_config.NumberColumn(format=_ACCOUNTING, step=1)
"""A column of whole money, as 1,234, and (1,234) below 0, as accounts have it."""
_NOTHING_CHOSEN: Final = SimpleNamespace(selection=SimpleNamespace(rows=[], columns=[], cells=[]))


def is_on() -> bool:
    """Whether the address asks for the screen as it is printed."""
    return addresses.named(_KEY) == ("1",)


def choice() -> None:
    """The sidebar's way to the screen as it is printed."""
    if not is_on():
        st.sidebar.button(
            "Print view",
            icon=":material/print:",
            type="tertiary",
            key="print_view",
            on_click=_enter,
            help="This screen for paper or PDF: tables whole, without menu and controls.",
        )


def _enter() -> None:
    addresses.show(_KEY, "1")


def head() -> DeltaGenerator:
    """The place of a title; paper is white, so that the sheet must know of a dark screen."""
    theme = st.context.theme.type or "light"
    return st.container(horizontal=True, vertical_alignment="center", key=f"head_{theme}")


def notice() -> None:
    """How to print, and the way back; it is not printed itself."""
    if not is_on():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="on_screen_only_notice"):
        st.info(
            "This is the screen as it prints. Use the browser's own Print, on paper or as PDF: "
            "menu, fields and buttons are left out. Open first what is folded and should be read.",
            icon=":material/print:",
        )
        st.button("Back to the screen", key="print_back", on_click=addresses.drop, args=(_KEY,))


def screen_only(name: str, *, border: bool = False) -> DeltaGenerator:
    """A place for what only works on a screen; on paper it is left out."""
    return st.container(border=border, key=f"on_screen_only_{name}")


def hint(text: str, *, key: str, help: str | None = None) -> None:
    """What one can do on a screen, in small letters; not printed, for on paper one cannot."""
    with screen_only(key):
        st.caption(text, help=help)


def tabs(labels: Sequence[str], *, left_out: str = "") -> Sequence[DeltaGenerator]:
    """Tabs; on paper one part below the other, each under its label.

    Parameters
    ----------
    labels : sequence of str
        What the tabs are called.
    left_out : str
        The one of them that is left out on paper: what is only done on a screen.
    """
    if not is_on():
        return st.tabs(list(labels))
    places = [screen_only("tab") if label == left_out else st.container() for label in labels]
    for place, label in zip(places, labels, strict=True):
        place.header(label, anchor=False)
    return places


def table(
    data: pd.DataFrame,
    *,
    alt: str,
    period: str = "",
    ranges: str = "",
    grade: str = "",
    has_files: bool = True,
    **options: Any,  # noqa: ANN401  as st.dataframe has them
) -> Any:  # noqa: ANN401
    """A table as `st.dataframe` draws it, with its files; on paper with all its rows and columns.

    Parameters
    ----------
    data : pandas.DataFrame
        Its texts are shown letter by letter, never as markup.
    alt : str
        What it is called for a screen reader and in its files.
    period, ranges, grade : str
        What it rests on, for its files; taken from the table where left out.
    has_files : bool
        Whether it has files of its own; a page of a register has the whole register's.
    **options
        As `st.dataframe` takes them.

    Returns
    -------
    The selection, as `st.dataframe` gives it; on paper nothing is chosen.
    """
    columns = options.get("column_config") or {}
    if not is_on():
        if not form().has_plain_marks:
            options["column_config"] = _marked(pd.DataFrame(data), columns)
        chosen = st.dataframe(as_sent(data), alt=alt, **options)
        if has_files:
            files.of_table(data, columns, alt, period=period, ranges=ranges, grade=grade)
        return chosen
    whole = on_paper(pd.DataFrame(data), columns)
    st.table(whole, hide_index=options.get("hide_index"), alt=alt)
    return _NOTHING_CHOSEN


def below_zero() -> str:
    """How amounts below 0 stand in an `AMOUNT` column, as a caption says it."""
    return "in brackets: below 0" if form().has_plain_marks else "with a minus: below 0"


def _marked(data: pd.DataFrame, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns whose numbers the browser writes in its own form, with the decimals they had.

    Without a form of their own they had as many as the numbers need, at most four.
    """
    marked = dict(columns)
    for place, (name, kind) in enumerate(data.dtypes.items()):
        config = marked.get(str(name), {})
        config = {"label": config} if isinstance(config, str) else config
        if config is None or not pd.api.types.is_numeric_dtype(kind):
            continue
        of_kind = config.get("type_config") or {}
        shown = of_kind.get("format")
        decimals = _PRINTED.fullmatch(shown or "")
        if decimals:
            n = int(decimals[1])
        elif shown == _ACCOUNTING:
            n = 0
        elif shown is None and pd.api.types.is_float_dtype(kind):
            n = _decimals(data.iloc[:, place])
        else:
            continue
        of_kind = {"type": "number"} | of_kind | {"format": "localized", "step": 10**-n}
        marked[str(name)] = config | {"type_config": of_kind}
    return marked


def _decimals(numbers: pd.Series) -> int:
    """How many decimals a column needs for each of its numbers to have up to four digits of them.

    Examples
    --------
    >>> _decimals(pd.Series([0.8, 12.125, float("nan")])), _decimals(pd.Series([1.0, 0.00002]))
    (3, 5)
    """
    needed = 0
    for number in numbers[np.isfinite(numbers) & (numbers != 0)].unique():
        most = max(_MOST_DECIMALS, -math.floor(math.log10(abs(number))))
        text = f"{number:.{min(most, _DIGITS)}f}".rstrip("0")
        needed = max(needed, len(text.partition(".")[2]))
    return needed


@made_once
def as_sent(data: pd.DataFrame) -> pd.DataFrame | pa.Table:
    """What goes to the browser of a frame, made once where the same one is drawn again.

    A frame with texts and numbers in one column stays as it is: Streamlit writes it as text.
    """
    try:
        return pa.Table.from_pandas(data)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return data


def rows(data: pd.DataFrame, *, alt: str, **options: Any) -> None:  # noqa: ANN401
    """A table whose cells are Markdown, as `st.table` draws it, with its files."""
    st.table(as_sent(data), border="horizontal", hide_index=True, alt=alt, **options)
    if not is_on():
        files.of_table(data, {}, alt, is_markup=True)


def folded_table(
    label: str, made: Callable[[], pd.DataFrame], *, alt: str, key: str, caption: str = ""
) -> None:
    """A table that is made when its expander is opened.

    Parameters
    ----------
    label : str
        Of the expander.
    made : callable
        Makes the table.
    alt : str
        What it holds, for those who do not see it.
    key : str
        Of the expander; unlike any other on the screen.
    caption : str, optional
        Above the table, letter by letter.
    """
    with st.expander(
        label, icon=":material/table:", on_change="rerun", key=f"folded_{key}"
    ) as opened:
        if opened.open:
            if caption:
                st.caption(literal(caption))
            table(made(), hide_index=True, alt=alt)


def on_paper(data: pd.DataFrame, columns: Mapping[str, Any]) -> pd.DataFrame:
    r"""A table's cells as the texts that its columns' configuration makes of them.

    Parameters
    ----------
    data : pandas.DataFrame
        The cells.
    columns : mapping of str to what `st.column_config` gives, or a label, or None to leave it out
        By column; a column of small charts is left out.

    Returns
    -------
    pandas.DataFrame
        Texts, which Markdown does not change.

    Examples
    --------
    >>> frame = pd.DataFrame({"Days": [1250, None], "Who": ["a*b", "c"]})
    >>> on_paper(frame, {"Who": "Whose"}).to_dict("list")
    {'Days': ['1,250', '–'], 'Whose': ['a\\*b', 'c']}
    """
    labels, cells = [], []
    for place, label, printf in files.shown_columns(data, columns):
        labels.append(literal(label))
        cells.append([_written(cell, printf) for cell in data.iloc[:, place]])
    shown = pd.DataFrame(dict(enumerate(cells)), index=data.index)
    return shown.set_axis(labels, axis="columns")  # two columns may have one label


def _written(cell: Any, printf: str | None) -> str:  # noqa: ANN401  of any column
    if not isinstance(cell, list | tuple | dict) and pd.isna(cell):
        return NOTHING
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        if printf and files.AS_PRINTF.search(printf):
            return literal(form().number(printf % cell))
        if printf == _ACCOUNTING and cell < 0 and form().has_plain_marks:
            return f"({_written(-cell, printf)})"
        is_small = 0 < abs(cell) < 1
        return significant(cell) if is_small else significant(round(cell, 3), _DIGITS)
    if isinstance(cell, datetime):
        return day(cell) if cell.time() == time() else day_and_time(cell)
    return day(cell) if isinstance(cell, date) else literal(cell)
