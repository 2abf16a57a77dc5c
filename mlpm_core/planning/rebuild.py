"""Whether a model could be built again from what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlpm_core.planning.artefacts import parents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Artefact, Rebuild


@dataclass(frozen=True, slots=True)
class RebuildScore:
    """What of the three that a rebuild needs is there for one model.

    ``missing`` are artefacts that it was made from, at any remove, and that nobody keeps;
    ``without_digest`` those kept, the model too, of which nothing tells whether they were changed.
    ``last`` is the newest try, None without one.
    """

    artefact_id: str
    has_parents: bool
    missing: tuple[str, ...]
    without_digest: tuple[str, ...]
    last: Rebuild | None

    @property
    def is_complete(self) -> bool:
        """Whether all that it was made from is kept, and said at all."""
        return self.has_parents and not self.missing

    @property
    def is_rebuilt(self) -> bool:
        """Whether the last try came within its tolerance of the model in use."""
        return self.last is not None and is_within_tolerance(self.last)

    @property
    def points(self) -> int:
        """How many of the three are met: all parts kept, all with a digest, rebuilt; 0 to 3."""
        return self.is_complete + (self.has_parents and not self.without_digest) + self.is_rebuilt


def is_within_tolerance(tried: Rebuild) -> bool:
    """Whether a model built again scores as the original does.

    Examples
    --------
    >>> from datetime import date
    >>> from mlpm_core.records import Rebuild
    >>> tried = dict(project="p", artefact_id="m", attempted_on=date(2026, 3, 2), original=0.8)
    >>> [is_within_tolerance(Rebuild(**tried, rebuilt=r)) for r in (0.808, 0.809, None)]
    [True, False, False]
    """
    if tried.original is None or tried.rebuilt is None:
        return False
    allowed = tried.tolerance * abs(tried.original)
    return abs(tried.rebuilt - tried.original) <= allowed * (1 + 1e-9)


def rebuild_score(
    model: Artefact, kept: Mapping[str, Artefact], tries: Sequence[Rebuild]
) -> RebuildScore:
    """The score of a model.

    Parameters
    ----------
    model : Artefact
        The model.
    kept : mapping of str to Artefact
        All artefacts of the project, by id.
    tries : sequence of Rebuild
        The tries to build this model again, in any order.

    Examples
    --------
    >>> from mlpm_core.records import Artefact
    >>> model = Artefact(project="p", artefact_id="m", artefact_type="model", made_from="d; c",
    ...                  digest="1f")
    >>> data = Artefact(project="p", artefact_id="d", artefact_type="dataset")
    >>> score = rebuild_score(model, {"m": model, "d": data}, ())
    >>> score.missing, score.without_digest, score.points
    (('c',), ('d',), 0)
    """
    seen: dict[str, None] = {}
    ahead = parents(model)
    while ahead:
        name = ahead.pop(0)
        if name not in seen and name != model.artefact_id:
            seen[name] = None
            ahead += parents(kept[name]) if name in kept else ()
    parts = [model, *(kept[name] for name in seen if name in kept)]
    return RebuildScore(
        artefact_id=model.artefact_id,
        has_parents=bool(seen),
        missing=tuple(name for name in seen if name not in kept),
        without_digest=tuple(a.artefact_id for a in parts if not a.digest.strip()),
        last=max(tries, key=lambda t: t.attempted_on, default=None),
    )
