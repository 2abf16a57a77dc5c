"""What screens load: one function for each question, its answer kept until a batch or a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mlpm_core.records import record_of
from mlpm_core.services.admin import demo, exports
from mlpm_core.services.evaluate import candidates as candidates_service
from mlpm_core.services.evaluate import decisions as decisions_service
from mlpm_core.services.evaluate import insights as insights_service
from mlpm_core.services.evaluate import preferences as preferences_service
from mlpm_core.services.in_life import deployments as deployments_service
from mlpm_core.services.in_life import events as events_service
from mlpm_core.services.in_life import experiments as experiments_service
from mlpm_core.services.in_life import kpi_proof as proof_service
from mlpm_core.services.in_life import kpi_view as kpi_service
from mlpm_core.services.in_life import portfolio, project_list
from mlpm_core.services.in_life import promises as promises_service
from mlpm_core.services.ingest import batches, file_looks, imports, registers, uploads
from mlpm_core.services.ingest import undo as undo_service
from mlpm_core.services.plan import briefs
from mlpm_core.services.plan import checks as checks_service
from mlpm_core.services.plan import estimates as estimates_service
from mlpm_core.services.plan import kpi_finder as kpi_finder_service
from mlpm_core.services.valuation import mechanisms
from mlpm_core.services.valuation import value_cases as value_cases_service
from pages.parts.common.cache import shared, tried
from pages.parts.common.cache import workspace as workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mlpm_core.quantity import Dimension
    from mlpm_core.records import FileLook, Project, Receipt, RejectedLines
    from mlpm_core.services.admin.demo import LoadedDemo
    from mlpm_core.services.evaluate.decisions import DecisionView
    from mlpm_core.services.evaluate.insights import Advice, Change, Insight
    from mlpm_core.services.evaluate.preferences import Preferences
    from mlpm_core.services.evaluate.views import LeaderboardView
    from mlpm_core.services.in_life.deployments import DeploymentLine, DeploymentView
    from mlpm_core.services.in_life.events import Happening
    from mlpm_core.services.in_life.experiments import ProofsView
    from mlpm_core.services.in_life.kpi_proof import KpiProof
    from mlpm_core.services.in_life.kpi_view import KpiLine, KpiView
    from mlpm_core.services.in_life.portfolio import Portfolio, ProjectView
    from mlpm_core.services.in_life.project_list import ProjectFacts
    from mlpm_core.services.in_life.promises import DeliveredView
    from mlpm_core.services.ingest.registers import Page, PageRequest
    from mlpm_core.services.plan.briefs import BriefView
    from mlpm_core.services.plan.estimates import EstimateView
    from mlpm_core.services.plan.kpi_finder import BreakEvenView, CandidateView, KpiFinderView
    from mlpm_core.services.valuation.mechanisms import Mechanism, Version
    from mlpm_core.services.valuation.value_cases import BaselineValue, CaseValue

Changes = tuple[tuple[str, str], ...]


def actor() -> str:
    """Who is at the screen."""
    return workspace().actor


@shared
def projects() -> list[Project]:
    """Every project that is not archived, by title."""
    return registers.projects(workspace())


@shared
def all_projects() -> list[Project]:
    """Every project, archived ones too, by title."""
    return registers.projects(workspace(), archived=True)


@tried
def loaded_demo() -> LoadedDemo:
    """What of the demo is loaded, and what others built on it."""
    return demo.loaded(workspace())


@shared
def whole_portfolio() -> Portfolio:
    """Every model with its worth and health."""
    return portfolio.portfolio(workspace())


@shared
def project_view(project: str) -> ProjectView:
    """One project with its cases and KPIs; a proxy expires by the day."""
    return portfolio.project_view(workspace(), project)


@shared
def case(project: str, value_case_id: str, changes: Changes = ()) -> CaseValue:
    """One value case; ``changes`` are quantities tried out but not saved."""
    return value_cases_service.case_value(
        workspace(), project, value_case_id, changes=dict(changes)
    )


@shared
def against_baselines(
    project: str, value_case_id: str, changes: Changes = ()
) -> list[BaselineValue]:
    """One value case against every baseline of its mechanism."""
    return value_cases_service.against_baselines(case(project, value_case_id, changes))


@shared
def deployments(project: str | None = None) -> list[DeploymentLine]:
    """The models in use of one project or all, the worst health first."""
    return deployments_service.deployments(workspace(), project)


@shared
def deployment(project: str, deployment_id: str, granularity: str | None = None) -> DeploymentView:
    """One model in use, over periods of a length; those of the newest results unless named."""
    return deployments_service.deployment(workspace(), project, deployment_id, granularity)


@shared
def candidates(project: str, value_case_id: str) -> LeaderboardView:
    """The candidates of a value case side by side."""
    return candidates_service.candidates(workspace(), project, value_case_id)


@shared
def proofs(project: str) -> ProofsView:
    """What was measured by group, and how far planned proofs have come."""
    return experiments_service.proofs(workspace(), project)


@shared
def advice_among(project: str, value_case_id: str) -> tuple[Advice, ...]:
    """What to find out before one of the candidates of a value case is chosen."""
    return insights_service.among(case(project, value_case_id), candidates(project, value_case_id))


@shared
def choosing(project: str, value_case_id: str) -> Preferences | None:
    """Who would choose which candidate of a value case."""
    return preferences_service.choosing(
        candidates(project, value_case_id), preferences_service.weights_of(brief(project))
    )


@shared
def decisions(project: str) -> list[DecisionView]:
    """Every decision of a project, promised beside realised; a review falls due by the day."""
    return decisions_service.decisions(workspace(), project)


@shared
def brief(project: str) -> BriefView:
    """What a project is for, and what it still needs to know; a question falls due by the day."""
    return briefs.brief(workspace(), project)


@shared
def kpi_finder(project: str) -> KpiFinderView:
    """Which KPIs a project has, and what its stakeholders want most."""
    return kpi_finder_service.kpi_finder(workspace(), project)


@shared
def kpi_candidates(project: str, dimension: Dimension) -> list[CandidateView]:
    """What could be counted in a dimension."""
    return kpi_finder_service.candidate_views(workspace(), project, dimension)


@shared
def kpi_break_even(project: str, mechanism: str, candidate: str) -> BreakEvenView:
    """What must be true for a mechanism to pay."""
    return kpi_finder_service.break_even(workspace(), project, mechanism, candidate)


@shared
def delivered(project: str, value_case_id: str) -> DeliveredView:
    """A value case, promised beside realised up to the day."""
    return promises_service.delivered(workspace(), project, value_case_id)


@shared
def kpi_lines(project: str) -> tuple[KpiLine, ...]:
    """The KPIs of a project, the one that is farthest off first; they grow old by the day."""
    return kpi_service.kpi_lines(workspace(), project)


@shared
def kpi_view(project: str, kpi_id: str) -> KpiView:
    """One KPI in full, up to the day."""
    return kpi_service.kpi_view(workspace(), project, kpi_id)


@shared
def kpi_proof(project: str, kpi_id: str, granularity: str) -> KpiProof:
    """Whether a KPI moved as its model implies, from measured values of a length of period."""
    return proof_service.kpi_proof(workspace(), project, kpi_id, granularity)


@shared
def events(project: str) -> tuple[Happening, ...]:
    """Everything that happened around a project up to the day."""
    return events_service.events(workspace(), project)


@shared
def project_facts(project: str) -> ProjectFacts:
    """What a project needs before it shows a value, and which of its numbers nobody checked."""
    return project_list.project_facts(workspace(), project)


def export(project: str, table: str, file_format: str) -> Callable[[], bytes]:
    """What makes a table a file, as of the moment in view; asked for later, outside a screen."""
    now = workspace()
    return lambda: exports.export(now, project, table, file_format).data


def template_csv(kind: str) -> str:
    """A CSV to fill in."""
    return registers.template_csv(kind)


def raw_file(project: str, batch: str) -> bytes:
    """The bytes of a batch as they came."""
    return batches.raw_file(workspace(), project, batch)


def limits(kind: str) -> str:
    """The largest file of a kind that is read, in words."""
    return uploads.limits_told(workspace(), kind)


@tried
def undo_preview(project: str, batch: str) -> Receipt:
    """What undoing a batch would do; nothing is stored."""
    return undo_service.undo(workspace(), project, batch, dry_run=True)


@tried
def preview(
    upload: uploads.Upload, _data: bytes, sha256: str, _on_stage: Callable[[float, str], None]
) -> Receipt:
    """What an import would do, effect on KPIs included; nothing is stored."""
    dry = replace(upload, dry_run=True)
    return uploads.import_upload(workspace(), dry, _data, channel="screen", on_stage=_on_stage)


@shared
def rejected_csv(upload: uploads.Upload, _data: bytes, sha256: str) -> bytes:
    """The rejected rows of a file with their reasons."""
    return imports.rejected_csv(
        workspace(),
        upload.project,
        upload.kind,
        upload.filename,
        _data,
        profile=upload.check(),
    )


@shared
def file_look(upload: uploads.Upload, _data: bytes, sha256: str) -> FileLook | None:
    """What the columns of a file are read as; None when they cannot be told apart yet."""
    return file_looks.look(workspace(), upload, _data)


@shared
def rejected_lines(upload: uploads.Upload, _data: bytes, sha256: str) -> RejectedLines:
    """The first rejected lines of a file, to be corrected."""
    return file_looks.to_correct(workspace(), upload, _data)


def corrected(
    upload: uploads.Upload, data: bytes, corrections: Mapping[int, Sequence[str]]
) -> file_looks.Corrected:
    """A file with some of its lines written anew; nothing is stored."""
    return file_looks.corrected(workspace(), upload, data, corrections)


@shared
def estimates(project: str) -> list[EstimateView]:
    """A project's estimates with what follows from them."""
    return estimates_service.project_estimates(workspace(), project)


