"""The driver tree: how a result grows out of the inputs, read off the mechanism's own formulas."""

from __future__ import annotations

from dataclasses import dataclass
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


NET: Final = "net"
_SPELLED: Final = {
    "tp": "true positives", "fp": "false positives", "fn": "false negatives",
    "tn": "true negatives", "fte": "FTE",
}  # fmt: skip
_STEP: Final = 0.005  # half a percent to either side: together the effect of one percent


class NodeKind(StrEnum):
    """What a node of the tree is."""

    RESULT = "result"
    FLOW = "flow"
    METRIC = "metric"
    QUANTITY = "quantity"


@dataclass(frozen=True, slots=True)
class Node:
    """A result, a flow or an input: its value in its unit, and how it is computed."""

    name: str
    label: str
    kind: NodeKind
    value: float
    unit: str
    formula: str


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
class Branch:
    """One line of the outline: a node under one of those it enters.

    ``edge`` leads to it, None for the root. ``is_repeat`` says that what it rests on stands at an
    earlier line.
    """

    node: Node
    depth: int
    edge: Edge | None
    parent: int | None
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class DriverTree:
    """Every node once, the root first, and every edge."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def outline(self) -> tuple[Branch, ...]:
        """The tree as lines, each node under every one it enters; what it rests on, only once.

        ``parent`` of a line is the place of another in the outline.
        """
        by_name = {node.name: node for node in self.nodes}
        below: dict[str, list[Edge]] = {}
        for edge in self.edges:
            below.setdefault(edge.parent, []).append(edge)
        lines: list[Branch] = []
        seen: set[str] = set()

        def write(name: str, depth: int, edge: Edge | None, parent: int | None) -> None:
            here = len(lines)
            is_repeat = name in seen and name in below
            lines.append(Branch(by_name[name], depth, edge, parent, is_repeat))
            seen.add(name)
            if not is_repeat:
                for under in below.get(name, ()):
                    write(under.child, depth + 1, under, here)

        write(self.nodes[0].name, 0, None, None)
        return tuple(lines)

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
    names = _below(root, formulas)
    nodes = tuple(
        Node(
            name=name,
            label=labels.get(name) or _words(name),
            kind=kinds.get(name, NodeKind.FLOW),
            value=float(values[name]) / Unit.read(units[name]).factor,
            unit=units[name],
            formula=formulas[name].text if name in formulas else "",
        )
        for name in names
    )
    edges = tuple(
        Edge(name, child, _per_percent(formulas[name], child, values, units[name]))
        for name in names
        if name in formulas
        for child in formulas[name].names
    )
    return DriverTree(nodes, edges)


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


def _words(name: str) -> str:
    """The name of a flow as people read it.

    Examples
    --------
    >>> _words("tp_acted"), _words("review_hours")
    ('True positives acted', 'Review hours')
    """
    words = [_SPELLED.get(word, word) for word in name.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def _below(root: str, formulas: Mapping[str, Formula]) -> list[str]:
    """The root and everything it rests on, once each."""
    names = [root]
    for name in names:  # grows while it is read
        below = formulas[name].names if name in formulas else ()
        names += [child for child in below if child not in names]
    return names


def _per_percent(formula: Formula, child: str, values: Mapping[str, Array], unit: str) -> float:
    low, high = (
        float(formula({**values, child: values[child] * (1 + step)})) for step in (-_STEP, _STEP)
    )
    return (high - low) / Unit.read(unit).factor
