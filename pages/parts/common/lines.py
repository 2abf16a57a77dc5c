"""Lines that can be read: each named at its end, and no outlier that flattens all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import altair as alt
import numpy as np

from pages.parts.common.format import number, plain
from pages.parts.common.hover import INK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

_NAME_WIDTH: Final = "clamp(width * 0.22, 70, 120)"
RIGHT: Final = f"width - {_NAME_WIDTH}"
ROOM: Final[list[Any]] = [0, alt.ExprRef(RIGHT)]
"""Where lines run from and to: at their right is room for their names."""
AS_NAME: Final[dict[str, Any]] = {
    "align": "left",
    "dx": 8,
    "fontSize": 11,
    "limit": alt.ExprRef(f"{_NAME_WIDTH} - 10"),
}
"""How the name of a line is written; a long one ends in dots."""
_LETTERS: Final = 13  # pixels between two names
_LEAST: Final = 12  # values of which a few can be outliers
_MOST_BEYOND: Final = 0.1  # share of values that are cut off at most
_REACH: Final = 1.5  # times the inner range that is shown beyond it
_FLATTENED: Final = 2.0  # times the height that the outliers would cost


def named(
    frame: pd.DataFrame, names: Mapping[str, str], *, pixels: int, drawn: Sequence[str] = ()
) -> pd.DataFrame:
    """A frame with the name of each line in the row where it ends, and the height it stands at.

    Parameters
    ----------
    frame : pandas.DataFrame
        In the order of time.
    names : mapping of str
        The column of each line with its name; one without a value gets none.
    pixels : int
        How high the plot is.
    drawn : sequence of str
        Columns beside the lines that the axis holds.
    """
    lines = {c: _column(frame, c) for c in (*names, *drawn) if c in frame}
    known = np.concatenate([x[np.isfinite(x)] for x in lines.values()] or [np.empty(0)])
    spread = float(np.ptp(known)) if known.size else 0.0
    gap = (spread or 1.0) * _LETTERS / pixels
    ends = {c: np.flatnonzero(np.isfinite(lines[c])) for c in names if c in lines}
    rows = {c: int(end[-1]) for c, end in ends.items() if end.size}
    added: dict[str, Any] = {}
    for column, height in _apart({c: float(lines[c][r]) for c, r in rows.items()}, gap).items():
        texts, at = np.full(len(frame), None, dtype=object), np.full(len(frame), np.nan)
        texts[rows[column]], at[rows[column]] = names[column], height
        added |= {f"{column}_name": texts, f"{column}_name_at": at}
    return frame.assign(**added)


def _column(frame: pd.DataFrame, name: str) -> np.ndarray[Any, Any]:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def _numbers(frame: pd.DataFrame, columns: Sequence[str]) -> np.ndarray[Any, Any]:
    """Those of the columns that there are, as numbers, a row each."""
    found = [_column(frame, name) for name in columns if name in frame]
    return np.column_stack(found) if found else np.empty((len(frame), 0))


def _apart(heights: Mapping[str, float], gap: float) -> dict[str, float]:
    """Heights with at least a gap between two, moved from their own as little as can be.

    Examples
    --------
    >>> _apart({"a": 1.0, "b": 1.0, "c": 9.0}, 2.0)
    {'a': 0.0, 'b': 2.0, 'c': 9.0}
    """
    order = sorted(heights, key=lambda c: heights[c])
    groups: list[list[str]] = []
    places: dict[str, float] = {}
    for column in order:
        groups.append([column])
        while True:
            group = groups[-1]
            middle = sum(heights[c] for c in group) / len(group)
            first = middle - gap * (len(group) - 1) / 2
            places |= {c: first + gap * i for i, c in enumerate(group)}
            if len(groups) < 2 or places[groups[-2][-1]] + gap <= first + 1e-12 * abs(first):
                break
            groups[-2:] = [[*groups[-2], *group]]
    return {c: places[c] for c in heights}


def named_series(frame: pd.DataFrame, by: str, *, pixels: int) -> pd.DataFrame:
    """A frame of rows of several series with the name of each, where it ends; see `named`.

    It has the column value and those of each series in the order of time; ``by`` names the series.
    """
    values, series = _column(frame, "value"), frame[by].tolist()
    rows = {name: row for row, name in enumerate(series)}  # the last of each
    spread = max(float(values.max()), 0.0) - min(float(values.min()), 0.0)
    heights = {name: float(values[row]) for name, row in rows.items()}
    names, at = np.full(len(frame), None, dtype=object), np.full(len(frame), np.nan)
    for name, height in _apart(heights, (spread or 1.0) * _LETTERS / pixels).items():
        names[rows[name]], at[rows[name]] = name, height
    return frame.assign(name=names, name_at=at)


def name_layers(lines: Sequence[str], x: alt.X | None = None) -> list[alt.Chart]:
    """The names of lines at their right ends, of a frame that went through `named`.

    Parameters
    ----------
    x : altair.X, optional
        Where a row stands, unless it does where it starts.
    """
    where = alt.X(field="start", type="temporal") if x is None else x
    return [
        alt.Chart()
        .transform_filter(f"isValid(datum['{line}_name'])")
        .mark_text(**AS_NAME, color=INK)
        .encode(
            where,
            alt.Y(field=f"{line}_name_at", type="quantitative"),
            alt.Text(field=f"{line}_name", type="nominal"),
        )
        for line in lines
    ]


def held(
    frame: pd.DataFrame,
    values: Sequence[str],
    *,
    around: Sequence[str] = (),
    keep: Sequence[str] = (),
    digits: int = 3,
) -> pd.DataFrame:
    """A frame whose few outliers stand at the edge of the picture, with their figures beside them.

    Tooltips tell what they are: ``full_`` columns hold the values as they were. A row has in
    ``beyond`` where its figure stands and in ``beyond_text`` that figure, the farthest of a run.

    Parameters
    ----------
    values : sequence of str
        Columns of the lines.
    around : sequence of str
        Columns that are cut with them, such as the ends of their ranges.
    keep : sequence of str
        Columns that must stay in the picture, such as a target.
    digits : int
        Of the figures that are written beside them.
    """
    lines = _numbers(frame, values)
    known = lines[np.isfinite(lines)]
    if known.size < _LEAST:
        return frame
    low, high = np.quantile(known, [0.05, 0.95])
    room = _REACH * (high - low)
    kept = _numbers(frame, keep)
    kept = kept[np.isfinite(kept)]
    low, high = min(low - room, *kept, np.inf), max(high + room, *kept, -np.inf)
    inside = known[(known >= low) & (known <= high)]
    height = np.ptp(np.concatenate([inside, kept])) if inside.size else 0.0
    n_beyond = known.size - inside.size
    is_flat = height > 0 and np.ptp(np.concatenate([known, kept])) > _FLATTENED * height
    if not n_beyond or n_beyond > _MOST_BEYOND * known.size or not is_flat:
        return frame
    full = {c: _column(frame, c) for c in (*values, *around) if c in frame}
    return frame.assign(
        **{f"full_{c}": numbers for c, numbers in full.items()},
        **{c: np.clip(numbers, low, high) for c, numbers in full.items()},
        **_beyond(lines, float(low), float(high), digits),
    )


def _beyond(
    lines: np.ndarray[Any, Any], low: float, high: float, digits: int
) -> dict[str, np.ndarray[Any, Any]]:
    """Where the figures of outliers stand, and these: one for those that follow each other."""
    off = np.nanmax(np.maximum(low - lines, lines - high), axis=1, initial=-np.inf)
    which = np.nanargmax(np.where(np.isfinite(lines), np.abs(lines - (low + high) / 2), -1), axis=1)
    far = lines[np.arange(len(lines)), which]
    at = np.full(len(lines), np.nan)
    texts = np.full(len(lines), None, dtype=object)
    run: list[int] = []
    for row in [*range(len(lines)), -1]:
        if row >= 0 and off[row] > 0:
            run.append(row)
        elif run:
            top = max(run, key=lambda r: off[r])
            at[top] = low if far[top] < low else high
            texts[top] = f"{'↓' if far[top] < low else '↑'} {number(float(far[top]), digits)}"
            run = []
    return {"beyond": at, "beyond_text": texts, "is_beyond": off > 0}


def beyond_layer() -> alt.Chart:
    """The figures of outliers at the edge, of a frame that went through `held`."""
    layer: alt.Chart = (
        alt.Chart()
        .transform_filter("isValid(datum['beyond_text'])")
        .mark_text(align="right", dx=-8, fontSize=11, fontWeight="bold", color=INK)
        .encode(
            alt.X(field="start", type="temporal"),
            alt.Y(field="beyond", type="quantitative"),
            alt.Text(field="beyond_text", type="nominal"),
        )
    )
    return layer


def said(frame: pd.DataFrame) -> str:
    """That values stand at the edge and are farther off; empty without any."""
    if "is_beyond" not in frame:
        return ""
    n = int(frame["is_beyond"].sum())
    if n == 1:
        return " One value lies beyond the edge; it is written there."
    return f" {plain(n)} values lie beyond the edge; the farthest is written there."
