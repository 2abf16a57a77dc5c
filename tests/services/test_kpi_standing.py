"""How a KPI stands: every word of it, and the figures it rests on, by hand."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.planning.proxy import Proxy, ProxyState
from mlpm_core.quantity import Dimension
from mlpm_core.records import (
    Deployment,
    Kpi,
    MechanismRecord,
    MetricResult,
    Project,
    Promise,
    QuantityRecord,
    ValueCase,
)
from mlpm_core.services.valuation import kpis
from mlpm_core.services.valuation.kpis import kpi_value, worst_first
from mlpm_core.services.valuation.now import Stretch
from mlpm_core.services.valuation.value_rates import RatePoint
from tests.by_hand import TODAY, WEEK, case, kpi, record, worth

EXPIRED = {"state": ProxyState.EXPIRED}
RECORD = {
    "project": "shop", "kpi_id": "waits", "title": "Hours to wait",
    "dimension": "cycle_time", "unit": "hour/case",
    "direction": "lower", "baseline": 20.0, "target": 8.0, "target_on": date(2026, 12, 31),
    "definition": "From call to answer", "owner": "Ines", "value_case_id": "orders",
    "stands_for": "", "agreed_by": "", "agreed_on": None, "expires_on": None,
}  # fmt: skip
SAVED = {Dimension.CYCLE_TIME: 5.0}


@pytest.mark.parametrize(
    ("direction", "value", "target_on", "word", "gap"),
    [
        ("higher", 13.0, None, "on target", 1.0),
        ("higher", 12.0, None, "on target", 0.0),
        ("higher", 11.0, None, "between start and target", -1.0),
        ("higher", 10.5, TODAY, "between start and target", -1.5),
        ("higher", 11.0, date(2026, 6, 29), "target missed", -1.0),
        ("higher", 12.0, date(2026, 6, 29), "on target", 0.0),
        ("higher", 10.0, None, "no better than before", -2.0),
        ("higher", 9.5, None, "no better than before", -2.5),
        ("lower", 7.0, None, "on target", 1.0),
        ("lower", 8.0, None, "on target", 0.0),
        ("lower", 9.0, None, "between start and target", -1.0),
        ("lower", 9.5, TODAY, "between start and target", -1.5),
        ("lower", 9.0, date(2026, 6, 29), "target missed", -1.0),
        ("lower", 10.0, None, "no better than before", -2.0),
        ("lower", 10.5, None, "no better than before", -2.5),
    ],
)
def test_every_word_of_a_standing(direction, value, target_on, word, gap):
    """Ten without the model; twelve is the target of a KPI to raise, eight of one to lower."""
    target = 12.0 if direction == "higher" else 8.0
    standing = kpi(value, direction=direction, baseline=10.0, target=target, target_on=target_on)
    assert (standing.standing(TODAY), standing.gap_to_target, standing.value) == (word, gap, value)


@pytest.mark.parametrize(
    ("more", "word", "counts"),
    [
        ({"current": None}, "unknown", True),
        ({"current": None, "planned": 7.0}, "unknown", True),
        ({"target": None}, "unknown", True),
        ({"baseline": None}, "unknown", True),
        (EXPIRED, "proxy expired", False),
        (EXPIRED | {"current": None}, "proxy expired", False),
        ({"uncounted": "no results since 1 Jun 2026"}, "not current", True),
        ({"uncounted": "no results since 1 Jun 2026", "target": None}, "unknown", True),
        ({"uncounted": "no results yet", "current": None}, "unknown", True),
        (EXPIRED | {"uncounted": "no results yet"}, "proxy expired", False),
        ({"state": ProxyState.AGREED}, "on target", True),
        ({"state": ProxyState.OPEN}, "on target", True),
    ],
)
def test_what_cannot_be_judged_says_so(more, word, counts):
    standing = kpi(**{"current": 7.0} | more)
    assert (standing.standing(TODAY), standing.counts) == (word, counts)


@pytest.mark.parametrize(
    ("trend", "word"),
    [
        ((19.0, 17.0, 15.0, 14.0, 12.0, 10.0, 9.0), "between start and target, getting better"),
        ((2.0, 3.0, 4.0, 5.5, 6.0, 7.0, 9.0), "between start and target, getting worse"),
        # .35 between its halves is more than 2 % of the 12 from start to target, .24
        ((9.6, 9.5, 9.4, 9.3, 9.2, 9.1, 9.0), "between start and target, getting better"),
        ((9.15, 9.12, 9.1, 9.08, 9.05, 9.02, 9.0), "between start and target"),
    ],
)
def test_a_kpi_on_its_way_says_which_way(trend, word):
    assert kpi(9.0, trend=trend).standing(TODAY) == word


def test_the_worst_comes_first():
    """Two of one standing keep their order."""
    named = [
        kpi(7.0, kpi_id="on target"),
        kpi(None, kpi_id="unknown"),
        kpi(7.0, kpi_id="not current", uncounted="no results since 1 Jun 2026"),
        kpi(7.0, kpi_id="proxy expired", state=ProxyState.EXPIRED),
        kpi(9.0, kpi_id="better", trend=(19.0, 17.0, 15.0, 14.0, 12.0, 10.0, 9.0)),
        kpi(9.0, kpi_id="between"),
        kpi(9.0, kpi_id="worse", trend=(2.0, 3.0, 4.0, 5.5, 6.0, 7.0, 9.0)),
        kpi(21.0, kpi_id="no better"),
        kpi(9.0, kpi_id="missed", target_on=date(2026, 6, 29)),
        kpi(None, kpi_id="unknown too"),
    ]
    assert [told.kpi_id for told in worst_first(named, TODAY)] == [
        "missed", "no better", "worse", "between", "better", "proxy expired", "not current",
        "unknown", "unknown too", "on target",
    ]  # fmt: skip


def test_an_expired_proxy_has_no_gap_but_a_value():
    standing = kpi(7.0, **EXPIRED)
    assert (standing.gap_to_target, standing.value) == (None, 7.0)
    assert kpi(None).value is None
    assert kpi(None).gap_to_target is None
    assert kpi(7.0, target=None).gap_to_target is None


def test_a_kpi_joins_its_record_with_the_case_that_moves_it():
    """5 hours saved of 20 leave 15; the ends 4 to 6 leave 14 to 16, whichever way is better."""
    deployment = record(Deployment, model_id="m", model_version="2")
    of = case(
        worth(100.0, 1.0, kpis={Dimension.CYCLE_TIME: 4.0}), worth(100.0, 1.0, kpis=SAVED),
        as_of=WEEK, batches=("B1", "B2"), deployment=deployment, rests_on=Stretch(WEEK, WEEK, 1),
        uncounted="no results since 21 Jun 2026",
    )  # fmt: skip
    value = kpi_value(record(Kpi, RECORD), {"orders": of, "other": case(title="Other")}, TODAY)
    assert (value.current.p10, value.current.mean, value.current.p90) == (14.0, 15.0, 16.0)
    assert (value.planned.p10, value.planned.mean, value.planned.p90) == (15.0, 16.0, 17.0)
    copied = ("kpi_id", "title", "unit", "direction", "baseline", "target", "target_on", "owner")
    assert [getattr(value, name) for name in copied] == [RECORD[name] for name in copied]
    assert (value.dimension, value.definition) == (Dimension.CYCLE_TIME, RECORD["definition"])
    assert (value.value_case_id, value.as_of, value.batches) == ("orders", WEEK, ("B1", "B2"))
    assert (value.model, value.reason, value.trend) == ("m 2", None, ())
    assert (value.rests_on, value.uncounted) == (of.rests_on, of.uncounted)
    assert (value.proxy, value.state, value.proxy_told) == (Proxy(""), ProxyState.NONE, "")


def test_a_kpi_that_cannot_be_computed_says_so_and_the_log_says_of_which(monkeypatch, caplog):
    monkeypatch.setattr(kpis, "per_unit", lambda *_: 1 / 0)
    cases = {"orders": case(worth(0.0, kpis=SAVED), worth(0.0, kpis=SAVED))}
    value = kpi_value(record(Kpi, RECORD), cases, TODAY)
    assert (value.planned, value.current, value.trend) == (None, None, ())
    assert value.reason == "It could not be computed; the server's log says why."
    (line,) = caplog.records
    assert line.getMessage() == "KPI waits of shop could not be computed"


def test_a_kpi_in_another_unit_moves_by_its_factor():
    """5 hours are 300 minutes: 400 without the model, 100 or 700 with it."""
    cases = {"orders": case(worth(0.0, kpis=SAVED), worth(0.0, kpis=SAVED))}
    minutes = RECORD | {"unit": "minute/case", "baseline": 400.0}
    assert kpi_value(record(Kpi, minutes), cases, TODAY).current.mean == 100.0
    assert (
        kpi_value(record(Kpi, minutes | {"direction": "higher"}), cases, TODAY).current.mean
        == 700.0
    )


def rate(hours):
    kpis = dict.fromkeys(Dimension, 0.0) | {Dimension.CYCLE_TIME: hours}
    return RatePoint(WEEK, 0.0, 0.0, 0.0, kpis, {}, {})


def test_the_trend_is_the_kpi_of_each_period():
    rates = {"orders": [rate(5.0), rate(2.0)], "other": [rate(9.0)]}
    cases = {"orders": case(worth(0.0, kpis=SAVED))}
    assert kpi_value(record(Kpi, RECORD), cases, TODAY, rates).trend == (15.0, 18.0)
    assert kpi_value(record(Kpi, RECORD | {"direction": "higher"}), cases, TODAY, rates).trend == (
        25.0,
        22.0,
    )
    minutes = RECORD | {"unit": "minute/case", "baseline": 400.0}
    assert kpi_value(record(Kpi, minutes), cases, TODAY, rates).trend == (100.0, 280.0)
    assert kpi_value(record(Kpi, RECORD), cases, TODAY, {"other": rates["other"]}).trend == ()
    assert kpi_value(record(Kpi, RECORD | {"baseline": None}), cases, TODAY, rates).trend == ()
    assert kpi_value(record(Kpi, RECORD), {}, TODAY, rates).trend == ()


PLAN, LIFE = case(worth(1.0)), case(worth(1.0), worth(1.0))


@pytest.mark.parametrize(
    ("cases", "more", "case_id", "reason"),
    [
        ({}, {"value_case_id": ""}, "", "No value case says yet how the model moves this KPI."),
        ({"a": LIFE, "b": LIFE}, {"value_case_id": ""}, "",
         "The project has several value cases: name the one that moves this KPI."),
        ({"only": LIFE}, {"value_case_id": "gone"}, "",
         "The value case “gone” is archived and adds nothing."),
        ({"orders": LIFE}, {"value_case_id": ""}, "orders", None),
        ({"orders": PLAN}, {}, "orders", "No monitoring results yet: this is a plan."),
        ({"orders": case(problem="Needs a margin.")}, {}, "orders", "Needs a margin."),
        ({"orders": LIFE}, {"baseline": None}, "orders", "Its baseline is still to be measured."),
        ({"orders": PLAN}, {"baseline": None}, "orders", "Its baseline is still to be measured."),
    ],
)  # fmt: skip
def test_a_kpi_without_a_value_says_why(cases, more, case_id, reason):
    value = kpi_value(record(Kpi, RECORD | more), cases, TODAY)
    assert (value.value_case_id, value.reason) == (case_id, reason)
    assert (value.current is None) == (reason is not None)


@pytest.mark.parametrize(
    ("deployment", "current", "model"),
    [
        (record(Deployment, model_id="m", model_version=""), worth(1.0), "m"),
        (record(Deployment, model_id="m", model_version="2"), None, None),
        (None, worth(1.0), None),
    ],
)
def test_only_what_is_monitored_names_a_model(deployment, current, model):
    of = case(worth(1.0), current, deployment=deployment)
    assert kpi_value(record(Kpi, RECORD), {"orders": of}, TODAY).model == model
    assert kpi_value(record(Kpi, RECORD), {}, TODAY).model is None


def test_a_kpi_that_no_case_moves_rests_on_nothing():
    value = kpi_value(record(Kpi, RECORD), {}, TODAY)
    assert (value.rests_on, value.uncounted) == (None, None)
    assert (value.planned, value.current, value.as_of, value.batches) == (None, None, None, ())


class Rows:
    """A reader of a project and its KPIs that are there."""

    def __init__(self, project, *records):
        self._project, self._records = project, records

    def one(self, record, key):
        assert (record, key) == (Project, ("shop",))
        return self._project

    def current(self, record, project):
        assert (record, project) == (Kpi, "shop")
        return list(self._records)


@pytest.mark.parametrize(
    ("clock_on", "state"), [(None, ProxyState.EXPIRED), (date(2026, 6, 9), ProxyState.OPEN)]
)
def test_the_kpis_of_a_project_go_by_its_own_day(monkeypatch, clock_on, state):
    cases = {TODAY: [PLAN], date(2026, 6, 9): [LIFE]}
    monkeypatch.setattr(
        kpis, "project_cases",
        lambda reader, project, day: cases[day] if project.clock_on == clock_on else [],
    )  # fmt: skip
    row = record(Kpi, RECORD | {"stands_for": "x", "expires_on": date(2026, 6, 9)})
    hidden = row.model_copy(update={"kpi_id": "hidden", "archived": True})
    reader = Rows(record(Project, clock_on=clock_on), row, hidden)
    (told,) = kpis.kpi_values(reader, "shop", lambda: TODAY)
    assert (told.kpi_id, told.state) == ("waits", state)
    assert (told.current is None) == (clock_on is None)
    assert kpis.kpi_values(Rows(None, row), "shop", lambda: TODAY) == []


def test_a_proxy_is_told_from_its_record():
    proxy = RECORD | {
        "stands_for": "happier customers", "agreed_by": "Ines", "agreed_on": date(2026, 6, 1),
        "expires_on": date(2026, 5, 31),
    }  # fmt: skip
    value = kpi_value(record(Kpi, proxy), {}, TODAY)
    assert value.proxy == Proxy("happier customers", "Ines", date(2026, 6, 1), date(2026, 5, 31))
    assert value.state is ProxyState.AGREED
    assert (
        value.proxy_told == "Provisional KPI for happier customers, agreed by Ines on 1 Jun 2026."
    )
    assert kpi_value(record(Kpi, proxy), {}, date(2026, 5, 31)).state is ProxyState.OPEN


def test_only_what_a_value_rests_on_moves_a_kpi(monkeypatch):
    monkeypatch.setattr(kpis, "kpi_values", lambda *asked: [asked])
    workspace = type("Clock", (), {"today": lambda: TODAY})
    moving = (Project, MechanismRecord, Kpi, ValueCase, QuantityRecord, Deployment, MetricResult)
    for kind in moving:
        asked = kpis.kpis_moved_by(workspace, kind, "shop", "reader")
        assert asked == [("reader", "shop", workspace.today)]
    assert kpis.kpis_moved_by(workspace, Promise, "shop", "reader") == []
