"""What screens load: every cache of the app lives here, keyed by the store's version."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import streamlit as st

from mlpm_core.services import imports, mechanisms, portfolio, registers, valuation
from mlpm_core.services.workspace import Workspace, open_workspace

if TYPE_CHECKING:
    from mlpm_core.services.mechanisms import Mechanism
    from mlpm_core.services.portfolio import Portfolio, ProjectView
    from mlpm_core.services.valuation import CaseValue, RatePoint

__all__ = [
    "actor",
    "case",
    "mechanism_choices",
    "project_view",
    "projects",
    "rates",
    "receipts",
    "records",
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
    return _project_view(workspace().version, project)


def case(project: str, value_case_id: str, changes: tuple[tuple[str, str], ...] = ()) -> CaseValue:
    """One value case; ``changes`` are quantities tried out but not saved."""
    return _case(workspace().version, project, value_case_id, changes)


def rates(project: str, value_case_id: str, granularity: str) -> list[RatePoint]:
    """The value rate of each period."""
    return _rates(workspace().version, project, value_case_id, granularity)


def receipts(project: str) -> list[dict[str, Any]]:
    """Every batch of a project, newest first."""
    return _receipts(workspace().version, project)


def records(project: str, kind: str, last: int | None = None) -> list[dict[str, Any]]:
    """What holds now for a kind of record."""
    return _records(workspace().version, project, kind, last)


@st.cache_resource
def mechanism_choices() -> dict[str, Mechanism]:
    """Every mechanism by id."""
    return mechanisms.mechanisms()


# Results are immutable, so all sessions share them; a new batch makes a new version.
_shared = st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)


@_shared
def _projects(version: int) -> list[dict[str, Any]]:
    return registers.projects(workspace(), actor())


@_shared
def _portfolio(version: int) -> Portfolio:
    return portfolio.portfolio(workspace(), actor())


@_shared
def _project_view(version: int, project: str) -> ProjectView:
    return portfolio.project_view(workspace(), actor(), project)


@_shared
def _case(
    version: int, project: str, value_case_id: str, changes: tuple[tuple[str, str], ...]
) -> CaseValue:
    return valuation.case_value(workspace(), actor(), project, value_case_id, changes=dict(changes))


@_shared
def _rates(version: int, project: str, value_case_id: str, granularity: str) -> list[RatePoint]:
    return valuation.value_rates(workspace(), actor(), project, value_case_id, granularity)


@_shared
def _receipts(version: int, project: str) -> list[dict[str, Any]]:
    return imports.receipts(workspace(), actor(), project)


@_shared
def _records(version: int, project: str, kind: str, last: int | None) -> list[dict[str, Any]]:
    return registers.records(workspace(), actor(), project, kind, last=last)
