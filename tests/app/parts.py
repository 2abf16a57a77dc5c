"""A part of a screen run by itself, and all that it shows, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamlit.proto.Metric_pb2 import Metric
from streamlit.testing.v1 import AppTest

from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def links_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show links as lines of text: a part by itself has no pages to lead to."""
    import streamlit as st

    def link(page: str, *, label: str, icon: str = "", query_params: Any = None) -> None:
        query = "&".join(f"{name}={value}" for name, value in (query_params or {}).items())
        st.markdown(f"{label} -> {page}?{query}")

    monkeypatch.setattr(st, "page_link", link)


def shown(part: Callable[..., object], *arguments: object, **state: object) -> list[str]:
    """Everything a part shows, in its order; fails when it throws."""

    def screen(part, arguments):
        part(*arguments)

    app = AppTest.from_function(screen, kwargs={"part": part, "arguments": arguments})
    for name, value in state.items():
        app.session_state[name] = value
    app.run(timeout=PATIENCE)
    assert not app.exception, app.exception
    return list(_lines(app.main))


def _lines(block: Any) -> Any:
    for child in block.children.values():
        if child.type == "metric":
            yield _metric(child.proto)
        elif child.type == "dataframe":
            yield f"table {', '.join(child.value.columns)}: {child.proto.alt}"
        elif child.type == "download_button":
            continue  # every table and chart has its files: tests/app/test_files.py
        elif hasattr(child, "children"):
            label = getattr(child, "label", None)
            if label:
                yield f"{child.type} {label}"
            yield from _lines(child)
        elif child.type in ("info", "warning", "error", "success"):
            yield f"{child.type}: {child.value}"
        else:
            yield f"{child.value}"


def _metric(metric: Metric) -> str:
    text = f"{metric.icon} {metric.label}: {metric.body}".removeprefix(" ")
    if metric.delta:
        arrow = Metric.MetricDirection.Name(metric.direction).lower()
        colour = Metric.MetricColor.Name(metric.color).lower()
        text += f" ({metric.delta} {metric.delta_description}, {arrow} {colour})"
    if metric.help:
        text += f" [{metric.help}]"
    return text + (f" {list(metric.chart_data)}" if metric.chart_data else "")
