"""Where work changes hands: links between tasks of a chain that different people do."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Link:
    """A task, who does it, and the tasks it waits for."""

    task_id: str
    worker: str
    depends_on: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Handovers:
    """How often work changes hands.

    ``n_links`` counts the links between two tasks of which both have somebody, ``n_unknown`` those
    of which one has nobody. ``chain`` is the chain with the most handovers (of several the
    longest), ``chain_handovers`` how many it has.
    """

    n_links: int
    n_handovers: int
    n_unknown: int
    chain: tuple[str, ...]
    chain_handovers: int

    @property
    def share(self) -> float | None:
        """Handovers over links; None without a link."""
        return self.n_handovers / self.n_links if self.n_links else None


def handovers(tasks: Sequence[Link]) -> Handovers | None:
    """Count handovers, and find the chain with most of them.

    Parameters
    ----------
    tasks : sequence of Link
        A task that is waited for and is not among them is left out.

    Returns
    -------
    Handovers or None
        None when tasks wait for each other in a circle.

    Examples
    --------
    >>> work = [Link("a", "Ana"), Link("b", "Ben", ["a"]), Link("c", "Ben", ["b"])]
    >>> found = handovers([*work, Link("d", "Ana", ["c"])])
    >>> found.n_links, found.n_handovers, found.chain, found.chain_handovers
    (3, 2, ('a', 'b', 'c', 'd'), 2)
    >>> handovers([Link("a", "Ana", ["b"]), Link("b", "Ben", ["a"])]) is None
    True
    """
    links = {task.task_id: task for task in tasks}
    waits = {
        name: [before for before in dict.fromkeys(task.depends_on) if before in links]
        for name, task in links.items()
    }
    try:
        order = list(TopologicalSorter(waits).static_order())
    except CycleError:
        return None
    pairs = [(links[before], links[name]) for name in order for before in waits[name]]
    known = [(a.worker, b.worker) for a, b in pairs if a.worker and b.worker]
    chain, most = _most_handovers(links, waits, order)
    return Handovers(
        n_links=len(known),
        n_handovers=sum(a != b for a, b in known),
        n_unknown=len(pairs) - len(known),
        chain=chain,
        chain_handovers=most,
    )


def _most_handovers(
    links: Mapping[str, Link], waits: Mapping[str, Sequence[str]], order: Sequence[str]
) -> tuple[tuple[str, ...], int]:
    """The chain with the most handovers, and their number: the longest way through the order."""
    best: dict[str, tuple[int, int, str | None]] = {}
    for name in order:
        best[name] = (0, 1, None)
        for before in waits[name]:
            workers = links[before].worker, links[name].worker
            changes = all(workers) and workers[0] != workers[1]
            reached = (best[before][0] + int(changes), best[before][1] + 1, before)
            if reached[:2] > best[name][:2]:
                best[name] = reached
    if not best:
        return (), 0
    last: str | None = max(best, key=lambda name: best[name][:2])
    most, chain = best[last or ""][0], []
    while last is not None:
        chain.append(last)
        last = best[last][2]
    return tuple(reversed(chain)), most
