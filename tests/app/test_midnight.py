"""A screen left open over midnight tells the new day, whatever it asks."""

from __future__ import annotations

from datetime import datetime

import pytest

from mlpm_core.services.in_life import deployments, portfolio, project_list
from mlpm_core.services.session.workspace import Workspace
from mlpm_core.services.valuation import value_cases
from pages.parts.common import queries


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize(
    ("service", "name", "ask"),
    [
        (portfolio, "portfolio", queries.whole_portfolio),
        (deployments, "deployments", queries.deployments),
        (deployments, "deployment", lambda: queries.deployment("shop", "d")),
        (value_cases, "case_value", lambda: queries.case("shop", "orders")),
        (project_list, "project_facts", lambda: queries.project_facts("shop")),
    ],
)
def test_what_the_day_changes_is_asked_anew_after_midnight(monkeypatch, service, name, ask):
    asked = []
    monkeypatch.setattr(service, name, lambda *_, **__: asked.append(name))
    for day, n_asked in ((1, 1), (1, 1), (2, 2)):
        monkeypatch.setattr(Workspace, "now", lambda _, day=day: datetime(2031, 1, day, 12))
        ask()
        assert len(asked) == n_asked