@shared
def case_estimates(project: str, value_case_id: str, changes: Changes = ()) -> list[EstimateView]:
    """The estimates that name a value case, paid for by it as tried."""
    return estimates_service.of_case(estimates(project), case(project, value_case_id, changes))


@shared
def insight(project: str, value_case_id: str, changes: Changes = ()) -> Insight | None:
    """A value case as a choice: whether it pays, and what to find out first."""
    return insights_service.insight(
        case(project, value_case_id, changes), case_estimates(project, value_case_id, changes)
    )


@shared
def change(project: str, value_case_id: str, changes: Changes = ()) -> Change:
    """What moved a value case from its plan to what is monitored."""
    return insights_service.change(case(project, value_case_id, changes))


def tried_estimate(project: str, values: Mapping[str, object]) -> EstimateView:
    """What would follow from an estimate that is not saved."""
    return _tried_estimate(project, tuple(sorted(values.items())))


@shared
def _tried_estimate(project: str, values: tuple[tuple[str, object], ...]) -> EstimateView:
    return estimates_service.tried(workspace(), project, dict(values))


@shared
def register_page(project: str, kind: str, asked: PageRequest) -> Page:
    """One page of what holds now for a kind of record."""
    return registers.page(workspace(), project, kind, asked)


@shared
def record_named(project: str, kind: str, parts: tuple[str, ...]) -> dict[str, Any] | None:
    """The record under the parts of a key; None without it."""
    return registers.named(workspace(), project, kind, parts)


