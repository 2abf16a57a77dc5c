"""A choice written as a TOML file: a mechanism, its quantities, options and studies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.named_file import read_named
from mlpm_core.quantity import LARGEST
from mlpm_core.value.decision import DecisionAnalysis, Option, decide
from mlpm_core.value.information import Study, ValueOfInformation
from mlpm_core.value.mechanism import Mechanism, find_mechanism
from mlpm_core.value.running_cost import after_running_costs
from mlpm_core.value.toml_text import toml_table

if TYPE_CHECKING:
    from pathlib import Path

_TOP: Final = ("mechanism", "baseline", "horizon_years", "quantities", "options", "studies")
_OPTION: Final = ("fixed_cost", "metrics", "quantities")
_STUDY: Final = ("name", "observes", "n", "cost", "sd", "log_sd", "weeks")


@dataclass(frozen=True, slots=True)
class Case:
    """A choice, and the studies that could be made before it.

    A study is worth its value for each year of ``horizon_years``, less its cost and what the best
    option would have brought in the weeks that the choice waits for it.
    """

    mechanism: Mechanism
    baseline: str | None
    horizon_years: float
    quantities: Mapping[str, str]
    options: tuple[Option, ...]
    studies: tuple[Study, ...]

    def to_json(self) -> dict[str, Any]:
        """The document that ``mlpm information --json`` prints.

        Raises
        ------
        InputError, NotFoundError, NotEnoughDataError
            As ``decide`` and ``DecisionAnalysis.evsi``.
        """
        decision = decide(self.mechanism, self.quantities, self.options, baseline=self.baseline)
        studies = [(study, decision.evsi(study)) for study in self.studies]
        evsi = [
            {
                "study": study.name,
                "value": learned.value,
                "cost": study.cost,
                "waiting": decision.waiting(study.weeks),
                "net": learned.value * self.horizon_years
                - study.cost
                - decision.waiting(study.weeks),
            }
            for study, learned in studies
        ]
        return {
            "mechanism": self.mechanism.id,
            "unit": f"{decision.currency or 'EUR'}/year",
            "grade": None,
            "rests_on": "quantities as written; nothing of it is measured",
            "best": decision.best,
            "options": _options(decision),
            "evpi": decision.evpi,
            "evppi": {key: learned.value for key, learned in decision.evppi.items()},
            "no_detectable_value": _within_noise(decision.evppi),
            "evsi": sorted(evsi, key=lambda study: -study["net"]),
            "horizon_years": self.horizon_years,
            "draws": int(decision.nets.shape[1]),
            "feasible_share": decision.feasible_share,
        }


def read_case(path: Path) -> Case:
    """The choice that a file describes.

    Raises
    ------
    InputError
        Naming the file, the entry and what to write, when something in it cannot be read.
    NotFoundError
        When there is no such mechanism.
    """
    return case_from(read_named(path), path.name)


def case_from(data: bytes, name: str) -> Case:
    """The choice that the bytes of a file describe; ``name`` is what it is called in errors.

    Raises
    ------
    InputError, NotFoundError
        As ``read_case``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not TOML: {error}.") from None
    table = toml_table(text, name)
    try:
        return _case(table)
    except (InputError, NotFoundError, NotEnoughDataError) as error:
        raise type(error)(f"{name}: {error}") from None


def _case(table: Mapping[str, Any]) -> Case:
    _check_entries(table, "the file", _TOP)
    if not isinstance(table.get("mechanism"), str):
        raise InputError('mechanism is missing; write one such as "triage_automation".')
    options = _table(table, "options")
    if not options:
        raise InputError("There is no [options.NAME]; name at least one option.")
    studies = table.get("studies", [])
    if not isinstance(studies, list):
        raise InputError("studies must be a list: write [[studies]] before each.")
    baseline = table.get("baseline")
    if baseline is not None and not isinstance(baseline, str):
        raise InputError(f'baseline is {baseline!r}; write "none", "all" or "incumbent".')
    quantities = _quantities(_table(table, "quantities"), "quantities")
    return Case(
        mechanism=after_running_costs(find_mechanism(table["mechanism"]), quantities),
        baseline=baseline,
        horizon_years=_number(table, "horizon_years", "the file", 1.0),
        quantities=quantities,
        options=tuple(_option(name, options[name]) for name in options),
        studies=tuple(_study(entry, f"study {i}") for i, entry in enumerate(studies, start=1)),
    )


def _option(name: str, entry: object) -> Option:
    where = f"options.{name}"
    if not isinstance(entry, Mapping):
        raise InputError(f"{where} must be a table.")
    _check_entries(entry, where, _OPTION)
    own = {
        key: written
        for part in ("metrics", "quantities")
        for key, written in _quantities(_table(entry, part), f"{where}.{part}").items()
    }
    fixed = _quantities({k: v for k, v in entry.items() if k == "fixed_cost"}, where)
    return Option(name, own, fixed.get("fixed_cost", "0"))


def _study(entry: object, where: str) -> Study:
    if not isinstance(entry, Mapping):
        raise InputError(f"{where} must be a table.")
    _check_entries(entry, where, _STUDY)
    for key in ("name", "observes"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise InputError(f"{where}: {key} is missing; write a text in quotes.")
    where = entry["name"]
    spreads = {k: _number(entry, k, where, 0.0) for k in ("sd", "log_sd", "weeks") if k in entry}
    cost = _number(entry, "cost", where, 0.0)
    return Study(where, entry["observes"], entry.get("n", 0), cost, **spreads)


def _quantities(table: Mapping[str, Any], where: str) -> dict[str, str]:
    """Quantities as text; a bare number of the file is an exact one."""
    for name, written in table.items():
        if isinstance(written, bool) or not isinstance(written, int | float | str):
            raise InputError(f"{where}.{name} is {written!r}; write a number or a text in quotes.")
    return {name: written if isinstance(written, str) else repr(written) for name, written in
            table.items()}  # fmt: skip


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    entry = table.get(key, {})
    if not isinstance(entry, Mapping):
        raise InputError(f"[{key}] must be a table.")
    return entry


def _number(table: Mapping[str, Any], key: str, where: str, default: float) -> float:
    number = table.get(key, default)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InputError(f"{where}: {key} is {number!r}; write a number.")
    if abs(number) > LARGEST:
        raise InputError(f"{where}: {key} is larger than {LARGEST:g}.")
    return float(number)


def _check_entries(table: Mapping[str, Any], where: str, allowed: tuple[str, ...]) -> None:
    if unknown := [key for key in table if key not in allowed]:
        raise InputError(f"{where}: {NotFoundError.of('entry', unknown[0], allowed)}")


def _options(decision: DecisionAnalysis) -> dict[str, dict[str, float]]:
    ends = decision.ends
    return {
        name: {
            "mean": decision.means[name],
            "p10": ends[name][0],
            "p90": ends[name][1],
            "p_best": decision.p_best[name],
            "expected_regret": decision.expected_regret[name],
        }
        for name in decision.names
    }


def _within_noise(evppi: Mapping[str, ValueOfInformation]) -> list[str]:
    return [key for key, learned in evppi.items() if not learned.is_detectable]
