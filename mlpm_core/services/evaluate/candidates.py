"""Candidates of a value case side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.evaluation import (
    NONE,
    Agreement,
    Candidate,
    Leaderboard,
    Measured,
    Standing,
    leaderboard,
)
from mlpm_core.evaluation.candidate import as_idle, written
from mlpm_core.quantity.stated import stated
from mlpm_core.quantity.written import fig
from mlpm_core.records import Evaluation
from mlpm_core.services.evaluate.decided_models import DecidedModels
from mlpm_core.services.evaluate.views import LeaderboardView, MetricView, Option, Range
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.evaluation_rules import in_asked_units, is_share_metric
from mlpm_core.services.session.computing import or_reason
from mlpm_core.services.session.consistent import kept
from mlpm_core.services.valuation.value_cases import case_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.services.session.workspace import Workspace
    from mlpm_core.services.valuation.value_cases import CaseValue
    from mlpm_core.value.mechanism import Input

__all__ = ["NONE", "candidates"]


def candidates(workspace: Workspace, project: str, value_case_id: str) -> LeaderboardView:
    """Every candidate of a value case, valued by the case's written quantities.

    Of a candidate measured on several test sets the newest counts; metrics of different test sets
    are never mixed.

    Raises
    ------
    NotFoundError
        When the project or the value case does not exist.
    """
    question = f"candidates of {value_case_id}"
    return kept(
        workspace, question, project, partial(_candidates, workspace, project, value_case_id)
    )


def _candidates(workspace: Workspace, project: str, value_case_id: str) -> LeaderboardView:
    case = case_value(workspace, project, value_case_id)
    rows = [
        row
        for row in registers.records(workspace, project, Evaluation.kind)
        if row["value_case_id"] == value_case_id
    ]
    with workspace.store.reader() as reader:
        models = DecidedModels(reader, workspace.project(project), workspace.today(project))
        deployed = tuple(models.versions(value_case_id))
    return replace(_board(case, _newest(rows)), deployed=deployed)


def _newest(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Of each candidate the rows of the test set that was measured last."""
    sets: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for row in rows:
        sets.setdefault(row["candidate"], {}).setdefault(row["test_set"], []).append(row)
    return {
        name: max(by_test_set.values(), key=lambda s: max(r["evaluated_on"] or date.min for r in s))
        for name, by_test_set in sets.items()
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
    metrics = case.mechanism.metrics_by_name
    shown, refused = [], []
    read: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name, rows in measured.items():
        asked, problem = or_reason(f"Candidate {name}", partial(_asked, rows, metrics, case))
        candidate = None
        if asked is not None:
            compute = partial(_candidate, name, asked, metrics)
            candidate, problem = or_reason(f"Candidate {name}", compute)
        if asked is None or candidate is None:
            refused.append((name, problem or ""))
        else:
            shown.append(as_idle(candidate, case.mechanism))
            read[name] = asked
    try:
        board = leaderboard(
            case.mechanism,
            given,
            shown,
            baseline=case.baseline,
            currency=case.currency,
            agreements=_agreements(measured),
        )
    except MlpmError as error:
        return LeaderboardView(
            view.value_case_id, view.title, view.currency, against, problem=str(error)
        )
    by_name = {candidate.name: candidate for candidate in shown}
    return LeaderboardView(
        view.value_case_id,
        view.title,
        view.currency,
        against,
        options=tuple(
            _option(s, case, read.get(s.name, ()), by_name.get(s.name)) for s in board.options
        ),
        unvalued=(*((u.name, u.reason) for u in board.unvalued), *refused),
        test_sets=tuple(sorted({r["test_set"] for rows in measured.values() for r in rows})),
        quantities=given,
        draws=board.draws,
        seed=board.seed,
        caveat=_caveat(board, measured),
        is_corrected=board.is_corrected,
    )  # fmt: skip


def _asked(
    rows: Sequence[Mapping[str, Any]], metrics: Mapping[str, Input], case: CaseValue
) -> list[dict[str, Any]]:
    """The rows in the units in which the mechanism of a value case asks its metrics."""
    return [in_asked_units(row, metrics, case.currency) for row in rows]


def _candidate(
    name: str, rows: Sequence[Mapping[str, Any]], entries: Mapping[str, Input]
) -> Candidate:
    """A candidate with every uncertainty that its rows state, and what having it costs.

    Raises
    ------
    InputError
        When its rows say two costs.
    """
    costs = {r["fixed_cost_annual"] for r in rows if r["fixed_cost_annual"] is not None}
    if len(costs) > 1:
        amounts = " and ".join(f"{fig(cost):,g}" for cost in sorted(costs))
        raise InputError(f"Candidate {name} costs {amounts} a year; write the same in every row.")
    shares = {metric for metric, entry in entries.items() if entry.is_share}
    metrics = {
        r["metric"]: _measured(r, is_share=r["metric"] in shares or is_share_metric(r["metric"]))
        for r in rows
    }
    return Candidate(name, metrics, next(iter(costs), 0.0))


def _measured(row: Mapping[str, Any], *, is_share: bool) -> Measured:
    value, cases, error = stated(
        row["value"],
        is_share=is_share,
        n=row["n"],
        error=row["value_se"],
        ratio=(row["numerator"], row["denominator"]),
        interval=(row["ci_low"], row["ci_high"]),
        level=row["ci_level"],
    )
    return Measured(value, row["n"] if cases is None else round(cases), error)


def _agreements(measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Agreement]:
    """How alike candidates err, as far as rows of one test set say so."""
    agreements = []
    for name, rows in measured.items():
        for row in rows:
            other = measured.get(row["compared_with"], ())
            if row["agreement"] is not None and any(
                o["test_set"] == row["test_set"] and o["metric"] == row["metric"] for o in other
            ):
                agreements.append(
                    Agreement(name, row["compared_with"], row["metric"], row["agreement"])
                )
    return agreements


def _caveat(board: Leaderboard, measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> str | None:
    sets = {rows[0]["test_set"] for rows in measured.values()}
    apart = (
        "The candidates were measured on different test sets, so luck with the cases may decide."
    )
    return " ".join(filter(None, [board.caveat, apart if len(sets) > 1 else None])) or None


def _unchecked(case: CaseValue) -> list[str]:
    """That the value of a candidate rests on guesses, whose metrics were measured."""
    asked = [i for i in case.inputs if i.is_asked and not i.is_metric and i.in_use]
    n = sum(i.is_typical for i in asked)
    said = f"It rests on typical values nobody has checked: {n} of {len(asked)} business numbers."
    return [said] if n else []


def _option(
    standing: Standing,
    case: CaseValue,
    rows: Sequence[Mapping[str, Any]],
    candidate: Candidate | None,
) -> Option:
    currency = case.currency
    entries = case.mechanism.metrics_by_name
    return Option(
        name=standing.name,
        net=Range.of(standing.net, currency),
        measured=Range.of(standing.measured, currency),
        kpis={d: Range.of(e, currency) for d, e in standing.kpis.items()},
        probability_of_loss=standing.probability_of_loss,
        p_best=standing.p_best,
        expected_regret=standing.expected_regret,
        is_dominated=standing.is_dominated,
        caveats=(*standing.caveats, *_unchecked(case)) if candidate else standing.caveats,
        metrics=tuple(
            MetricView(
                r["metric"],
                r["value"],
                r["n"],
                r["value_se"],
                entry is not None,
                written(candidate.metrics[r["metric"]], entry) if entry and candidate else "",
                standing.metrics.get(entry.name, "") if entry else "",
            )
            for r in rows
            for entry in [entries.get(r["metric"])]
        ),
        fixed_cost=candidate.fixed_cost_annual if candidate else 0.0,
    )
