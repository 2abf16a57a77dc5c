"""Candidates of a value case side by side, and the decisions that were taken on them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError, MlpmError, NotFoundError
from mlpm_core.evaluation import NONE, Candidate, Leaderboard, Measured, Standing, leaderboard
from mlpm_core.quantity import Dimension
from mlpm_core.records import Decision, Evaluation
from mlpm_core.services import registers
from mlpm_core.services.briefs import brief
from mlpm_core.services.choosing import choosing, weights_of
from mlpm_core.services.valuation import case_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.valuation import CaseValue
    from mlpm_core.services.workspace import Workspace
    from mlpm_core.value.estimate import Estimate

__all__ = [
    "NONE",
    "DecisionView",
    "LeaderboardView",
    "MetricView",
    "Option",
    "Range",
    "candidates",
    "decide",
    "decisions",
]


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate without its draws."""

    mean: float
    p10: float
    p90: float
    unit: str

    @classmethod
    def of(cls, estimate: Estimate, currency: str) -> Range:
        """The mean and P10 to P90 of an estimate, in a currency."""
        unit = estimate.unit.replace("money", currency)
        return cls(estimate.mean, estimate.p10, estimate.p90, unit)


@dataclass(frozen=True, slots=True)
class MetricView:
    """One metric of a candidate as it was measured; ``feeds_value`` when the mechanism asks it."""

    name: str
    value: float
    n: int | None
    value_se: float | None
    feeds_value: bool


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a leaderboard, without its draws; ``name`` is "none" for adopting nothing."""

    name: str
    net: Range
    kpis: Mapping[Dimension, Range]
    probability_of_loss: float
    p_best: float
    expected_regret: float
    is_dominated: bool
    caveats: tuple[str, ...] = ()
    metrics: tuple[MetricView, ...] = ()


@dataclass(frozen=True, slots=True)
class LeaderboardView:
    """The options of a value case, best first, and the candidates that have no value.

    ``options`` is empty, with the reason in ``problem``, when none can be valued.
    """

    value_case_id: str
    title: str
    currency: str
    against: str
    options: tuple[Option, ...] = ()
    unvalued: tuple[tuple[str, str], ...] = ()
    test_sets: tuple[str, ...] = ()
    quantities: Mapping[str, str] | None = None
    draws: int = 0
    seed: int = 0
    caveat: str | None = None
    problem: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no candidate was measured."""
        return not self.unvalued and len(self.options) <= 1 and self.problem is None

    @property
    def best(self) -> Option:
        """The option with the highest mean net."""
        return self.options[0]


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision with what was promised then beside what is realised now.

    ``promised`` is the net of the chosen option as it stood then, ``realised`` the net that the
    monitored metrics of the case imply today; each is None when it cannot be said.
    """

    decision_id: str
    title: str
    value_case_id: str
    case_title: str
    chosen: str
    why: str
    decided_by: str
    decided_on: date
    review_on: date | None
    options: tuple[Option, ...]
    promised: Range | None
    realised: Range | None
    realised_when: str | None
    is_review_due: bool


def candidates(
    workspace: Workspace, actor: str, project: str, value_case_id: str
) -> LeaderboardView:
    """Every candidate of a value case, valued by the case's written quantities.

    Of a candidate measured on several test sets the newest counts; metrics of different test sets
    are never mixed.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    case = case_value(workspace, actor, project, value_case_id)
    rows = [
        row
        for row in registers.records(workspace, actor, project, Evaluation.kind)
        if row["value_case_id"] == value_case_id
    ]
    return _board(case, _newest(rows))


