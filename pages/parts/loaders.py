"""What screens load: every cache of the app lives here, keyed by the store's version."""

from __future__ import annotations

import getpass
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.records import record_of
from mlpm_core.services import (
    briefs,
    evaluations,
    imports,
    mechanisms,
    portfolio,
    registers,
    uploads,
    valuation,
)
from mlpm_core.services import delivered as delivered_service
from mlpm_core.services import deployments as deployments_service
from mlpm_core.services import estimates as estimates_service
from mlpm_core.services import insights as insights_service
from mlpm_core.services.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlpm_core.records import Receipt
    from mlpm_core.services.briefs import BriefView
    from mlpm_core.services.delivered import DeliveredView
    from mlpm_core.services.deployments import DeploymentLine, DeploymentView
    from mlpm_core.services.estimates import EstimateView
    from mlpm_core.services.evaluations import DecisionView, LeaderboardView
    from mlpm_core.services.insights import Change, Insight
    from mlpm_core.services.mechanisms import Mechanism, Version
    from mlpm_core.services.portfolio import Portfolio, ProjectView
    from mlpm_core.services.registers import SetupStep
    from mlpm_core.services.valuation import BaselineValue, CaseValue

__all__ = [
    "actor",
    "against_baselines",
    "brief",
    "candidates",
    "case",
    "case_estimates",
    "change",
    "currency",
    "decisions",
    "delivered",
    "deployment",
    "deployments",
    "estimates",
    "history",
    "input_titles",
    "insight",
    "mechanism_choices",
    "mechanism_versions",
    "preview",
    "project_title",
    "project_view",
    "projects",
    "raw_file",
    "receipts",
    "records",
    "rejected_csv",
    "setup_steps",
    "template_csv",
    "titles",
    "tried_estimate",
    "whole_portfolio",
    "workspace",
]


def workspace() -> Workspace:
    """The process's workspace; opening is idempotent, so nothing is cached here."""
    return open_workspace()


def actor() -> str:
    """Who is at the screen: the local user until sign-in comes."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local user"


def projects() -> list[dict[str, Any]]:
    """Every project, by title."""
    return _projects(workspace().version)


def whole_portfolio() -> Portfolio:
    """Every model with its worth and health."""
    return _portfolio(workspace().version)


def project_view(project: str) -> ProjectView:
    """One project with its cases and KPIs."""
    return _project_view(workspace().version, project, workspace().today(project))


def case(project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()) -> CaseValue:
    """One value case; ``changes`` are quantities tried out but not saved."""
    return _case(workspace().version, project, value_case_id, changes)


def against_baselines(
    project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()
) -> list[BaselineValue]:
    """One value case against every baseline of its mechanism."""
    return _against_baselines(workspace().version, project, value_case_id, changes)


def deployments(project: str | None = None) -> list[DeploymentLine]:
    """The models in use of one project or all, largest value gap first."""
    return _deployments(workspace().version, project)


def deployment(project: str, deployment_id: str, granularity: str | None = None) -> DeploymentView:
    """One model in use, over periods of a length; those of the newest results unless told."""
    return _deployment(workspace().version, project, deployment_id, granularity)


def candidates(project: str, value_case_id: str) -> LeaderboardView:
    """The candidates of a value case side by side."""
    return _candidates(workspace().version, project, value_case_id)


def decisions(project: str) -> list[DecisionView]:
    """Every decision of a project, promised beside realised."""
    return _decisions(workspace().version, project, workspace().today(project))


def brief(project: str) -> BriefView:
    """What a project is for, and what it still needs to know."""
    return _brief(workspace().version, project, workspace().today(project))


def delivered(project: str, value_case_id: str) -> DeliveredView:
    """A value case, promised beside realised."""
    today = workspace().today(project)  # the day is part of the answer
    return _delivered(workspace().version, project, value_case_id, today)


def setup_steps(project: str) -> list[SetupStep]:
    """What a project needs before it shows a value, in order."""
    return _setup_steps(workspace().version, project)


def template_csv(kind: str) -> str:
    """A CSV to fill in."""
    return registers.template_csv(kind)


def raw_file(project: str, batch: str) -> bytes:
    """The bytes of a batch as they came."""
    return imports.raw_file(workspace(), actor(), project, batch)


def preview(upload: uploads.Upload, data: bytes, sha256: str) -> Receipt:
    """What an import would do, effect on KPIs included; nothing is stored."""
    return _preview(workspace().version, replace(upload, dry_run=True), sha256, data)


def rejected_csv(upload: uploads.Upload, data: bytes, sha256: str) -> bytes:
    """The rejected rows of a file with their reasons."""
    return _rejected_csv(workspace().version, upload, sha256, data)


def estimates(project: str) -> list[EstimateView]:
    """A project's estimates with what follows from them."""
    return _estimates(workspace().version, project)


def case_estimates(
    project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()
) -> list[EstimateView]:
    """The estimates that name a value case, paid for by it as tried."""
    return _case_estimates(workspace().version, project, value_case_id, changes)


def insight(
    project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()
) -> Insight | None:
    """A value case as a choice: whether it pays, and what to find out first."""
    return _insight(workspace().version, project, value_case_id, changes)


def change(project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()) -> Change:
    """What moved a value case from its plan to what is monitored."""
    return _change(workspace().version, project, value_case_id, changes)


def tried_estimate(project: str, values: Mapping[str, object]) -> EstimateView:
    """What would follow from an estimate that is not saved."""
    return _tried_estimate(workspace().version, project, tuple(sorted(values.items())))


