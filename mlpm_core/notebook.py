"""MLPM in a notebook: a value, a leaderboard, a control chart and a store, each in one line.

Every answer has a short ``repr``, its ``sentence``, ``to_frame()`` with its figures and ``svg()``,
its picture; as the last line of a cell it shows all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from mlpm_core.errors import InputError
from mlpm_core.evaluation import NONE, Candidate, Measured
from mlpm_core.evaluation import leaderboard as leaderboard_of
from mlpm_core.in_life.control_chart import N_REFERENCE, watched
from mlpm_core.quantity import in_percent
from mlpm_core.quantity.words import in_full, unit_in_words
from mlpm_core.reports import line_in_band, ranges
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.data_folder import DATABASE
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.draws import DRAWS, SEED
from mlpm_core.value.mechanism import find_mechanism
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from mlpm_core.evaluation import Leaderboard
    from mlpm_core.in_life.control_chart import ControlChart
    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.value.estimate import Estimate
    from mlpm_core.value.worth import Worth

_ACTOR: Final = "notebook"


class _Shown(ABC):
    """An answer as a notebook shows it."""

    @property
    @abstractmethod
    def sentence(self) -> str: ...
    @abstractmethod
    def to_frame(self) -> pd.DataFrame: ...
    @abstractmethod
    def svg(self) -> str: ...

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.sentence}>"

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(border=0, float_format=_figure)
        return f"<p>{escape(self.sentence)}</p>{self.svg()}{table}"


@dataclass(frozen=True, repr=False)
class Value(_Shown):
    """What a mechanism is worth; ``worth`` has everything that is known of it."""

    worth: Worth
    currency: str

    @property
    def sentence(self) -> str:
        """Net with its range, the chance of a loss, and what must be known beside it."""
        of = self.worth
        loss = _chance(of.probability_of_loss, of.draws, is_exact=of.is_exact)
        return (
            f"{of.mechanism.name}: net {_ranged(of.net, self.currency)} against the baseline "
            f"{of.baseline!r}, {loss} likely to lose money. {' '.join(of.notes)}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Mean, P10, P50, P90 and unit of net and of every dimension."""
        frame = pd.DataFrame(e.to_json(self.currency) for e in self._rows.values())
        return frame.set_axis(list(self._rows))[["mean", "p10", "p50", "p90", "unit"]]

    def svg(self) -> str:
        """Net and every dimension, each on a scale of its own that has 0 in common."""
        return _bars(self._rows, self.currency, has_one_scale=False)

    @property
    def _rows(self) -> dict[str, Estimate]:
        return {"Net": self.worth.net} | {d.label: e for d, e in self.worth.kpis.items()}


@dataclass(frozen=True, repr=False)
class Board(_Shown):
    """Candidates side by side; ``board`` has everything that is known of them."""

    board: Leaderboard
    currency: str

    @property
    def sentence(self) -> str:
        """Which option is worth most, how sure that is, and who could not be valued."""
        best = self.board.best
        name = "Adopting none" if best.name == NONE else best.name
        sentences = [
            f"{name} is worth most, net {_ranged(best.net, self.currency)}, and is the best with a "
            f"chance of {_chance(best.p_best, self.board.draws)}."
        ]
        if self.board.caveat:
            sentences.append(self.board.caveat)
        sentences += [f"{u.name} is not valued: {u.reason}" for u in self.board.unvalued]
        return " ".join(sentences)

    def to_frame(self) -> pd.DataFrame:
        """A row for each option, the best first: net, as measured, chances and regret."""
        return pd.DataFrame(
            {
                "net": o.net.mean,
                "p10": o.net.p10,
                "p90": o.net.p90,
                "measured": o.measured.mean,
                "p_best": o.p_best,
                "expected_regret": o.expected_regret,
                "probability_of_loss": o.probability_of_loss,
                "is_dominated": o.is_dominated,
                "unit": o.net.unit.replace("money", self.currency),
            }
            for o in self.board.options
        ).set_axis([o.name for o in self.board.options])

    def svg(self) -> str:
        """The net of every option on one scale."""
        nets = {option.name: option.net for option in self.board.options}
        return _bars(nets, self.currency, has_one_scale=True)


