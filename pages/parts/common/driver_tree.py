"""The driver tree: how a result grows out of the inputs, as a picture and as a table."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import streamlit as st

from mlpm_core.quantity import Dimension
from mlpm_core.quantity.words import unit_in_words
from pages.parts.common import charts, printing
from pages.parts.common.charts import Spec, finished
from pages.parts.common.format import money, number
from pages.parts.common.hover import INK, MUTED, tooltip_line

if TYPE_CHECKING:
    from mlpm_core.services.valuation.mechanisms import Branch, DriverTree, Node

_ROW = 36  # pixels of a line
_STEP = 18  # pixels that a line is further in than the one it hangs on


def result(key: str) -> str:
    """Which result the tree is of."""
    titles = {"net": "Net benefit", **{d.value: d.label for d in Dimension}}
    return str(
        st.segmented_control(
            "Result", list(titles), format_func=lambda n: titles[n], default="net", key=key,
            required=True,
        )
    )  # fmt: skip


def driver_tree(tree: DriverTree, currency: str, grade: str) -> None:
    """A tree with the number of every node, and what one percent more of a child adds."""
    root = tree.nodes[0]
    text = (
        f"{_label(root)} is {_value(root, currency)} for the middle value of each input. "
        "Results are "
        "solid dots, inputs hollow ones. At the right: what 1% more of a line adds to the result "
        "it is part of."
    )
    frame = _frame(tree, currency)
    charts.draw(frame, _spec(len(tree.outline)), text, grade=grade)
    with st.expander("The same as a table", icon=":material/table:"):
        printing.table(
            _table(tree, currency), hide_index=True, alt="Every line of the driver tree, as rows"
        )


@lru_cache(maxsize=64)
def _spec(lines: int) -> Spec:
    """Lines below each other, each hanging on one above.

    The frame has the columns line, x, hangs_at, hangs_from, label, value, effect, formula and
    kind (result or input).
    """
    at = alt.Y(
        field="line",
        type="quantitative",
        axis=None,
        scale=alt.Scale(domain=[lines - 0.4, -0.6], nice=False, zero=False),
    )
    x = alt.X(field="x", type="quantitative", scale=None, axis=None)  # pixels
    hook = alt.X(field="hangs_at", type="quantitative", scale=None, axis=None)
    base = alt.Chart().encode(
        at,
        x,
        tooltip=[
            tooltip_line("label", "What"),
            tooltip_line("value", "Value"),
            tooltip_line("formula", "Calculated as"),
            tooltip_line("effect", "1% more adds"),
        ],
    )
    rule: dict[str, Any] = {"color": MUTED, "strokeWidth": 1, "opacity": 0.7}
    is_input = alt.FieldEqualPredicate(field="kind", equal="input")
    layers = [
        base.mark_rule(**rule).encode(hook, alt.X2(field="x")),
        base.mark_rule(**rule).encode(hook, alt.Y2(field="hangs_from")),
        base.mark_point(size=44, filled=True, opacity=1).transform_filter({"not": is_input}),
        base.mark_point(size=44, filled=False, opacity=1).transform_filter(is_input),
        base.mark_text(align="left", dx=9, dy=-5, fontSize=12, color=INK, fontWeight="bold").encode(
            alt.Text(field="label", type="nominal")
        ),
        base.mark_text(align="left", dx=9, dy=9, fontSize=12, color=INK).encode(
            alt.Text(field="value", type="nominal")
        ),
        base.mark_text(align="right", dx=-4, fontSize=12, color=INK).encode(
            alt.Text(field="effect", type="nominal"), x=alt.value("width")
        ),
    ]
    return finished(alt.layer(*layers).properties(height=lines * _ROW), "Driver tree")


def _frame(tree: DriverTree, currency: str) -> pd.DataFrame:
    lines = tree.outline
    return pd.DataFrame(
        [
            {
                "line": i,
                "x": 8 + line.depth * _STEP,
                "hangs_at": 8 + max(line.depth - 1, 0) * _STEP,
                "hangs_from": i if line.parent is None else line.parent,
                "label": _label(line.node) + (" (as above)" if line.is_repeat else ""),
                "value": _value(line.node, currency),
                "effect": _effect(tree, line, currency),
                "formula": line.node.formula or "an input",
                "kind": "result" if line.node.formula else "input",
            }
            for i, line in enumerate(lines)
        ]
    )


def _table(tree: DriverTree, currency: str) -> pd.DataFrame:
    lines = tree.outline
    return pd.DataFrame(
        {
            "Driver": ["\u2003" * line.depth + _label(line.node) for line in lines],
            "Value": [_value(line.node, currency) for line in lines],
            "1% more adds to its result": [_effect(tree, line, currency) for line in lines],
            "Calculated as": [line.node.formula or "an input" for line in lines],
        }
    )


def _label(node: Node) -> str:
    return "Net benefit" if node.name == "net" else node.label


def _value(node: Node, currency: str) -> str:
    if node.unit == "money/year":
        return money(node.value, currency)
    words = unit_in_words(node.unit, currency, is_one=node.value == 1)
    return f"{number(node.value)} {words}".strip()


def _effect(tree: DriverTree, line: Branch, currency: str) -> str:
    """What one percent more of a line adds to the one it hangs on, in that one's unit."""
    if line.edge is None:
        return ""
    parent = tree.node(line.edge.parent)
    moved = line.edge.per_percent
    if abs(moved) <= 1e-12 * max(1.0, abs(parent.value)):
        return "nothing"
    words = unit_in_words(parent.unit.partition("/")[0], currency, is_one=abs(moved) == 1)
    sign = "+" if moved > 0 else ""
    return f"{sign}{number(moved, 2)} {words}".strip()
