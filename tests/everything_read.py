"""Everything that can be read of a store: every route, table and question, for tests of isolation.

Each answer is looked through for figures that are no numbers.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook

from mlpm_core.errors import MlpmError
from mlpm_core.quantity import Dimension
from mlpm_core.records import ValueCase
from mlpm_core.services.admin import exports
from mlpm_core.services.admin.tokens import Action
from mlpm_core.services.evaluate import candidates as evaluations
from mlpm_core.services.evaluate import decisions, insights, preferences
from mlpm_core.services.in_life import deployments, portfolio, project_list, promises
from mlpm_core.services.ingest import registers
from mlpm_core.services.plan import briefs, estimates, kpi_finder
from mlpm_core.services.valuation import mechanisms, value_cases
from tests.endpoints import ENDPOINTS

NO_NUMBERS = {"inf", "-inf", "nan", "infinity", "-infinity"}


def unfit(found: object, where: str = "") -> list[str]:
    """Where in an answer a figure stands that is no number; draws are looked through too."""
    if isinstance(found, float | np.floating):
        return [] if math.isfinite(found) else [f"{where}: {found}"]
    if isinstance(found, np.ndarray):
        is_fit = found.dtype.kind not in "fc" or np.isfinite(found).all()
        return [] if is_fit else [f"{where}: {found}"]
    if isinstance(found, str):
        return [f"{where}: {found}"] if found.strip().lower() in NO_NUMBERS else []
    if isinstance(found, Enum) or callable(found):
        return []
    if isinstance(found, Mapping):
        return [fault for key, value in found.items() for fault in unfit(value, f"{where}.{key}")]
    if isinstance(found, list | tuple | set | frozenset):
        return [fault for i, value in enumerate(found) for fault in unfit(value, f"{where}[{i}]")]
    if dataclasses.is_dataclass(found):
        return [
            fault
            for field in dataclasses.fields(found)
            if field.name not in ("payback_years", "inputs_by_draw", "mechanism", "metric")
            for fault in unfit(getattr(found, field.name), f"{where}.{field.name}")
        ]
    return []


def routes_read(client: Any, project: str) -> dict[str, Any]:
    """Every route that reads, without parameters and of one project; none may fail."""
    answers: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET" or endpoint.action is not Action.READ:
            continue
        if "{batch}" in endpoint.path or "{table}" in endpoint.path:
            continue
        ways: list[dict[str, str]] = [{}]
        if "project" in endpoint.query:
            ways.append({"project": project})
        if "table" in endpoint.query:
            ways = [{"table": t, "format": f} for t in exports.tables() for f in ("csv", "xlsx")]
        for params in ways:
            answer = client.get(endpoint.path.replace("{project}", project), params=params)
            what = f"{endpoint.path} {params}"
            assert answer.status_code == 200, (what, answer.status_code, answer.text[:500])
            answers[what] = _content(answer)
            assert unfit(answers[what], what) == []
    return answers


def _content(answer: Any) -> object:
    kind = answer.headers["content-type"]
    if kind.startswith("application/json"):
        return json.loads(answer.text, parse_constant=lambda word: float(word.lower()))
    if kind.startswith("text/csv"):
        return [
            _without_words(row)
            for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        ]
    if "spreadsheet" in kind:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        header, *rows = book.get_sheet_by_name("Table").to_python()
        return [_without_words(dict(zip(header, row, strict=True))) for row in rows]
    return [line.rsplit(" ", 1)[-1] for line in answer.text.splitlines() if line[:1] != "#"]


def _without_words(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what was predicted and what happened, which are words even if they say nan."""
    return {k: v for k, v in row.items() if k not in ("y_pred", "y_true")}


def questions_asked(workspace: Any, project: str) -> dict[str, Any]:
    """What every service answers of a project; an error must be a sentence."""

    def answered(ask: Any, *arguments: Any) -> Any:
        try:
            return ask(*arguments)
        except MlpmError as error:
            return str(error)

    found: dict[str, Any] = {
        "portfolio": answered(portfolio.portfolio, workspace),
        "project_view": answered(portfolio.project_view, workspace, project),
        "deployments": answered(deployments.deployments, workspace, project),
        "all deployments": answered(deployments.deployments, workspace, None),
        "decisions": answered(decisions.decisions, workspace, project),
        "brief": answered(briefs.brief, workspace, project),
        "kpi_finder": answered(kpi_finder.kpi_finder, workspace, project),
        "facts": answered(project_list.project_facts, workspace, project),
        "own": answered(mechanisms.own, workspace, project),
    }
    guessed = answered(estimates.project_estimates, workspace, project)
    found["estimates"] = guessed
    for dimension in Dimension:
        found[f"candidates of {dimension}"] = answered(
            kpi_finder.candidate_views, workspace, project, dimension
        )
    if not isinstance(found["deployments"], str):
        for line in found["deployments"]:
            found[f"deployment {line.deployment_id}"] = answered(
                deployments.deployment, workspace, project, line.deployment_id
            )
    people = preferences.weights_of(found["brief"]) if not isinstance(found["brief"], str) else {}
    for row in registers.records(workspace, project, ValueCase.kind):
        name = row["value_case_id"]
        case = answered(value_cases.case_value, workspace, project, name)
        board = answered(evaluations.candidates, workspace, project, name)
        found |= {f"case {name}": case, f"board {name}": board}
        found[f"delivered {name}"] = answered(promises.delivered, workspace, project, name)
        if not isinstance(board, str):
            found[f"choosing {name}"] = answered(preferences.choosing, board, people)
        if not isinstance(case, str):
            costs = [] if isinstance(guessed, str) else answered(estimates.of_case, guessed, case)
            found[f"insight {name}"] = answered(insights.insight, case, costs)
            found[f"change {name}"] = answered(insights.change, case)
            found[f"baselines {name}"] = answered(value_cases.against_baselines, case)
            if not isinstance(board, str):
                found[f"advice {name}"] = answered(insights.among, case, board)
    return found
