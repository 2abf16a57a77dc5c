"""A chart as a picture that stands by itself: what it shows and what it rests on are in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_WIDTH: Final = 760  # pixels of the plot
_WRAPPED: Final = 112  # characters of a line above it
_SCALE: Final = 2  # pixels of a PNG for each of the plot
_INK, _MUTED, _LINES = "#1B1F24", "#57606A", "#E3E6EA"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart to hand out.

    ``spec`` is Vega-Lite without its data, ``rows`` are that: text, numbers, moments (UTC) or None.
    ``headline`` says what is seen, ``notes`` what it rests on, a line or more each. ``colours`` are
    those of the series, in their order.
    """

    spec: Mapping[str, Any]
    rows: Sequence[Mapping[str, object]]
    headline: str
    notes: Sequence[str]
    colours: Sequence[str]


def svg_bytes(picture: Picture) -> bytes:
    """The picture as SVG, dark on white, with its texts as text."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(_whole(picture), allowed_base_urls=[])
    return svg.encode()


def png_bytes(picture: Picture) -> bytes:
    """The picture as PNG, dark on white, two pixels wide for each of the plot's."""
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(_whole(picture), scale=_SCALE, allowed_base_urls=[])
    return png


def _whole(picture: Picture) -> dict[str, Any]:
    title = {
        "text": wrap(picture.headline, _WRAPPED),
        "subtitle": [line for note in picture.notes for line in wrap(note, _WRAPPED)],
        "anchor": "start",
        "frame": "group",
        "offset": 22,
        "color": _INK,
        "subtitleColor": _MUTED,
        "fontSize": 13,
        "subtitleFontSize": 11,
        "subtitlePadding": 6,
        "lineHeight": 17,
        "subtitleLineHeight": 15,
    }
    rows = [{name: _json(value) for name, value in row.items()} for row in picture.rows]
    return {
        **picture.spec,
        "data": {"values": rows},
        "title": title,
        "width": _WIDTH,
        "padding": 16,
        "background": "#FFFFFF",
        "config": _config(picture.colours) | _of_reader(picture.spec),
    }


def _of_reader(spec: Mapping[str, Any]) -> dict[str, Any]:
    """How the days and numbers of a chart are written, where it says so."""
    config = spec.get("config", {})
    return {name: config[name] for name in ("locale", "timeFormat") if name in config}


def _config(colours: Sequence[str]) -> dict[str, Any]:
    label = {"labelColor": _MUTED, "titleColor": _MUTED, "labelFontSize": 12, "titleFontSize": 12}
    return {
        "font": "sans-serif",
        "mark": {"color": colours[0]},
        "range": {"category": list(colours)},
        "view": {"stroke": None},
        "axis": label | {"gridColor": _LINES, "tickColor": _LINES, "domain": False}
        | {"titleFontWeight": "normal"},
        "legend": label,
        "bar": {"color": colours[0]},
    }  # fmt: skip


def _json(value: object) -> object:
    match value:
        case None | bool() | str():
            return value
        case int() | float():
            return value if math.isfinite(value) else None
        case datetime():
            return value.replace(tzinfo=None).isoformat()
        case date():
            return datetime.combine(value, time()).isoformat()
        case _:
            return str(value)
