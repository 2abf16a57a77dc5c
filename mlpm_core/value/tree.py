"""The driver tree: how a result grows out of the inputs, read off the mechanism's own formulas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import NotFoundError
from mlpm_core.quantity import Dimension, Unit
from mlpm_core.value.formula import Formula

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]

__all__ = ["NET", "DriverTree", "Edge", "Node", "NodeKind", "driver_tree"]

NET: Final = "net"
_STEP: Final = 0.005  # half a percent to either side: together the effect of one percent


class NodeKind(StrEnum):
    """What a node of the tree is."""

    RESULT = "result"
    FLOW = "flow"
    METRIC = "metric"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Node:
    """A result, a flow or an input: its value in its unit, and its place in the picture.

    ``column`` is 0 for the root and grows towards the inputs; ``row`` grows downwards.
    """

    name: str
    label: str
    kind: NodeKind
    value: float
    unit: str
    formula: str
    column: int
    row: float


@dataclass(frozen=True, slots=True)
class Edge:
    """``child`` enters the formula of ``parent``.

    ``per_percent`` is how much the parent changes, in its own unit, when the child alone is one
    percent larger.
    """

    parent: str
    child: str
    per_percent: float


@dataclass(frozen=True, slots=True)
class DriverTree:
    """Every node once, the root first, and every edge."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, name: str) -> Node:
        """The node of that name.

        Raises
        ------
        NotFoundError
            When the root does not rest on it.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise NotFoundError.of("node", name, [n.name for n in self.nodes])


def driver_tree(mechanism: Mechanism, inputs: Mapping[str, Array], root: str = NET) -> DriverTree:
    """The tree under one result.

    Parameters
    ----------
    mechanism : Mechanism
        Whose formulas are drawn: those against its natural baseline.
    inputs : mapping of str to array of shape ()
        One number for each input, in base units.
    root : str
        "net", the name of a dimension or of a flow.

    Returns
    -------
    DriverTree

    Raises
    ------
    NotFoundError
        When the mechanism has no such result.

    Examples
    --------
    >>> import numpy as np
    >>> from mlpm_core.value.mechanism import find_mechanism
    >>> shop = {"periods": 10_400, "mean_demand": 120, "wape_baseline": 0.3, "wape_model": 0.24,
    ...     "margin": 5, "goodwill": 1, "overage": 2, "lead_time_hours": 72,
    ...     "override_share_baseline": 0.25, "override_share_model": 0.15, "override_minutes": 0.1}
    >>> inputs = {name: np.array(float(x)) for name, x in shop.items()}
    >>> tree = driver_tree(find_mechanism("demand_forecast"), inputs)
    >>> [edge.child for edge in tree.edges if edge.parent == "net"]
    ['revenue', 'cost_saving']
    >>> round(tree.node("net").value, 2), tree.node("net").unit
    (238581.98, 'money/year')
    """
    formulas, units = _formulas(mechanism)
    if root not in formulas:
        raise NotFoundError.of(f"result of {mechanism.id}", root, formulas)
    values = mechanism.values(inputs)
    values[NET] = values[Dimension.REVENUE] + values[Dimension.COST_SAVING]
    labels, kinds = _inputs(mechanism)
    columns = _columns(root, formulas)
    nodes = [
        Node(
            name=name,
            label=labels.get(name, name.replace("_", " ").capitalize()),
            kind=kinds.get(name, NodeKind.FLOW),
            value=float(values[name]) / Unit.read(units[name]).factor,
            unit=units[name],
            formula=formulas[name].text if name in formulas else "",
            column=column,
            row=0.0,
        )
        for name, column in columns.items()
    ]
    edges = [
        Edge(name, child, _per_percent(formulas[name], child, values, units[name]))
        for name in columns
        if name in formulas
        for child in formulas[name].names
    ]
    return DriverTree(_placed(nodes, edges), tuple(edges))


def _formulas(mechanism: Mechanism) -> tuple[dict[str, Formula], dict[str, str]]:
    """Everything that is computed, by name, and the unit of everything."""
    money = (Dimension.REVENUE, Dimension.COST_SAVING)
    net = Formula.read(NET, " + ".join(d.value for d in money))
    kpis = {d.value: rule.formula for d, rule in mechanism.kpis.items()}
    formulas = {NET: net, **kpis, **{n: rule.formula for n, rule in mechanism.flows.items()}}
    units = {NET: Dimension.REVENUE.unit, **{d.value: rule.unit for d, rule in
             mechanism.kpis.items()}}  # fmt: skip
    units |= {name: rule.unit for name, rule in mechanism.flows.items()}
    return formulas, units | {entry.name: entry.unit for entry in mechanism.inputs}


def _inputs(mechanism: Mechanism) -> tuple[dict[str, str], dict[str, NodeKind]]:
    labels = {d.value: d.label for d in Dimension} | {i.name: i.label for i in mechanism.inputs}
    kinds = {
        i.name: NodeKind.METRIC if i.is_metric else NodeKind.QUANTITY for i in mechanism.inputs
    }
    return labels, kinds | dict.fromkeys([NET, *(d.value for d in Dimension)], NodeKind.RESULT)


def _columns(root: str, formulas: Mapping[str, Formula]) -> dict[str, int]:
    """The longest way from the root to each node below it, the root first."""
    columns = {root: 0}
    waiting = [root]
    while waiting:
        name = waiting.pop()
        for child in formulas[name].names if name in formulas else ():
            if columns.get(child, 0) <= columns[name]:
                columns[child] = columns[name] + 1
                waiting.append(child)
    return columns


def _per_percent(formula: Formula, child: str, values: Mapping[str, Array], unit: str) -> float:
    low, high = (
        float(formula({**values, child: values[child] * (1 + step)})) for step in (-_STEP, _STEP)
    )
    return (high - low) / Unit.read(unit).factor


def _placed(nodes: list[Node], edges: list[Edge]) -> tuple[Node, ...]:
    """Nodes with their rows: each beside the middle of what it rests on, none on another.

    Columns are filled from the inputs to the root; a node keeps the order of its parents.
    """
    order = {name: i for i, name in enumerate(_depth_first(nodes[0].name, edges))}
    children: dict[str, list[str]] = {}
    for edge in edges:
        children.setdefault(edge.parent, []).append(edge.child)
    rows: dict[str, float] = {}
    for column in range(max(n.column for n in nodes), -1, -1):
        last = -1.0
        for node in sorted((n for n in nodes if n.column == column), key=lambda n: order[n.name]):
            below = [rows[c] for c in children.get(node.name, ()) if c in rows]
            wanted = sum(below) / len(below) if below else last + 1
            last = rows[node.name] = max(wanted, last + 1)
    return tuple(replace(node, row=rows[node.name]) for node in nodes)


def _depth_first(root: str, edges: list[Edge]) -> list[str]:
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in found:
            return
        found[name] = None
        for edge in edges:
            if edge.parent == name:
                visit(edge.child)

    visit(root)
    return list(found)