@shared
def history(project: str, kind: str, last: int | None = None) -> list[dict[str, Any]]:
    """The versions of a kind's records; ``last`` keeps the newest, and these come first."""
    return registers.history(workspace(), project, kind, last=last)


def titles(project: str, kind: str) -> dict[str, str]:
    """The records of a kind that are not archived: id by title, for a choice."""
    key = record_of(kind).key[-1]
    return {
        str(r[key]): str(r.get("title") or r[key])
        for r in records(project, kind)
        if not r.get("archived")
    }


def input_titles(project: str, value_case_id: str) -> dict[str, str]:
    """The questions of a value case: name by label."""
    cases = {c["value_case_id"]: c for c in records(project, "value_cases")}
    if value_case_id not in cases:
        return {}
    row = cases[value_case_id]
    return mechanisms.questions(workspace(), project, row["mechanism"], row["baseline"] or None)


def project_title(project: str) -> str:
    """The project's name as people say it; empty for none."""
    return next((p.title for p in all_projects() if p.project == project), "")


def currency(project: str) -> str:
    """The currency of a project."""
    return next(p.currency for p in all_projects() if p.project == project)


@shared
def receipt(project: str, batch: str) -> Receipt:
    """The receipt of one batch, with what was rejected of it."""
    return batches.receipt(workspace(), project, batch)


@shared
def receipts(project: str) -> list[dict[str, Any]]:
    """Every batch of a project, newest first."""
    return batches.receipts(workspace(), project)


@shared
def records(project: str, kind: str) -> list[dict[str, Any]]:
    """What holds now for a kind of record."""
    return registers.records(workspace(), project, kind)


@shared
def question_titles(project: str) -> dict[str, str]:
    """Every question of the packs and the project's own, by its short name."""
    return checks_service.question_titles(workspace(), project)


@shared
def mechanism_choices(project: str) -> dict[str, Mechanism]:
    """Every mechanism that a project may choose, its own first, by id."""
    return mechanisms.choices(workspace(), project)


@shared
def mechanism_versions(project: str, mechanism_id: str) -> list[Version]:
    """Every definition that a project's own mechanism has had."""
    return mechanisms.versions(workspace(), project, mechanism_id)
