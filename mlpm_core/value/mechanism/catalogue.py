"""The mechanisms that come with MLPM."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import NotFoundError
from mlpm_core.value.mechanism.file import mechanism_from

if TYPE_CHECKING:
    from mlpm_core.value.mechanism.model import Mechanism

_FOLDER: Final = files("mlpm_core") / "catalogue" / "mechanisms"


@lru_cache(maxsize=1)
def _all() -> dict[str, Mechanism]:
    read = [mechanism_from(f.read_text("utf-8"), f.name) for f in _FOLDER.iterdir()]
    return {m.id: m for m in sorted(read, key=lambda m: int(m.number[1:]))}


def mechanisms() -> dict[str, Mechanism]:
    """Every mechanism of ``catalogue/mechanisms`` by id, in the order of their numbers."""
    return dict(_all())


def definition_of(mechanism_id: str) -> str:
    """The text of a mechanism's file, to begin one's own with.

    Raises
    ------
    NotFoundError
        When there is no such mechanism.
    """
    return (_FOLDER / f"{find_mechanism(mechanism_id).id}.toml").read_text("utf-8")


def find_mechanism(name_or_number: str) -> Mechanism:
    """The mechanism of that id or number.

    Raises
    ------
    NotFoundError
        When there is none; it lists near names.

    Examples
    --------
    >>> find_mechanism("M3").id
    'triage_automation'
    """
    catalogue = _all()
    by_number = {m.number: m for m in catalogue.values()}
    mechanism = catalogue.get(name_or_number) or by_number.get(name_or_number.upper())
    if mechanism is None:
        raise NotFoundError.of("mechanism", name_or_number, catalogue)
    return mechanism


def mechanism_json(mechanism: Mechanism) -> dict[str, Any]:
    """A mechanism as ``mlpm mechanisms --json`` prints it."""
    names = ("id", "number", "name", "sentence", "task", "case", "volume", "bad_experience")
    return {
        **{name: getattr(mechanism, name) for name in names},
        "metrics": [{"name": i.name, "unit": i.unit} for i in mechanism.metrics],
        "quantities": [
            {"name": i.name, "unit": i.unit, "question": i.question} for i in mechanism.quantities
        ],
        "baselines": [b.name for b in mechanism.baselines.values() if b.reason is None],
    }