def history(project: str, kind: str) -> list[dict[str, Any]]:
    """Every version of a kind's records."""
    return _history(workspace().version, project, kind)


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
    found = {c["value_case_id"]: c for c in records(project, "value_cases")}
    if value_case_id not in found:
        return {}
    row = found[value_case_id]
    return mechanisms.questions(
        workspace(), actor(), project, row["mechanism"], row["baseline"] or None
    )


def project_title(project: str) -> str:
    """The project's name as people say it; empty for none."""
    return next((str(p["title"]) for p in projects() if p["project"] == project), "")


def currency(project: str) -> str:
    """The currency of a project."""
    return str(next(p["currency"] for p in projects() if p["project"] == project))


def receipts(project: str) -> list[dict[str, Any]]:
    """Every batch of a project, newest first."""
    return _receipts(workspace().version, project)


def records(project: str, kind: str, last: int | None = None) -> list[dict[str, Any]]:
    """What holds now for a kind of record."""
    return _records(workspace().version, project, kind, last)


def mechanism_choices(project: str) -> dict[str, Mechanism]:
    """Every mechanism that a project may choose, its own first, by id."""
    return _mechanism_choices(workspace().version, project)


def mechanism_versions(project: str, mechanism_id: str) -> list[Version]:
    """Every definition that a project's own mechanism has had."""
    return _mechanism_versions(workspace().version, project, mechanism_id)


# Results are immutable, so all sessions share them; a new batch makes a new version.
_shared = st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)


@_shared
def _projects(version: int) -> list[dict[str, Any]]:
    return registers.projects(workspace(), actor())


@_shared
def _portfolio(version: int) -> Portfolio:
    return portfolio.portfolio(workspace(), actor())


@_shared
def _project_view(version: int, project: str, today: date) -> ProjectView:
    # a proxy expires by the day
    return portfolio.project_view(workspace(), actor(), project)


@_shared
def _case(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> CaseValue:
    return valuation.case_value(workspace(), actor(), project, value_case_id, changes=dict(changes))


@_shared
def _against_baselines(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> list[BaselineValue]:
    return valuation.against_baselines(_case(version, project, value_case_id, changes))


@_shared
def _deployments(version: int, project: str | None) -> list[DeploymentLine]:
    return deployments_service.deployments(workspace(), actor(), project)


@_shared
def _deployment(
    version: int, project: str, deployment_id: str, granularity: str | None
) -> DeploymentView:
    return deployments_service.deployment(workspace(), actor(), project, deployment_id, granularity)


@_shared
def _decisions(version: int, project: str, today: date) -> list[DecisionView]:
    return evaluations.decisions(workspace(), actor(), project)  # a review falls due by the day


@_shared
def _brief(version: int, project: str, today: date) -> BriefView:
    return briefs.brief(workspace(), actor(), project)  # a question falls due by the day


@_shared
def _candidates(version: int, project: str, value_case_id: str) -> LeaderboardView:
    return evaluations.candidates(workspace(), actor(), project, value_case_id)


@_shared
def _delivered(version: int, project: str, value_case_id: str, today: date) -> DeliveredView:
    return delivered_service.delivered(workspace(), actor(), project, value_case_id)


@_shared
def _setup_steps(version: int, project: str) -> list[SetupStep]:
    return registers.setup_steps(workspace(), actor(), project)


@_shared
def _mechanism_choices(version: int, project: str) -> dict[str, Mechanism]:
    return mechanisms.choices(workspace(), actor(), project)


@_shared
def _mechanism_versions(version: int, project: str, mechanism_id: str) -> list[Version]:
    return mechanisms.versions(workspace(), actor(), project, mechanism_id)


@_shared
def _preview(version: int, upload: uploads.Upload, sha256: str, _data: bytes) -> Receipt:
    return uploads.import_upload(workspace(), actor(), upload, _data, channel="screen")


@_shared
def _rejected_csv(version: int, upload: uploads.Upload, sha256: str, _data: bytes) -> bytes:
    return imports.rejected_csv(
        workspace(),
        actor(),
        upload.project,
        upload.kind,
        upload.filename,
        _data,
        profile=upload.check(),
    )


@_shared
def _estimates(version: int, project: str) -> list[EstimateView]:
    return estimates_service.project_estimates(workspace(), actor(), project)


@_shared
def _case_estimates(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> list[EstimateView]:
    return estimates_service.of_case(
        _estimates(version, project), _case(version, project, value_case_id, changes)
    )


@_shared
def _insight(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> Insight | None:
    return insights_service.insight(
        _case(version, project, value_case_id, changes),
        _case_estimates(version, project, value_case_id, changes),
    )


@_shared
def _change(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> Change:
    return insights_service.change(_case(version, project, value_case_id, changes))


@_shared
def _tried_estimate(
    version: int, project: str, values: tuple[tuple[str, object], ...]
) -> EstimateView:
    return estimates_service.tried(workspace(), actor(), project, dict(values))


@_shared
def _history(version: int, project: str, kind: str) -> list[dict[str, Any]]:
    return registers.history(workspace(), actor(), project, kind)


@_shared
def _receipts(version: int, project: str) -> list[dict[str, Any]]:
    return imports.receipts(workspace(), actor(), project)


@_shared
def _records(version: int, project: str, kind: str, last: int | None) -> list[dict[str, Any]]:
    return registers.records(workspace(), actor(), project, kind, last=last)
