"""How far value cases came true: one KPI of each, and a reason where too few were measured."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from mlpm_core.proof.agreement import Agreement, Verdict
from mlpm_core.proof.interval import Interval
from mlpm_core.services.in_life import come_true as service
from mlpm_core.services.in_life.come_true import FactorReason, as_cases_came_true, come_true
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.estimate import Estimate
from pages.parts.in_life import come_true as screen
from tests.by_hand import case, estimate, kpi, worth
from tests.stores import copied


def about(mean, error):
    return Interval(mean, mean - 1.96 * error, mean + 1.96 * error)


def line(case_id, kpi_id="k", *, is_measured=True):
    newest = object() if is_measured else None
    series = SimpleNamespace(granularity="P1W")
    value = kpi(9.0, kpi_id=kpi_id, value_case_id=case_id)
    return SimpleNamespace(kpi=value, newest=newest, series=series)


def agreed(measured, implied, error=4.0, implied_error=1.0):
    seen = None if measured is None else about(measured, error)
    return Agreement(Verdict.SUPPORTS, about(implied, implied_error), 60, 50, 52, measured=seen)


def told(monkeypatch, *projects):
    """Each project is a mapping of KPI lines to what their series say."""
    names = [f"p{i}" for i in range(len(projects))]
    lines = dict(zip(names, projects, strict=True))
    store = SimpleNamespace(
        projects=lambda: [SimpleNamespace(project=n, archived=n == "gone") for n in names]
    )
    monkeypatch.setattr(service, "consistent", lambda _, ask: ask())
    monkeypatch.setattr(service, "kpi_lines", lambda _, project: [x for x, _ in lines[project]])
    proofs = {
        (project, x.kpi.kpi_id): SimpleNamespace(agreement=seen, also=())
        for project, pairs in lines.items()
        for x, seen in pairs
    }
    monkeypatch.setattr(
        service, "kpi_proof", lambda _, project, kpi_id, length: proofs[project, kpi_id]
    )
    return come_true(SimpleNamespace(store=store))


FOUR = [[(line("c"), agreed(m, -100.0))] for m in (-55.0, -70.0, -64.0, -60.0)]


def test_measured_over_implied_of_all_cases_and_of_the_next(monkeypatch):
    """55, 70, 64 and 60 of 100: about .62, and one more case less sure than their mean."""
    seen = told(monkeypatch, *FOUR)
    mean, following = seen.factor.portfolio, seen.factor.next_case
    assert mean.mean == pytest.approx(0.62, abs=0.01)
    assert following.low < mean.low < mean.high < following.high
    assert [c.factor.own.mean for c in seen.cases] == pytest.approx([0.55, 0.70, 0.64, 0.60])
    assert screen.sentence(seen).startswith("Over 4 value cases, 62% of what was implied came true")
    written = Estimate.of(np.full(4096, 1000.0), "money/year")
    then, low, high = as_cases_came_true(seen, written)
    assert then == pytest.approx(620, abs=15)
    assert low < then < high
    of = case(worth(1000.0))
    assert "As our cases have come true: EUR 6" in screen.of_case(seen, of)


def test_of_one_value_case_only_the_kpi_counts_that_is_told_best(monkeypatch):
    """Its KPIs share its luck: two of one case are one witness, not two."""
    twice = [
        (line("c", "vague"), agreed(-90.0, -100.0, error=40.0)),
        (line("c", "clear"), agreed(-55.0, -100.0)),
        (line("c", "unmeasured", is_measured=False), agreed(-1.0, -100.0)),
        (line("c", "unseen"), agreed(None, -100.0)),
        (line("", "of no case"), agreed(-10.0, -100.0)),
    ]
    seen = told(monkeypatch, twice, *FOUR[1:])
    assert len(seen.cases) == 4
    assert seen.cases[0].kpi_id == "clear"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_than_three_cases_say_nothing_and_why(monkeypatch, n):
    seen = told(monkeypatch, *FOUR[:n])
    assert (seen.factor.portfolio, seen.factor.reason) == (None, FactorReason.FEW_CASES)
    assert screen.sentence(seen).startswith(f"That cannot be said yet: {n} value case")
    assert as_cases_came_true(seen, estimate(1.0, 0.0, 2.0)) is None
    assert screen.of_case(seen, case(worth(1000.0))) == ""


def test_a_case_that_implies_perhaps_nothing_has_no_ratio(monkeypatch):
    vague = [(line("c"), agreed(-5.0, -1.0, implied_error=3.0))]
    seen = told(monkeypatch, vague, *FOUR)
    monkeypatch.setattr(screen.queries, "project_title", str.upper)
    frame = screen.table(seen)
    assert frame["Came true"][0] == "implied may be nothing"
    assert frame["Came true"][1].startswith("55% (47% to ")
    assert list(frame["Grade of implied"]) == ["C"] * 5
    assert seen.factor.n_cases == 4


def test_the_demo_has_one_case_and_says_that_three_are_needed(tmp_path, demo_folder):
    workspace = open_recovered(Settings(data=copied(demo_folder, tmp_path / "s"), demo=False))
    seen = come_true(workspace)
    workspace.close()
    assert [(c.project, c.kpi_id) for c in seen.cases] == [("bike-shop-workshop", "desk-hours")]
    assert seen.cases[0].factor.own.mean == pytest.approx(90.18 / 81.09, abs=0.01)
    assert "1 value case of the 3 that it takes has" in screen.sentence(seen)
