"""What a row must satisfy beyond its own columns: a mechanism that exists, a unit that fits."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.errors import MlpmError
from mlpm_core.intake import judged
from mlpm_core.intake.parsed_file import PERIOD_UNSAID
from mlpm_core.quantity import CURRENCIES
from mlpm_core.records import (
    CheckQuestion,
    CheckResult,
    Cost,
    Decision,
    DeliveryPromise,
    EstimateSnapshot,
    Evaluation,
    FreedHoursRecord,
    Incident,
    Interaction,
    Kpi,
    KpiActual,
    KpiTarget,
    Label,
    MechanismRecord,
    MetricLimit,
    MetricResult,
    Prediction,
    Project,
    QuantityRecord,
    Record,
    Reject,
    Risk,
    RiskReview,
    RolloutResult,
    Status,
    ValueCase,
    Warned,
)
from mlpm_core.services.ingest.check_rules import question_rule, result_rule
from mlpm_core.services.ingest.date_rules import SPANS, span_rule
from mlpm_core.services.ingest.decision_rules import decision_fault
from mlpm_core.services.ingest.estimate_rules import baseline_rule
from mlpm_core.services.ingest.evaluation_rules import evaluation_fault, unit_fault
from mlpm_core.services.ingest.kpi_rules import kpi_rule
from mlpm_core.services.ingest.kpi_units import in_kpi_units
from mlpm_core.services.ingest.label_rules import settled_labels
from mlpm_core.services.ingest.limit_rules import limit_fault
from mlpm_core.services.ingest.log_rules import settled_log
from mlpm_core.services.ingest.meanings import Meanings, meanings, meanings_of, other_quantity
from mlpm_core.services.ingest.meeting_rules import delivery_promise_rule, interaction_rule
from mlpm_core.services.ingest.names_in_files import with_short_names
from mlpm_core.services.ingest.outcome_rules import (
    cost_rule,
    fault_in,
    incident_rule,
    length_rule,
    target_rule,
)
from mlpm_core.services.ingest.result_rules import ReportedQuantities
from mlpm_core.services.ingest.risk_rules import review_rule, risk_rule
from mlpm_core.services.ingest.running_totals import settled_totals
from mlpm_core.services.ingest.scale_rules import settled_scale
from mlpm_core.services.ingest.signed_numbers import with_units_held
from mlpm_core.services.ingest.stored_rows import Stored
from mlpm_core.services.ingest.support_rules import AMOUNTS, amounts_rule
from mlpm_core.services.valuation.currency_rules import currency_of, refuse_other_currency
from mlpm_core.services.valuation.mechanisms import mechanism_of
from mlpm_core.value.benefits import benefit_inputs, read_benefit
from mlpm_core.value.mechanism import MechanismFault, mechanism_from, mechanisms
from mlpm_core.value.together import check_partners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlpm_core.intake import ImportPlan, ImportRequest
    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.parsed_file import ParsedFile
    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Input, Mechanism

Row = dict[str, Any]


def judged_with_rules(
    reader: Reader, asked: ImportRequest, parsed: ParsedFile, *,
    accept_good: bool, ask_again: bool = False,
) -> ImportPlan:  # fmt: skip
    """What storing a file that was read would do, the rules of its kind of row included.

    A broken rule is a reject like any other. ``ask_again`` asks also what was answered before.
    """
    parsed = with_units_held(reader, asked, with_short_names(reader, asked, parsed))
    if asked.record in (KpiActual, RolloutResult):
        parsed = in_kpi_units(reader, asked.project, parsed, asked.profile)
    parsed = settled_totals(reader, asked, parsed)
    stored = Stored(reader, asked.project)
    if asked.record is Label:
        parsed = settled_labels(stored, asked, parsed)
    if asked.record in (MetricResult, KpiActual, KpiTarget, RolloutResult):
        parsed = settled_scale(reader, asked, parsed)
    if asked.record is Prediction:
        parsed = settled_log(reader, asked, parsed, ask_again=ask_again)
    judgement = judged(parsed, asked, stored, accept_good=accept_good)
    judgement = _by_the_calendar(judgement, reader)
    return _applied(judgement, asked, parsed, reader, accept_good=accept_good).placed()


def _by_the_calendar(judgement: ImportPlan, reader: Reader) -> ImportPlan:
    """That a file's quarters and years are the calendar's, where those of the project are not."""
    project = reader.one(Project, (judgement.receipt.project,))
    if project is None or project.year_starts_in == 1:
        return judgement
    if "granularity" not in judgement.rows.column_names:
        return judgement
    lengths = judgement.rows.column("granularity").cast(pa.string())
    n = pc.sum(pc.is_in(lengths, pa.array(["P3M", "P6M", "P1Y"]))).as_py() or 0
    if not n:
        return judgement
    month = f"{date(2000, project.year_starts_in, 1):%B}"
    sentence = (
        f"Rows of a quarter, a half-year or a year: {n:,}. One without a day and without FY, such "
        f"as Q1 2026, was read by the calendar, though the fiscal year begins in {month}. Where "
        "the file means the fiscal year, write FY26 Q1, or the first day of each as its date."
    )
    told = Warned(code="calendar-quarters", message=sentence, rows=n)
    warnings = [*judgement.receipt.warnings, told]
    receipt = judgement.receipt.model_copy(update={"warnings": warnings})
    return replace(judgement, receipt=receipt)


def _applied(
    judgement: ImportPlan,
    asked: ImportRequest,
    parsed: ParsedFile,
    reader: Reader,
    *,
    accept_good: bool,
) -> ImportPlan:
    record = asked.record
    rule_for = _RULES.get(record)
    if record is Decision:
        rule_for = partial(_decisions, today=asked.now.date())
    if judgement.receipt.status not in (Status.DRY_RUN, Status.REJECTED):
        return judgement
    if record is MetricResult:
        unsaid = parsed.lines_noting(PERIOD_UNSAID)
        return _results(judgement, reader, unsaid, accept_good=accept_good)
    if rule_for is None:
        return judgement
    kept = _SUSPECTS[record](judgement.rows) if record in _SUSPECTS else None
    rule = rule_for(reader, judgement.receipt.project)
    return _ruled(judgement, rule, kept, accept_good=accept_good)


def _ruled(
    judgement: ImportPlan,
    rule: Callable[[Row], Reject | None],
    suspects: pa.Array | None,
    *,
    accept_good: bool,
) -> ImportPlan:
    """The judgement with a reject for every suspect row that breaks the rule; None suspects all."""
    lines, rows = judgement.lines, judgement.rows
    if suspects is not None:
        lines, rows = lines[suspects.to_numpy(zero_copy_only=False)], rows.filter(suspects)
    faults = []
    for line, row in zip(lines.tolist(), rows.to_pylist(), strict=True):
        fault = rule(row)
        if fault is not None:
            faults.append(fault.model_copy(update={"row": line}))
    return judgement.rejecting(faults, accept_good=accept_good) if faults else judgement


def _results(
    judgement: ImportPlan, reader: Reader, unsaid: Codes, *, accept_good: bool
) -> ImportPlan:
    """Quantities among monitoring results are taken only in a unit that fits.

    ``unsaid`` are the lines of which nothing says how long their period is.
    """
    reported = ReportedQuantities(reader, judgement.receipt.project)

    def rule(row: Row, *, is_period_said: bool) -> Reject | None:
        fault = reported.fault(row, is_period_said=is_period_said)
        return fault and fault_in(fault.column, row[fault.column], fault.error)

    every_row = judgement.rows
    for is_said in (True, False):
        suspects = reported.suspects(judgement.rows)
        if not suspects.any():
            break
        suspects &= np.isin(judgement.lines, unsaid, invert=is_said)
        judge_row = partial(rule, is_period_said=is_said)
        judgement = _ruled(judgement, judge_row, pa.array(suspects), accept_good=accept_good)
    warnings = reported.warnings(every_row, judgement.receipt.warnings)
    receipt = judgement.receipt.model_copy(update={"warnings": warnings})
    return replace(judgement, receipt=receipt)


def _projects(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    was = currency_of(reader, project)

    def rule(row: Row) -> Reject | None:
        code = row["currency"]
        if code not in CURRENCIES:
            sentence = f"{code!r} is no currency code; write three letters such as EUR."
            return fault_in("currency", code, MlpmError(sentence))
        try:
            refuse_other_currency(reader, project, was or code, code)
        except MlpmError as error:
            return fault_in("currency", code, error)
        return None

    return rule


def _mechanisms(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    cases = [c for c in reader.current(ValueCase, project) if not c.archived]
    meant = meanings(reader, project)

    def rule(row: Row) -> Reject | None:
        mechanism_id = row["mechanism_id"]
        try:
            read = mechanism_from(row["definition"])
        except MechanismFault as fault:
            place = f"Line {fault.line}: " if fault.line else ""
            return fault_in("definition", row["definition"], MlpmError(f"{place}{fault}"))
        if read.id != mechanism_id:
            sentence = f"Its definition calls it {read.id!r}; write the same id in both places."
            return fault_in("mechanism_id", mechanism_id, MlpmError(sentence))
        if mechanism_id in mechanisms():
            sentence = f"{mechanism_id!r} is a mechanism of MLPM; choose another id."
            return fault_in("mechanism_id", mechanism_id, MlpmError(sentence))
        for case in cases:
            if case.mechanism == mechanism_id:
                try:
                    read.inputs_for(case.baseline or None)
                except MlpmError as error:
                    sentence = f"Value case {case.value_case_id} rests on it: {error}"
                    return fault_in("definition", row["definition"], MlpmError(sentence))
                read_otherwise = _read_otherwise(reader, project, case.value_case_id, read, meant)
                if read_otherwise is not None:
                    return fault_in("definition", row["definition"], MlpmError(read_otherwise))
        return None

    return rule


def _read_otherwise(
    reader: Reader, project: str, value_case_id: str, mechanism: Mechanism, meant: Meanings
) -> str | None:
    """What is written for a value case and would mean another number by a mechanism."""
    mine = [q for q in reader.current(QuantityRecord, project) if q.value_case_id == value_case_id]
    now = meanings_of(value_case_id, mechanism, mine, meant.currency)
    return other_quantity(meant.quantities, now)


def _value_cases(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    meant = meanings(reader, project)

    def rule(row: Row) -> Reject | None:
        try:
            mechanism = mechanism_of(reader, project, row["mechanism"])
            mechanism.inputs_for(row["baseline"] or None)
        except MlpmError as error:
            return fault_in("mechanism", row["mechanism"], error)
        read_otherwise = _read_otherwise(reader, project, row["value_case_id"], mechanism, meant)
        if read_otherwise is not None:
            return fault_in("mechanism", row["mechanism"], MlpmError(read_otherwise))
        return None

    return rule


def _quantities(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    cases = {c.value_case_id: c for c in reader.current(ValueCase, project)}
    project_record = reader.one(Project, (project,))
    currency = project_record.currency if project_record else None

    def rule(row: Row) -> Reject | None:
        try:
            mechanism = mechanism_of(reader, project, cases[row["value_case_id"]].mechanism)
            benefit = row["name"] in {entry.name for entry in benefit_inputs(mechanism)}
            entry = None if benefit else mechanism.input(row["name"])
        except MlpmError as error:
            return fault_in("name", row["name"], error)
        try:
            if entry is None:
                read_benefit(row["name"], row["written"], currency)
            else:
                read = entry.read(row["written"], currency)
                if faults := check_partners(
                    {entry.name: read}, [asked.name for asked in mechanism.all_inputs]
                ):
                    return fault_in("written", row["written"], MlpmError(" ".join(faults)))
        except MlpmError as error:
            return fault_in("written", row["written"], error)
        return None

    return rule


def _decisions(reader: Reader, project: str, *, today: date) -> Callable[[Row], Reject | None]:
    fault_of = decision_fault(reader, project, today)

    def rule(row: Row) -> Reject | None:
        fault = fault_of(row)
        if fault is None:
            return None
        column, sentence = fault
        return fault_in(column, row[column], MlpmError(sentence))

    return rule


def _evaluations(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    stored = reader.one(Project, (project,))
    currency = stored.currency if stored else "EUR"
    metrics: dict[str, dict[str, Input]] = {}
    for case in reader.current(ValueCase, project):
        with suppress(MlpmError):  # one that cannot be read says so elsewhere
            mechanism = mechanism_of(reader, project, case.mechanism)
            metrics[case.value_case_id] = mechanism.metrics_by_name

    def rule(row: Row) -> Reject | None:
        asked = metrics.get(row["value_case_id"], {})
        fault = unit_fault(row, asked, currency) or evaluation_fault(row)
        return fault_in(fault[0], row[fault[0]], MlpmError(fault[1])) if fault else None

    return rule


def _metric_limits(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    del reader, project

    def rule(row: Row) -> Reject | None:
        fault = limit_fault(row)
        if fault is None:
            return None
        column, sentence = fault
        return fault_in(column, "" if row[column] is None else row[column], MlpmError(sentence))

    return rule


def _predictions(reader: Reader, project: str) -> Callable[[Row], Reject | None]:
    del reader, project

    def rule(row: Row) -> Reject | None:
        if row["y_pred"] or row["y_pred_proba"] is not None:
            return None
        return fault_in(
            "y_pred", "", MlpmError("Nothing was predicted; fill in y_pred or y_pred_proba.")
        )

    return rule


def _without_prediction(rows: pa.Table) -> pa.Array:
    """Which rows the rule must look at; logs are too long to look at every one."""
    is_empty = pc.equal(rows.column("y_pred").cast(pa.string()), "")
    return pc.and_(is_empty, rows.column("y_pred_proba").is_null()).combine_chunks()


_SUSPECTS: Mapping[type[Record], Callable[[pa.Table], pa.Array]] = {Prediction: _without_prediction}
_RULES: Mapping[type[Record], Callable[[Reader, str], Callable[[Row], Reject | None]]] = {
    Project: _projects,
    MechanismRecord: _mechanisms,
    ValueCase: _value_cases,
    QuantityRecord: _quantities,
    Evaluation: _evaluations,
    Kpi: kpi_rule,
    MetricLimit: _metric_limits,
    Prediction: _predictions,
    Incident: incident_rule,
    KpiTarget: target_rule,
    Cost: cost_rule,
    FreedHoursRecord: length_rule,
    RolloutResult: length_rule,
    **{record: span_rule(record) for record in SPANS},
    **{record: amounts_rule(record) for record in AMOUNTS},
    Risk: risk_rule,
    RiskReview: review_rule,
    CheckResult: result_rule,
    CheckQuestion: question_rule,
    Interaction: interaction_rule,
    DeliveryPromise: delivery_promise_rule,
    EstimateSnapshot: baseline_rule,
}
