"""One page that explains an estimate to people who do not estimate: HTML that prints on A4."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLE: Final = """
@page { size: A4; margin: 14mm 15mm; }
body { font: 10.5pt/1.4 system-ui, sans-serif; color: #1b1f24; background: #fff;
       max-width: 180mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; margin: 0 0 1mm; }
h2 { font-size: 11.5pt; margin: 5mm 0 1.5mm; border-bottom: 1px solid #bbb; }
p, ul { margin: 1mm 0; } ul { padding-left: 5mm; } li { margin: .4mm 0; }
.lead { font-size: 12pt; } .muted { color: #555; font-size: 9pt; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
th, td { text-align: left; padding: .7mm 2mm .7mm 0; border-bottom: 1px solid #ddd; }
td.n, th.n { text-align: right; }
svg { width: 100%; height: auto; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""
_LEFT, _WIDTH, _ROW = 190, 640, 17
_RIGHT = 60
_BLUE, _GREY = "#4c78a8", "#9aa4b2"


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of a waterfall, in one unit: where it starts and ends, and its figure as text."""

    label: str
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """What stands on the page, all of it plain text.

    ``figures`` is a table with its header as the first row. ``notes`` say what the figures rest on
    and what is not in them; ``made`` says of what and when the page was made.
    """

    title: str
    lead: str
    warnings: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]
    chances: tuple[str, ...]
    bars: tuple[Bar, ...]
    bars_title: str
    drivers: tuple[str, ...]
    find_out: tuple[str, ...]
    notes: tuple[str, ...]
    made: str


def one_page(page: OnePage) -> str:
    """The page as one HTML file that needs nothing else.

    Examples
    --------
    >>> empty = OnePage("A <b>", "Lead.", (), (), (), (), "", (), (), (), "")
    >>> "A &lt;b&gt;" in one_page(empty)
    True
    """
    parts = [
        f"<h1>{escape(page.title)}</h1>",
        f'<p class="lead">{escape(page.lead)}</p>',
        *(f"<p><strong>{escape(warning)}</strong></p>" for warning in page.warnings),
        _table(page.figures),
        _listed("", page.chances),
        _heading(page.bars_title, _waterfall(page.bars)),
        _listed("What moves the figures most", page.drivers),
        _listed("What to find out first", page.find_out),
        _listed("What this rests on, and what is not in it", page.notes),
        f'<p class="muted">{escape(page.made)}</p>',
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(page.title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )


def _heading(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>{content}" if content else ""


def _listed(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    heading = f"<h2>{escape(title)}</h2>" if title else ""
    return f"{heading}<ul>{items}</ul>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    head, *body = rows
    cells = [[f"<th>{escape(c)}</th>" for c in head]]
    cells += [[f"<td>{escape(c)}</td>" for c in row] for row in body]
    lines = ["<tr>" + "".join(row) + "</tr>" for row in cells]
    return f"<table>{''.join(lines)}</table>"


def _waterfall(bars: Sequence[Bar]) -> str:
    if not bars:
        return ""
    most = max([1e-9, *(max(bar.start, bar.end) for bar in bars)])
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    parts = []
    for i, bar in enumerate(bars):
        low, high = sorted((bar.start, bar.end))
        y = i * _ROW
        colour = _GREY if i == 0 else _BLUE
        parts.append(
            f'<text x="0" y="{y + 12}" font-size="10">{escape(bar.label[:38])}</text>'
            f'<rect x="{_LEFT + low * scale:.1f}" y="{y + 3}" height="11" '
            f'width="{max(1.0, (high - low) * scale):.1f}" fill="{colour}"/>'
            f'<text x="{_LEFT + high * scale + 4:.1f}" y="{y + 12}" font-size="10">'
            f"{escape(bar.text)}</text>"
        )
    height = len(bars) * _ROW + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="Steps from the own numbers to the plan" fill="#1b1f24">{"".join(parts)}</svg>'
    )