@dataclass(frozen=True, repr=False)
class Chart(_Shown):
    """A metric over periods against its own beginning; ``watched`` has its signals."""

    watched: ControlChart
    values: tuple[float, ...]
    periods: tuple[str, ...]
    n_reference: int

    @property
    def sentence(self) -> str:
        """What is usual, and when the metric left it."""
        usual = f"Usual is {self.watched.centre:.4g}, from the first {self.n_reference} periods."
        if not self.watched.signals:
            return f"{usual} No later period is told from luck."
        left = {
            f"{self.periods[s.index]} ({'above' if s.direction > 0 else 'below'})": None
            for s in self.watched.signals
        }
        return f"{usual} It left its usual range in {', '.join(left)}."

    def to_frame(self) -> pd.DataFrame:
        """A row for each period: value, z, the band in which it says nothing, and its signal."""
        signals: dict[int, list[str]] = {}
        for signal in self.watched.signals:
            signals.setdefault(signal.index, []).append(signal.rule.value)
        return pd.DataFrame(
            {
                "value": self.values,
                "z": self.watched.z,
                "low": self.watched.low,
                "high": self.watched.high,
                "signal": [", ".join(signals.get(i, [])) for i in range(len(self.values))],
            },
            index=self.periods,
        )

    def svg(self) -> str:
        """The metric as a line in its band; periods with a signal are marked."""
        marks = [signal.index for signal in self.watched.signals]
        return line_in_band(self.values, self.watched.low, self.watched.high, marks, self.sentence)


