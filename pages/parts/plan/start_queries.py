"""What the screen New project and an empty value case load: kinds of model with typical numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from mlpm_core.services.plan import start

if TYPE_CHECKING:
    from mlpm_core.services.plan.start import Kind, Worth


def kinds(mechanism_id: str | None = None) -> dict[str, Kind]:
    """The kinds of model by id; of one mechanism when it is named."""
    return start.kinds_of(mechanism_id)


@lru_cache(maxsize=128)
def typical_value(kind: str, currency: str) -> Worth:
    """What a kind of model is worth by typical numbers alone: the same for everybody."""
    return start.typical_value(kind, currency)
