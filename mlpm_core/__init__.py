"""MLPM: what a model is worth to the business.

In a notebook ``import mlpm_core as mlpm`` gives ``mlpm.value``, ``mlpm.leaderboard``,
``mlpm.control_chart`` and ``mlpm.open``; each answer shows its sentence, its picture and its table.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any, Final

from mlpm_core import value as _engine

__all__ = [
    "Board",
    "Chart",
    "InputError",
    "MlpmError",
    "Store",
    "Value",
    "control_chart",
    "find_mechanism",
    "leaderboard",
    "mechanisms",
    "open",
    "value",
]
__version__ = "0.2.0"

_NOTEBOOK: Final = "mlpm_core.notebook"
_PLACES: Final = {
    **dict.fromkeys(("InputError", "MlpmError"), "mlpm_core.errors"),
    **dict.fromkeys(("find_mechanism", "mechanisms"), "mlpm_core.value.mechanism"),
    **dict.fromkeys(("Board", "Chart", "Store", "Value"), _NOTEBOOK),
    **dict.fromkeys(("control_chart", "leaderboard", "open"), _NOTEBOOK),
}


class _Value(ModuleType):
    """The package ``mlpm_core.value``, which bears the name of what a notebook calls."""

    def __call__(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        return import_module(_NOTEBOOK).value(*given, **named)


_engine.__class__ = _Value


def __getattr__(name: str) -> Any:  # noqa: ANN401  whatever is asked for; loaded when it is
    if name not in _PLACES:
        raise AttributeError(f"module 'mlpm_core' has no attribute {name!r}")
    place = import_module(_PLACES[name])
    return getattr(place, "open_store" if name == "open" else name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
