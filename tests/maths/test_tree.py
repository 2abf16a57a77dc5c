"""The driver tree: drawn from the formulas, with the numbers they have."""

from __future__ import annotations

import numpy as np
import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.quantity import Dimension
from mlpm_core.value.mechanism import mechanisms
from mlpm_core.value.tree import NET, NodeKind, driver_tree

MECHANISMS = list(mechanisms().values())


def typical(mechanism) -> dict[str, np.ndarray]:
    """One number for each input: the middle of what is typical, else 1."""
    return {
        i.name: np.array(i.read(i.typical or i.default or "1").median) for i in mechanism.inputs
    }


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.id)
def test_every_edge_is_a_name_in_its_parents_formula(mechanism):
    tree = driver_tree(mechanism, typical(mechanism))
    assert tree.nodes[0].name == NET
    for node in tree.nodes:
        children = {e.child for e in tree.edges if e.parent == node.name}
        is_input = node.kind in (NodeKind.METRIC, NodeKind.QUANTITY)
        assert bool(node.formula) != is_input
        for child in children:
            assert child in node.formula
            assert tree.node(child).name != node.name


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.id)
@pytest.mark.parametrize("root", [NET, *(d.value for d in Dimension)])
def test_the_outline_has_every_edge_and_opens_nothing_twice(mechanism, root):
    tree = driver_tree(mechanism, typical(mechanism), root)
    lines = tree.outline
    assert lines[0].node.name == root
    assert {line.edge for line in lines[1:]} == set(tree.edges)
    for i, line in enumerate(lines[1:], start=1):
        above = lines[line.parent]
        assert line.parent < i
        assert line.depth == above.depth + 1
        assert (line.edge.parent, line.edge.child) == (above.node.name, line.node.name)
        assert not above.is_repeat
    opened = [line.node.name for line in lines if line.node.formula and not line.is_repeat]
    assert len(opened) == len(set(opened))
    assert len({n.name for n in tree.nodes}) == len(tree.nodes)


def test_one_percent_of_a_factor_is_one_percent_of_the_product():
    """M3's hours = automatic * minutes: 4,030 hours, so 40.3 for one percent of the cases."""
    triage = next(m for m in MECHANISMS if m.id == "triage_automation")
    inputs = typical(triage)
    tree = driver_tree(triage, inputs)
    hours = tree.node("hours")
    of = {e.child: e.per_percent for e in tree.edges if e.parent == "hours"}
    assert of["automatic"] == pytest.approx(hours.value / 100)
    assert of["audit_minutes"] < 0
    revenue = {e.child: e.per_percent for e in tree.edges if e.parent == NET}
    assert revenue["cost_saving"] == pytest.approx(tree.node("cost_saving").value / 100)


def test_there_is_no_tree_under_what_is_no_result():
    with pytest.raises(NotFoundError, match="coverge"):
        driver_tree(MECHANISMS[0], typical(MECHANISMS[0]), "coverge")