class Store:
    """A store that is only read, as tables; a ``with`` block lets others write to it afterwards."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._workspace.close()

    def __repr__(self) -> str:
        return f"<Store of {', '.join(self.projects()) or 'no project'}>"

    def projects(self) -> list[str]:
        """The ids of its projects."""
        with self._workspace.store.reader() as reader:
            return [p.project for p in reader.projects()]

    def records(self, project: str, kind: str) -> pd.DataFrame:
        """Every record of a kind that a project holds, such as its ``metric_results``."""
        return pd.DataFrame(registers.records(self._workspace, project, kind))

    def health(self, project: str | None = None) -> pd.DataFrame:
        """A row for each value case: health, planned and current value rate, and why."""
        return pd.DataFrame(portfolio_export.health_json(self._workspace, project))

    def kpis(self, project: str | None = None) -> pd.DataFrame:
        """A row for each KPI: baseline, target, what its model implies, and how sure that is."""
        return pd.DataFrame(portfolio_export.kpis_json(self._workspace, project))


def value(
    mechanism: str,
    *,
    baseline: str | None = None,
    currency: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    **quantities: str | float,
) -> Value:
    """What a mechanism is worth against a baseline.

    Parameters
    ----------
    mechanism : str
        Its id or number; ``mlpm.mechanisms()`` lists them.
    baseline : str, optional
        "none", "all" or "incumbent"; the mechanism's natural baseline when not given.
    currency : str, optional
        That of the quantities when not given, else EUR.
    draws, seed : int
        How many Sobol points, and which.
    **quantities : str or float
        Every input by name, such as ``recall="24/30"`` or ``value="120 to 400"``.

    Raises
    ------
    InputError
        When inputs are missing, unknown, unreadable or impossible together.
    NotFoundError
        When there is no such mechanism or baseline.

    Examples
    --------
    >>> answer = value("demand_forecast", periods="10.4k", mean_demand="120", wape_baseline="0.3",
    ...     margin="4 to 6 EUR", goodwill="1", overage="2", lead_time_hours="3 day",
    ...     override_share_baseline="0.25", override_share_model="0.15", override_minutes="6 min",
    ...     wape_model="0.22 to 0.26")
    >>> answer.to_frame().loc["Net", "unit"]
    'EUR/year'
    """
    texts = {n: q if isinstance(q, str) else repr(float(q)) for n, q in quantities.items()}
    answer = worth(
        find_mechanism(mechanism), texts,
        baseline=baseline, currency=currency, draws=draws, seed=seed,
    )  # fmt: skip
    return Value(answer, answer.currency or currency or "EUR")


def leaderboard(frame: pd.DataFrame, case: Value) -> Board:
    """Candidates by what they are worth in the business of a value.

    Parameters
    ----------
    frame : DataFrame
        A row for each metric of a candidate: ``candidate``, ``metric`` and ``value`` (a share is
        0.24, not 24), and where it is known ``n`` (of how many cases) or ``standard_error``.
    case : Value
        Whose mechanism, baseline and quantities count; its metrics are those of the plan and do
        not.

    Raises
    ------
    InputError
        When a column is missing, a metric stands twice, a number is out of its range, or a
        candidate is named "none".

    Examples
    --------
    >>> shop = value("demand_forecast", periods="10.4k", mean_demand="120", wape_baseline="0.3",
    ...     margin="4 to 6 EUR", goodwill="1", overage="2", lead_time_hours="3 day",
    ...     override_share_baseline="0.25", override_share_model="0.15", override_minutes="6 min",
    ...     wape_model="0.22 to 0.26")
    >>> measured = pd.DataFrame({"candidate": ["naive", "forest"], "metric": "wape",
    ...     "value": [0.31, 0.24], "standard_error": 0.01})
    >>> leaderboard(measured, shop).to_frame().index.tolist()
    ['forest', 'none', 'naive']
    """
    missing = [c for c in ("candidate", "metric", "value") if c not in frame.columns]
    if missing:
        raise InputError(
            f"The frame has no column {', '.join(missing)}; write a row for each metric of a "
            "candidate, with the columns candidate, metric and value."
        )
    metrics: dict[str, dict[str, Measured]] = {}
    for row in frame.to_dict("records"):
        name, metric = str(row["candidate"]), str(row["metric"])
        if metric in metrics.setdefault(name, {}):
            raise InputError(f"{metric} of {name} stands in two rows; which one holds?")
        n, error = (None if pd.isna(row.get(c)) else row[c] for c in ("n", "standard_error"))
        n = int(n) if n is not None and n % 1 == 0 else n  # a column with gaps holds 300.0
        metrics[name][metric] = Measured(float(row["value"]), n, error)
    of = case.worth
    board = leaderboard_of(
        of.mechanism,
        of.quantities,
        [Candidate(name, measured) for name, measured in metrics.items()],
        baseline=of.baseline, currency=case.currency, draws=of.draws, seed=of.seed,
    )  # fmt: skip
    return Board(board, case.currency)


def control_chart(frame: pd.DataFrame, *, n_reference: int = N_REFERENCE) -> Chart:
    """A metric over periods, and when it left what was usual.

    Parameters
    ----------
    frame : DataFrame
        A row for each period, oldest first: ``value``, ``standard_error`` and, where it is known,
        ``n``, the cases each rests on. Its index names the periods.
    n_reference : int
        How many of the first periods say what is usual.

    Raises
    ------
    InputError
        When a column is missing or a number is out of its range.
    NotEnoughDataError
        With no more periods than the reference takes.

    Examples
    --------
    >>> weeks = pd.DataFrame({"value": [0.24, 0.25, 0.23, 0.24] * 3 + [0.7],
    ...     "standard_error": 0.02})
    >>> control_chart(weeks)
    <Chart: Usual is 0.24, from the first 12 periods. It left its usual range in 12 (above).>
    """
    missing = [c for c in ("value", "standard_error") if c not in frame.columns]
    if missing:
        raise InputError(
            f"The frame has no column {' and no '.join(missing)}; write a row for each period with "
            "its value and standard_error."
        )
    cases = frame["n"].to_numpy() if "n" in frame.columns else None
    values = frame["value"].to_numpy(dtype=float)
    errors = frame["standard_error"].to_numpy(dtype=float)
    answer = watched(values, errors, cases=cases, n_reference=n_reference, varies=True)
    return Chart(answer, tuple(values.tolist()), tuple(map(str, frame.index)), n_reference)


def open_store(path: str | Path) -> Store:
    """A store to read, such as a copy of a backup; nothing in it is changed.

    Raises
    ------
    InputError
        When there is no store in the folder.
    StoreError
        When it cannot be read, or a server holds it.
    """
    if not (Path(path) / DATABASE).is_file():
        raise InputError(f"There is no store in {path}: it has no {DATABASE}.")
    return Store(open_recovered(Settings(data=Path(path), demo=False, read_only=True)))


def _ranged(estimate: Estimate, currency: str) -> str:
    """A figure with its range and unit, in words."""
    unit = unit_in_words(estimate.unit, currency)
    if estimate.is_exact:
        return f"{_figure(estimate.mean)} {unit}".strip()
    low, high = _figure(estimate.p10), _figure(estimate.p90)
    return f"{_figure(estimate.mean)} ({low} to {high}) {unit}".strip()


def _bars(rows: dict[str, Estimate], currency: str, *, has_one_scale: bool) -> str:
    ends = [(n, e.p10, e.mean, e.p90, _ranged(e, currency)) for n, e in rows.items()]
    return ranges(ends, has_one_scale=has_one_scale)


def _figure(x: float) -> str:
    """Three digits that count, thousands apart."""
    return in_full(float(f"{x:.3g}"))


def _chance(share: float, draws: int, *, is_exact: bool = False) -> str:
    """A chance that draws gave: that none of them, or all, were so is no proof."""
    least = 0.0 if is_exact else 1 / (2 * draws)
    return in_percent(min(max(share, least), 1 - least), in_words=True)
