"""KPIs to begin with when nobody has named one, from ``catalogue/kpis/candidates.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.planning.measuring import weeks_to_measure
from mlpm_core.quantity import Dimension
from mlpm_core.records import Direction
from mlpm_core.value.kpi import per_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE: Final = files("mlpm_core") / "catalogue" / "kpis" / "candidates.toml"
_WITHIN: Final = 0.1
_TEXTS: Final = ("name", "dimension", "unit", "direction", "count", "where")


@dataclass(frozen=True, slots=True)
class KpiTemplate:
    """A KPI that can be counted where nobody has named one.

    ``unit`` has ``money`` where a currency goes. ``mechanisms`` are ids of those that move it.
    ``spread`` is the usual standard deviation of weekly values over their mean, ``within`` how
    exactly their mean should be known, as a share of it.

    Raises
    ------
    InputError
        When the unit does not fit the dimension, no mechanism moves it, or a share is out of range.
    """

    id: str
    name: str
    dimension: Dimension
    unit: str
    direction: Direction
    mechanisms: tuple[str, ...]
    count: str
    where: str
    spread: float
    within: float = _WITHIN

    def __post_init__(self) -> None:
        per_unit(self.dimension, self.unit, "money")
        weeks_to_measure(self.spread, self.within)
        if not self.mechanisms:
            raise InputError(f"{self.id}: name at least one mechanism that moves it.")

    def unit_in(self, currency: str) -> str:
        """Its unit in a project of that currency."""
        return self.unit.replace("money", currency)

    def weeks(self, within: float | None = None) -> int:
        """Weeks to count at first, until its mean is known to a share of itself.

        Raises
        ------
        InputError
            When ``within`` is out of its range.
        """
        return weeks_to_measure(self.spread, within or self.within)


def read_kpi_templates(text: str) -> dict[str, KpiTemplate]:
    """The candidates that a TOML text describes, by id, in its order.

    Raises
    ------
    InputError
        When an entry is incomplete or wrong; the sentence names it.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The file of candidates is no TOML: {error}") from None
    return {name: _candidate(name, entry) for name, entry in table.items()}


@lru_cache(maxsize=1)
def kpi_templates() -> dict[str, KpiTemplate]:
    """Every candidate that comes with MLPM, by id.

    Examples
    --------
    >>> template = kpi_templates()["time-to-result"]
    >>> template.name, template.dimension.value, template.weeks()
    ('Hours from arrival to result', 'cycle_time', 13)
    """
    return read_kpi_templates(_FILE.read_text("utf-8"))


def find_kpi_template(candidate_id: str) -> KpiTemplate:
    """The candidate of that id.

    Raises
    ------
    NotFoundError
        When there is none; it lists near names.
    """
    catalogue = kpi_templates()
    if candidate_id not in catalogue:
        raise NotFoundError.of("candidate KPI", candidate_id, catalogue)
    return catalogue[candidate_id]


def _candidate(name: str, entry: Any) -> KpiTemplate:  # noqa: ANN401  whatever TOML holds
    if not isinstance(entry, dict):
        raise InputError(f"{name}: write a table [{name}] with its entries.")
    allowed = (*_TEXTS, "mechanisms", "spread", "within")
    if unknown := [key for key in entry if key not in allowed]:
        raise InputError(f"{name}: {NotFoundError.of('entry', unknown[0], allowed)}")
    if missing := [key for key in allowed[:-1] if key not in entry]:
        raise InputError(f"{name} has no {', '.join(missing)}.")
    texts = {key: _text(name, entry, key) for key in _TEXTS}
    named = entry["mechanisms"]
    if not isinstance(named, list) or not all(isinstance(m, str) for m in named):
        raise InputError(f"{name}: mechanisms must be a list of ids.")
    try:
        return KpiTemplate(
            id=name,
            name=texts["name"],
            dimension=Dimension(texts["dimension"]),
            unit=texts["unit"],
            direction=Direction(texts["direction"]),
            mechanisms=tuple(named),
            count=texts["count"],
            where=texts["where"],
            spread=_share(name, entry, "spread"),
            within=_share(name, entry, "within") if "within" in entry else _WITHIN,
        )
    except ValueError as error:  # InputError is one too
        raise InputError(f"{name}: {error}") from None


def _text(name: str, entry: Mapping[str, Any], key: str) -> str:
    if not isinstance(entry[key], str) or not entry[key].strip():
        raise InputError(f"{name}: {key} must be a text in quotes.")
    return str(entry[key])


def _share(name: str, entry: Mapping[str, Any], key: str) -> float:
    if isinstance(entry[key], bool) or not isinstance(entry[key], int | float):
        raise InputError(f"{name}: {key} must be a number.")
    return float(entry[key])