def _newest(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Of each candidate the rows of the test set that was measured last."""
    sets: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for row in rows:
        sets.setdefault(row["candidate"], {}).setdefault(row["test_set"], []).append(row)
    return {
        name: max(found.values(), key=lambda s: max(r["evaluated_on"] or date.min for r in s))
        for name, found in sets.items()
    }


def _board(case: CaseValue, measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> LeaderboardView:
    against = case.mechanism.baselines[case.baseline].sentence
    view = LeaderboardView(case.value_case_id, case.title, case.currency, against)
    if not measured:
        return view
    given = {
        i.name: text
        for i in case.inputs
        if i.is_asked and not i.is_metric and (text := i.planned or i.default)
    }
    shown = [Candidate(name, {r["metric"]: _read(r) for r in measured[name]}) for name in measured]
    try:
        board = leaderboard(case.mechanism, given, shown, baseline=case.baseline)
    except MlpmError as error:
        return LeaderboardView(
            view.value_case_id, view.title, view.currency, against, problem=str(error)
        )
    asked = {name for m in case.mechanism.metrics for name in (m.name, m.reported_as)}
    return LeaderboardView(
        view.value_case_id,
        view.title,
        view.currency,
        against,
        options=tuple(_option(s, case.currency, measured.get(s.name, ()), asked) for s in
                      board.options),
        unvalued=tuple((u.name, u.reason) for u in board.unvalued),
        test_sets=tuple(sorted({r["test_set"] for rows in measured.values() for r in rows})),
        quantities=given,
        draws=board.draws,
        seed=board.seed,
        caveat=_caveat(board, measured),
    )  # fmt: skip


def _read(row: Mapping[str, Any]) -> Measured:
    return Measured(row["value"], n=row["n"], standard_error=row["value_se"] or None)


def _caveat(board: Leaderboard, measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> str | None:
    sets = {rows[0]["test_set"] for rows in measured.values()}
    apart = "They were measured on different test sets; luck with the cases may decide."
    return " ".join(filter(None, [board.caveat, apart if len(sets) > 1 else None])) or None


def _option(
    standing: Standing, currency: str, rows: Sequence[Mapping[str, Any]], asked: set[str]
) -> Option:
    return Option(
        name=standing.name,
        net=Range.of(standing.net, currency),
        kpis={d: Range.of(e, currency) for d, e in standing.kpis.items()},
        probability_of_loss=standing.probability_of_loss,
        p_best=standing.p_best,
        expected_regret=standing.expected_regret,
        is_dominated=standing.is_dominated,
        caveats=standing.caveats,
        metrics=tuple(
            MetricView(r["metric"], r["value"], r["n"], r["value_se"], r["metric"] in asked)
            for r in rows
        ),
    )


def decide(
    workspace: Workspace,
    actor: str,
    project: str,
    value_case_id: str,
    *,
    chosen: str,
    title: str,
    why: str,
    decided_by: str,
    review_on: date | None = None,
) -> Receipt:
    """Record a decision, with the options frozen as they stand now.

    Raises
    ------
    InputError
        When something is left empty, what was chosen is no option, or the review is not ahead.
    NotFoundError
        When the project or the value case does not exist.
    """
    today = workspace.today(project)
    for label, text in (("what is decided", title), ("why", why), ("who decides", decided_by)):
        if not text.strip():
            raise InputError(f"Say {label}; a decision without it helps nobody later.")
    if review_on is not None and review_on <= today:
        raise InputError(f"The review date {review_on} is not ahead; today is {today}.")
    view = candidates(workspace, actor, project, value_case_id)
    if chosen not in [o.name for o in view.options]:
        raise InputError(f"{chosen} is none of the options that can be valued; choose one of them.")
    told = choosing(view, weights_of(brief(workspace, actor, project)))
    row = {
        "decision_id": _next_id(registers.records(workspace, actor, project, Decision.kind)),
        "title": title,
        "value_case_id": value_case_id,
        "chosen": chosen,
        "why": why,
        "decided_by": decided_by,
        "decided_on": today,
        "review_on": review_on,
        "evidence": _frozen(view, told.camps if told else {}),
    }
    return registers.save(workspace, actor, project, Decision.kind, [row])


def decisions(workspace: Workspace, actor: str, project: str) -> list[DecisionView]:
    """Every decision of a project, newest first, promised beside realised.

    Raises
    ------
    NotFoundError
        When there is no such project.
    """
    today = workspace.today(project)
    rows = registers.records(workspace, actor, project, Decision.kind)
    cases: dict[str, CaseValue] = {}
    for case_id in {row["value_case_id"] for row in rows}:
        with suppress(NotFoundError):  # a case may have been taken back since
            cases[case_id] = case_value(workspace, actor, project, case_id)
    views = [_decision(row, cases.get(row["value_case_id"]), today) for row in rows]
    return sorted(views, key=lambda d: (d.decided_on, d.decision_id), reverse=True)


def _decision(row: Mapping[str, Any], case: CaseValue | None, today: date) -> DecisionView:
    options = _thawed(row["evidence"])
    chosen = next((o for o in options if o.name == row["chosen"]), None)
    fields = ("decision_id", "title", "value_case_id", "chosen", "why", "decided_by", "decided_on")
    return DecisionView(
        **{name: row[name] for name in fields},
        case_title=case.title if case else row["value_case_id"],
        review_on=row["review_on"],
        options=options,
        promised=chosen.net if chosen else None,
        realised=Range.of(case.current.net, case.currency) if case and case.current else None,
        realised_when=case.as_of.when if case and case.as_of else None,
        is_review_due=row["review_on"] is not None and row["review_on"] <= today,
    )


def _next_id(rows: Sequence[Mapping[str, Any]]) -> str:
    numbers = [int(m[1]) for r in rows if (m := re.fullmatch(r"D(\d+)", r["decision_id"]))]
    return f"D{max(numbers, default=0) + 1:03d}"


def _frozen(view: LeaderboardView, would_choose: Mapping[str, Sequence[str]]) -> str:
    """The options as JSON: with what they rested on, so that they can be judged in hindsight."""
    told = {
        "currency": view.currency,
        "against": view.against,
        "draws": view.draws,
        "seed": view.seed,
        "quantities": view.quantities,
        "test_sets": view.test_sets,
        "options": [asdict(option) for option in view.options],
        "unvalued": view.unvalued,
        "would_choose": would_choose,
    }
    return json.dumps(told, ensure_ascii=True, separators=(",", ":"))


def _thawed(evidence: str) -> tuple[Option, ...]:
    """The options of a decision's evidence; none when it is not ours (an upload may hold any)."""
    try:
        return tuple(
            Option(
                **(
                    told
                    | {
                        "net": Range(**told["net"]),
                        "kpis": {Dimension(d): Range(**r) for d, r in told["kpis"].items()},
                        "caveats": tuple(told["caveats"]),
                        "metrics": tuple(MetricView(**m) for m in told["metrics"]),
                    }
                )
            )
            for told in json.loads(evidence)["options"]
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()  # fmt: skip
