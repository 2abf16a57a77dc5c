"""Mechanism files: read, and checked so that what was read can be computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.quantity import Dimension, Unit
from mlpm_core.value.formula import FUNCTIONS, Formula, FormulaFault, dimension_text
from mlpm_core.value.mechanism.entries import Table, allowed, flag_of, number_of, text_of
from mlpm_core.value.mechanism.model import Baseline, Check, Input, Mechanism, Rule
from mlpm_core.value.mechanism.place import located
from mlpm_core.value.toml_text import TomlFault, toml_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pint.util import UnitsContainer

BASELINES: Final = ("none", "all", "incumbent")
OUTCOMES: Final = ("tp", "fp", "fn", "tn")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

# A bad experience is counted like the cases it is told per, so the formula is a pure number.
_KPI_UNIT: Final = {d: d.unit for d in Dimension} | {Dimension.CUSTOMER_EXPERIENCE: "case/kcase"}


class MechanismFault(InputError):
    """A mechanism that cannot be read: ``line`` and ``column`` count from 1, None if unknown."""

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(sentence)
        self.line, self.column = line, column


def read_mechanism(path: Path) -> Mechanism:
    """The mechanism that a file describes.

    Raises
    ------
    InputError
        Naming the file, the entry and the fix, when anything in it cannot be computed.
    """
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not TOML: {error}.") from None
    return mechanism_from(text, path.name)


def mechanism_from(text: str, name: str = "") -> Mechanism:
    r"""The mechanism that a text describes.

    Parameters
    ----------
    text : str
        TOML, as those of ``mlpm_core/catalogue``; one without a ``number`` is of one's own.
    name : str
        What the text is called in errors, such as its file.

    Raises
    ------
    MechanismFault
        With the place of the first thing that cannot be computed.

    Examples
    --------
    >>> try:
    ...     mechanism_from('id = "mine"\nname = Mine')
    ... except MechanismFault as fault:
    ...     print(fault.line, fault.column)
    2 8
    """
    whose = f"{name}: " if name else ""
    try:
        table = toml_table(text, name or "The text")
    except TomlFault as fault:
        raise MechanismFault(str(fault), fault.line, fault.column) from None
    reader = _Reader(table)
    try:
        return reader.mechanism()
    except InputError as error:
        position = error.position if isinstance(error, FormulaFault) else None
        place = located(text, reader.at, position)
        raise MechanismFault(f"{whose}{error}", *place) from None


def formulas_in(text: str) -> dict[str, str]:
    r"""The formulas of a definition by their place, such as "kpis.revenue"; none if it is not TOML.

    Examples
    --------
    >>> formulas_in('[kpis]\nrevenue = { formula = "a * b" }')
    {'kpis.revenue': 'a * b'}
    """
    try:
        table = toml_table(text, "")
    except TomlFault:
        return {}
    return {
        f"{section}.{name}": str(entry["formula"])
        for section in ("kpis", "flows")
        if isinstance(table.get(section), Mapping)
        for name, entry in table[section].items()
        if isinstance(entry, Mapping) and "formula" in entry
    }


_TEXTS: Final = (
    *("id", "name", "sentence", "task", "case", "volume", "bad_experience", "natural"),
)
_TABLES: Final = (
    *("metrics", "quantities", "flows", "kpis", "costs", "outcome_values", "break_even", "checks"),
    *("baselines", "baseline_quantities"),
)


class _Reader:
    """One file being read: what is known so far, and what each name measures."""

    def __init__(self, table: Table) -> None:
        self.at: tuple[str, ...] = ()  # the entry in hand, so that a fault can be placed
        self.table = table
        self.dimensions: dict[str, UnitsContainer] = {}

    def mechanism(self) -> Mechanism:
        allowed(self.table, "the file", [*_TEXTS, "sources"], (*_TABLES, "number"))
        texts = {name: self.text(name) for name in _TEXTS}
        texts["number"] = self.text("number") if "number" in self.table else ""
        if "number" in self.table and not re.fullmatch(r"M[0-9]+", texts["number"]):
            raise InputError(f"number is {texts['number']!r}; write one such as M3.")
        sources = self.table["sources"]
        if not (isinstance(sources, list) and all(isinstance(s, str) for s in sources)):
            self.at = ("sources",)
            raise InputError('sources must be a list of texts, such as ["Our books of 2025."].')
        inputs = (*self.inputs("metrics", is_metric=True), *self.inputs("quantities"))
        natural = {i.name for i in inputs}
        self.at = ("volume",)
        if texts["volume"] not in natural:
            raise InputError(f"volume is {texts['volume']!r}; name an input that counts cases.")
        per_year = Unit.read("case/year").dimension
        if self.dimensions[texts["volume"]] != per_year:
            raise InputError(f"volume {texts['volume']!r} must be in cases a year.")
        self.check_counted(inputs)
        flows = {
            name: self.rule(f"flows.{name}", entry, text_of(entry, "unit", f"flows.{name}"), name)
            for name, entry in self.each("flows", ["formula", "unit"])
        }
        kpis, volumes = self.kpis(texts["volume"])
        costs = self.costs("costs", self.section("costs")) if "costs" in self.table else None
        closed = {
            name: self.formula(
                f"break_even.{name}", text, self.measure(name, natural, "break_even")
            )
            for name, text in self.section("break_even").items()
        }
        # Extras come after the formulas, which must not use them: only a baseline asks them.
        self.at = ("checks",)
        entries = self.table.get("checks", [])
        if not isinstance(entries, list):
            raise InputError("checks must be a list: write [[checks]] before each.")
        checks = tuple(self.check(entry) for entry in entries)
        outcomes = self.outcomes()
        return Mechanism(
            **texts,
            sources=tuple(sources),
            inputs=inputs,
            flows=flows,
            kpis=kpis,
            volumes=volumes,
            costs=costs,
            outcome_values=outcomes,
            break_even=closed,
            checks=checks,
            baselines=self.baselines(texts["natural"], natural),
        )

    def text(self, name: str) -> str:
        self.at = (name,)
        return text_of(self.table, name, "the file")

    def section(self, name: str) -> Table:
        self.at = (name,)
        section = self.table.get(name, {})
        if not isinstance(section, Mapping):
            raise InputError(f"[{name}] must be a table of entries.")
        return section

    def each(
        self, section: str, required: list[str], optional: tuple[str, ...] = ()
    ) -> Iterator[tuple[str, Table]]:
        for name, entry in self.section(section).items():
            self.at = (section, name)
            yield name, allowed(entry, f"{section}.{name}", required, optional)

    def measure(self, name: str, names: set[str], section: str) -> UnitsContainer:
        if name not in names:
            raise InputError(f"{section}.{name}: {NotFoundError.of('input', name, names)}")
        return self.dimensions[name]

    def add(self, name: str, where: str, dimension: UnitsContainer) -> None:
        if not _NAME.fullmatch(name) or name in FUNCTIONS or name in [d.value for d in Dimension]:
            raise InputError(f"{where}: {name!r} cannot be a name; use letters, digits and _.")
        if name in self.dimensions:
            raise InputError(f"{where}: the name {name!r} is taken; choose another.")
        self.dimensions[name] = dimension

    def inputs(self, section: str, *, is_metric: bool = False) -> tuple[Input, ...]:
        optional = (
            "low", "high", "default", "typical", "reported_as", "better", "same_as", "counted",
            "looked_at", "running_cost",
        )  # fmt: skip
        inputs, other = [], ("low", "high", "running_cost")
        for name, entry in self.each(section, ["label", "question", "unit"], optional):
            where = f"{section}.{name}"
            texts = {key: text_of(entry, key, where) for key in entry if key not in other}
            limits = {key: number_of(entry, key, where) for key in ("low", "high") if key in entry}
            given: dict[str, Any] = {"reported_as": name, **texts, **limits}
            given["is_running_cost"] = flag_of(entry, "running_cost", where)
            made = Input(name=name, is_metric=is_metric, **given)
            try:
                self.add(name, where, Unit.read(made.unit).dimension)
                for written in (made.default, made.typical):
                    if written is not None:
                        made.read(written)
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
            if made.better not in (("higher", "lower", "neither") if is_metric else (None,)):
                raise InputError(
                    f"{where}: better is {made.better!r}; write higher, lower or neither."
                )
            if made.same_as is not None:
                if made.default is not None:
                    raise InputError(f"{where}: give default or same_as, not both.")
                if self.measure(made.same_as, {*self.dimensions}, where) != self.dimensions[name]:
                    raise InputError(f"{where}: same_as {made.same_as!r} is in another unit.")
            inputs.append(made)
        return tuple(inputs)

    def check_counted(self, inputs: Iterable[Input], section: str = "") -> None:
        for entry in inputs:
            where = f"{section or ('metrics' if entry.is_metric else 'quantities')}.{entry.name}"
            if entry.counted is not None:
                self.formula(f"{where}.counted", entry.counted, Unit.read("1").dimension, "1")

    def formula(
        self,
        where: str,
        text: str,
        dimension: UnitsContainer | None = None,
        unit: str | None = None,
    ) -> Formula:
        """A formula over what is known so far, of the dimension given."""
        self.at = tuple(where.split("."))
        formula = Formula.read(where, text)
        formula.check_names(self.dimensions)
        measured = formula.dimension(self.dimensions)
        if dimension is not None and measured is not None and measured != dimension:
            raise InputError(
                f"Formula {where!r} yields {dimension_text(measured)} where "
                f"{unit or dimension_text(dimension)} is declared."
            )
        return formula

    def rule(self, where: str, entry: Table, unit: str, name: str | None = None) -> Rule:
        dimension = Unit.read(unit).dimension
        formula = self.formula(where, text_of(entry, "formula", where), dimension, unit)
        if name is not None:
            self.add(name, where, dimension)
        return Rule(formula, unit)

    def kpis(self, volume: str) -> tuple[dict[Dimension, Rule], dict[Dimension, Formula]]:
        entries = dict(self.each("kpis", ["formula"], ("volume",)))
        wrong = sorted(set(entries) ^ {d.value for d in Dimension})
        if wrong:
            self.at = ("kpis",)
            raise InputError(
                f"[kpis] must hold exactly the five dimensions; see {', '.join(wrong)}."
            )
        per_year = Unit.read("case/year").dimension
        kpis = {d: self.rule(f"kpis.{d}", entries[d], _KPI_UNIT[d]) for d in Dimension}
        volumes = {
            d: self.formula(f"kpis.{d}.volume", entries[d].get("volume", volume), per_year)
            for d in Dimension
        }
        self.dimensions |= {d.value: Unit.read(_KPI_UNIT[d]).dimension for d in Dimension}
        return kpis, volumes

    def costs(self, where: str, section: Table) -> dict[str, Rule]:
        """What is paid whatever the benefit; a table without entries says that nothing is."""
        texts = {name: text_of(section, name, where) for name in section}
        return {
            name: self.rule(f"{where}.{name}", {"formula": text}, "money/year")
            for name, text in texts.items()
        }

    def outcomes(self) -> dict[str, Rule]:
        section = self.section("outcome_values")
        if section and sorted(section) != sorted(OUTCOMES):
            raise InputError("[outcome_values] must hold tp, fp, fn and tn, or nothing.")
        where = "outcome_values"
        return {
            n: self.rule(f"{where}.{n}", {"formula": section[n]}, "money/case") for n in section
        }

    def check(self, entry: Table) -> Check:
        self.at = ("checks",)
        entry = allowed(entry, "checks", ["formula", "sentence"], ("floor", "strict"))
        sentence = text_of(entry, "sentence", "checks")
        for word in re.findall(r"\{(\w+)\}", sentence):
            if word not in self.dimensions and not (word == "floor" and "floor" in entry):
                raise InputError(f"checks: {{{word}}} in the sentence is not known.")
        floor = self.formula("checks.floor", entry["floor"]) if "floor" in entry else None
        formula = self.formula("checks.formula", entry["formula"])
        return Check(formula, sentence, floor, is_strict=flag_of(entry, "strict", "checks"))

    def baselines(self, natural: str, inputs: set[str]) -> dict[str, Baseline]:
        section = self.section("baselines")
        self.at = ("baselines",)
        if sorted(section) != sorted(BASELINES):
            raise InputError(f"[baselines] must hold {', '.join(BASELINES)}, each as a table.")
        if natural not in BASELINES:
            self.at = ("natural",)
            raise InputError(f"natural is {natural!r}; write {', '.join(BASELINES)}.")
        extras = {i.name: i for i in self.inputs("baseline_quantities")}
        self.check_counted(extras.values(), "baseline_quantities")
        names = inputs | set(extras)
        return {
            name: self.baseline(name, section[name], extras, names, is_natural=name == natural)
            for name in BASELINES
        }

    def baseline(
        self,
        name: str,
        entry: object,
        extras: Mapping[str, Input],
        names: set[str],
        *,
        is_natural: bool,
    ) -> Baseline:
        where = f"baselines.{name}"
        self.at = ("baselines", name)
        entry = allowed(entry, where, [], ("sentence", "set", "reason", "kpis", "costs"))
        if "reason" in entry and not is_natural:
            return Baseline(name, sentence="", reason=text_of(entry, "reason", where))
        if ("set" in entry) + ("kpis" in entry) != (not is_natural):
            raise InputError(
                f"{where} needs set or reason, or kpis of its own, unless it is the natural one."
            )
        changed = _table(entry, "set", where, 'such as { coverage = "1" }')
        changes = {
            key: self.formula(f"{where}.{key}", text, self.measure(key, names - set(extras), where))
            for key, text in changed.items()
        }
        kpis, costs = self.own_kpis(where, entry, names)
        formulas = [*changes.values(), *(rule.formula for rule in (kpis | costs).values())]
        asked = {word for formula in formulas for word in formula.names}
        mine = tuple(extra for extra in extras.values() if extra.name in asked)
        return Baseline(name, text_of(entry, "sentence", where), changes, kpis, costs, inputs=mine)

    def own_kpis(
        self, where: str, entry: Table, names: set[str]
    ) -> tuple[dict[str, Rule], dict[str, Rule]]:
        """What a baseline does by itself, in each dimension, against the natural one.

        Its formulas see the inputs only: the flows are those of the model.
        """
        if "kpis" not in entry:
            return {}, {}
        outer, flows = self.dimensions, set(self.dimensions) - names
        self.dimensions = {name: outer[name] for name in outer if name not in flows}
        kpis = _table(entry, "kpis", where, "with the five dimensions")
        wrong = sorted(set(kpis) ^ {d.value for d in Dimension})
        if wrong:
            raise InputError(f"{where}.kpis must hold the five dimensions; see {', '.join(wrong)}.")
        rules = {
            d.value: self.rule(f"{where}.kpis.{d}", {"formula": kpis[d]}, _KPI_UNIT[d])
            for d in Dimension
        }
        if ("costs" in self.table) != ("costs" in entry):
            self.at = tuple(where.split("."))
            raise InputError(f"{where}.costs belongs beside [costs]: write both, or neither.")
        costs = _table(entry, "costs", where, "of formulas")
        cost_rules = self.costs(f"{where}.costs", costs)
        self.dimensions = outer
        return rules, cost_rules


def _table(entry: Table, key: str, where: str, such: str) -> Table:
    table = entry.get(key, {})
    if not isinstance(table, Mapping):
        raise InputError(f"{where}.{key} must be a table, {such}.")
    return table
