"""Small pictures as SVG, for where no browser draws charts: ranges, and a line in its band."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_WIDTH, _LEFT, _RIGHT, _ROW, _HEIGHT, _EDGE = 760, 150, 300, 26, 180, 10
_INK: Final = "#777"
_BLUE: Final = "#4c78a8"
_RED: Final = "#d62728"


def ranges(rows: Sequence[tuple[str, float, float, float, str]], *, has_one_scale: bool) -> str:
    """A bar from P10 to P90 for each row, with a mark at its mean and a line at 0.

    Parameters
    ----------
    rows : sequence of (name, P10, mean, P90, text)
        The text stands behind the bar.
    has_one_scale : bool
        Whether all rows are of one unit; else each has a scale of its own.

    Examples
    --------
    >>> "net: 3 (1 to 5)" in ranges([("Net", 1.0, 3.0, 5.0, "net: 3 (1 to 5)")], has_one_scale=True)
    True
    """
    ends = [(min(0.0, low, mean), max(0.0, high, mean)) for _, low, mean, high, _ in rows]
    if has_one_scale:
        ends = [(min(a for a, _ in ends), max(b for _, b in ends))] * len(rows)
    parts = []
    for i, ((name, *figures, text), (a, b)) in enumerate(zip(rows, ends, strict=True)):
        scale = (_WIDTH - _LEFT - _RIGHT - 2 * _EDGE) / ((b - a) or 1.0)
        low, mean, high, zero = (_LEFT + _EDGE + (x - a) * scale for x in (*figures, 0.0))
        y = i * _ROW + 6
        parts.append(
            f'<text x="0" y="{y + 11}" fill="{_INK}">{escape(name)}</text>'
            f'<rect x="{low:.1f}" y="{y}" width="{max(1.0, high - low):.1f}" height="14" '
            f'fill="{_BLUE}" fill-opacity="0.4"/>'
            f'<rect x="{mean - 1:.1f}" y="{y - 2}" width="2" height="18" fill="{_BLUE}"/>'
            f'<rect x="{zero:.1f}" y="{y - 6}" width="1" height="{_ROW}" fill="{_INK}"/>'
            f'<text x="{_WIDTH - _RIGHT}" y="{y + 11}" fill="{_INK}">{escape(text)}</text>'
        )
    return _drawing(len(rows) * _ROW + 6, "".join(parts), "Means with their P10 and P90")


def line_in_band(
    values: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    marked: Collection[int],
    says: str,
) -> str:
    """Values as a line over a band, some of them marked.

    Examples
    --------
    >>> line_in_band([1.0, 4.0], [0.0, 0.0], [2.0, 2.0], [1], "up").count("<circle")
    1
    """
    bottom, top = min(*low, *values), max(*high, *values)
    across = (_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    up = (_HEIGHT - 2 * _EDGE) / ((top - bottom) or 1.0)

    def at(i: int, y: float) -> tuple[str, str]:
        return f"{_EDGE + i * across:.1f}", f"{_HEIGHT - _EDGE - (y - bottom) * up:.1f}"

    there = [at(i, y) for i, y in enumerate(low)]
    back = [at(i, y) for i, y in enumerate(high)][::-1]
    line = [at(i, y) for i, y in enumerate(values)]
    band, path = (" ".join(map(",".join, points)) for points in ([*there, *back], line))
    dots = (f'<circle cx="{line[i][0]}" cy="{line[i][1]}" r="5" fill="{_RED}"/>' for i in marked)
    return _drawing(
        _HEIGHT,
        f'<polygon points="{band}" fill="{_BLUE}" fill-opacity="0.2"/>'
        f'<polyline points="{path}" fill="none" stroke="{_BLUE}" stroke-width="2"/>'
        f"{''.join(dots)}",
        says,
    )


def _drawing(height: int, inside: str, says: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">'
        f"<title>{escape(says)}</title>{inside}</svg>"
    )
