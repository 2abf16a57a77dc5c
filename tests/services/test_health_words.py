"""Every word and every sentence of a deployment's health, with its edges, by hand."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from mlpm_core.in_life.health import Health, LimitCheck, LimitState, Verdict, verdict
from mlpm_core.in_life.periods import Monitored, Period
from mlpm_core.records import Deployment, Incident, MetricLimit
from mlpm_core.services.in_life.health import (
    LimitsAndIncidents,
    age_in_days,
    health_of,
    held_against,
    limit_checks,
    newest,
)
from tests.by_hand import TODAY, case, record, worth


def limit(value, low=None, high=None, at_least=None, at_most=None, **more):
    more = {"metric": "wape", "label": "WAPE", "breach": Health.SICK} | more
    return LimitCheck(
        value=value, low=low, high=high, at_least=at_least, at_most=at_most, **more
    )  # fmt: skip


def judged(**more):
    """A champion that delivers 90 of 100, with results of two days ago."""
    usual = {
        "age_days": 2, "fresh_within_days": 14, "promised_rate": 100.0, "current_rate": 90.0,
        "probability_of_loss": 0.0,
    }  # fmt: skip
    return verdict(**usual | more)


def test_the_words_are_those_of_the_glossary():
    assert [health.value for health in Health] == ["healthy", "watch", "sick", "unknown"]
    assert [state.value for state in LimitState] == [
        "inside", "may be chance", "outside", "not measured",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "state", "health", "limit_text", "clause"),
    [
        (limit(0.3, at_most=0.3), "inside", "healthy", "at most 0.3",
         "WAPE is 0.3, its limit at most 0.3"),
        (limit(0.3, at_least=0.3), "inside", "healthy", "at least 0.3",
         "WAPE is 0.3, its limit at least 0.3"),
        (limit(0.31, 0.3, 0.33, at_most=0.3), "may be chance", "watch", "at most 0.3",
         "WAPE is 0.31, its limit at most 0.3, which may be chance"),
        (limit(0.31, 0.301, 0.33, at_most=0.3), "outside", "sick", "at most 0.3",
         "WAPE is 0.31, its limit at most 0.3"),
        (limit(0.29, 0.2, 0.3, at_least=0.3), "may be chance", "watch", "at least 0.3",
         "WAPE is 0.29, its limit at least 0.3, which may be chance"),
        (limit(0.29, 0.2, 0.299, at_least=0.3, breach=Health.WATCH), "outside", "watch",
         "at least 0.3", "WAPE is 0.29, its limit at least 0.3"),
        (limit(0.31234, at_most=0.3), "outside", "sick", "at most 0.3",
         "WAPE is 0.312, its limit at most 0.3"),
        (limit(None, at_most=0.3), "not measured", "unknown", "at most 0.3",
         "WAPE has a limit but no results"),
        (limit(0.2, at_most=0.3, is_stale=True), "inside", "unknown", "at most 0.3",
         "WAPE has had no new results for too long"),
        (limit(0.4, at_most=0.3, is_stale=True), "outside", "sick", "at most 0.3",
         "WAPE is 0.4, its limit at most 0.3"),
        (limit(-0.2, at_least=-0.1, at_most=1e6, metric="bias", label="Mean bias"), "outside",
         "sick", "between -0.1 and 1e+06",
         "mean bias is -0.2, its limit between -0.1 and 1e+06"),
        (limit(0.2, at_most=0.1, metric="M", label="M"), "outside", "sick", "at most 0.1",
         "M is 0.2, its limit at most 0.1"),
        (limit(0.2, at_most=0.1, metric="Own name", label="Own name"), "outside", "sick",
         "at most 0.1", "Own name is 0.2, its limit at most 0.1"),
        (limit(0.2, at_most=0.1, metric="m", label="MAe"), "outside", "sick", "at most 0.1",
         "MAe is 0.2, its limit at most 0.1"),
        (limit(1.0, at_most=1234567), "inside", "healthy", "at most 1.23457e+06",
         "WAPE is 1, its limit at most 1.23457e+06"),
        (limit(1.0, at_least=1234567), "outside", "sick", "at least 1.23457e+06",
         "WAPE is 1, its limit at least 1.23457e+06"),
        (limit(1.0, at_least=1234567, at_most=2e7), "outside", "sick",
         "between 1.23457e+06 and 2e+07",
         "WAPE is 1, its limit between 1.23457e+06 and 2e+07"),
        (limit(0.9996, at_least=0.9999), "outside", "sick", "at least 0.9999",
         "WAPE is 0.9996, its limit at least 0.9999"),
        (limit(100.4, at_most=100.2), "outside", "sick", "at most 100.2",
         "WAPE is 100.4, its limit at most 100.2"),
        (limit(0.99999985, at_least=0.9999999), "outside", "sick", "at least 0.9999999",
         "WAPE is 0.99999985, its limit at least 0.9999999"),
        (limit(0.9999, 0.999, 1.0, at_least=0.99991), "may be chance", "watch",
         "at least 0.99991",
         "WAPE is 0.9999, its limit at least 0.99991, which may be chance"),
        (limit(2000000.4, at_least=-1.0, at_most=2000000.3), "outside", "sick",
         "between -1 and 2000000.3",
         "WAPE is 2000000.4, its limit between -1 and 2000000.3"),
        (limit(1e-9, at_most=5e-10), "outside", "sick", "at most 5e-10",
         "WAPE is 1e-09, its limit at most 5e-10"),
    ],
)  # fmt: skip
def test_a_limit_in_words(check, state, health, limit_text, clause):
    assert (check.state, check.health, check.limit, check.clause) == (
        state, health, limit_text, clause,
    )  # fmt: skip


@given(
    limit_at=st.floats(-1e9, 1e9, allow_subnormal=False).filter(bool),
    away=st.floats(1e-12, 1.0),
    is_floor=st.booleans(),
)
@example(limit_at=1250.0, away=0.5, is_floor=False)
@example(limit_at=1000.0, away=0.001, is_floor=True)
def test_no_sentence_of_a_limit_contradicts_its_state(limit_at, away, is_floor):
    """Read back from the sentence, the value lies outside the limit that stands beside it."""
    value = limit_at - away * abs(limit_at) if is_floor else limit_at + away * abs(limit_at)
    assume(value != limit_at)
    ends = {"at_least": limit_at} if is_floor else {"at_most": limit_at}
    clause = limit(value, **ends).clause
    shown, told = (float(text) for text in re.findall(r"-?\d[\d.e+-]*", clause))
    assert (shown < told) if is_floor else (shown > told), clause
    assert limit(limit_at, **ends).clause.count(f"{limit_at:.15g}") in (0, 2)


def test_a_value_is_fresh_unless_told():
    assert LimitCheck("m", "M", 0.2, None, None, None, 0.3, Health.SICK).health == "healthy"


@pytest.mark.parametrize(
    ("more", "health", "reason"),
    [
        ({}, "healthy", "It delivers 90% of the planned value."),
        ({"current_rate": 80.0}, "healthy", "It delivers 80% of the planned value."),
        ({"current_rate": 79.9}, "watch", "It delivers 79.9% of the planned value."),
        ({"current_rate": 50.0}, "watch", "It delivers 50% of the planned value."),
        ({"current_rate": 49.4}, "sick", "It delivers 49% of the planned value."),
        ({"current_rate": 85.0}, "healthy", "It delivers 85% of the planned value."),
        ({"current_rate": 52.0}, "watch", "It delivers 52% of the planned value."),
        ({"current_rate": 1000.0}, "healthy", "It delivers 1000% of the planned value."),
        ({"current_rate": 1000.1}, "healthy",
         "It delivers more than ten times the planned value."),
        ({"promised_rate": 1e-6}, "healthy",
         "It delivers more than ten times the planned value."),
        ({"current_rate": 0.4}, "sick", "It delivers less than 1% of the planned value."),
        ({"current_rate": 0.0}, "sick", "It delivers 0% of the planned value."),
        ({"current_rate": -1.0}, "sick",
         "It loses money on average, where a gain was planned."),
        ({"promised_rate": 1e-4, "current_rate": -5000.0}, "sick",
         "It loses money on average, where a gain was planned."),
        ({"current_rate": -5.0, "settled": (90.0, 0.0)}, "healthy",
         "It loses money on average, where a gain was planned, 90% without what may be chance."),
        ({"current_rate": 20.0, "settled": (5000.0, 0.0)}, "healthy",
         "It delivers 20% of the planned value, more than ten times it without what may be "
         "chance."),
        ({"current_rate": 90.0, "settled": (-1.0, 0.4)}, "sick",
         "It delivers 90% of the planned value, a loss without what may be chance."),
        ({"probability_of_loss": 0.5}, "healthy", "It delivers 90% of the planned value."),
        ({"probability_of_loss": 0.52}, "sick", "It more likely loses money than earns it."),
        ({"promised_rate": None}, "healthy", "It is worth more than its baseline."),
        ({"promised_rate": 0.0}, "healthy", "It is worth more than its baseline."),
        ({"promised_rate": -1.0}, "healthy", "It is worth more than its baseline."),
        ({"promised_rate": 0.5, "current_rate": 0.4}, "healthy",
         "It delivers 80% of the planned value."),
        ({"current_rate": None}, "unknown", "Its value is not available yet."),
        ({"probability_of_loss": None}, "unknown", "Its value is not available yet."),
        ({"age_days": 14}, "healthy", "It delivers 90% of the planned value."),
        ({"age_days": 15}, "unknown",
         "The newest results ended 15 days ago, expected within 14."),
        ({"age_days": 15, "current_rate": 40.0}, "sick",
         "It delivers 40% of the planned value; the newest results ended 15 days ago, "
         "expected within 14."),
        ({"age_days": None}, "unknown", "No monitoring results have come in yet."),
        ({"age_days": None, "unvalued": "F1 alone has no value."}, "unknown",
         "F1 alone has no value."),
        ({"age_days": None, "incidents": [(Health.SICK, "incident i began")]}, "sick",
         "Incident i began; no monitoring results have come in yet."),
        ({"age_days": None, "incidents": [(Health.WATCH, "incident i began")],
          "unvalued": "F1 alone has no value."}, "unknown",
         "F1 alone has no value; incident i began."),
        ({"unvalued": "F1 alone has no value.", "probability_of_loss": None}, "unknown",
         "F1 alone has no value."),
        ({"incidents": [(Health.WATCH, "incident i began")]}, "watch", "Incident i began."),
        ({"counts_for_value": False}, "unknown", "No limit is set for its metrics."),
        ({"counts_for_value": False, "limits": [limit(0.2, at_most=0.3)]}, "healthy",
         "It keeps its limit."),
        ({"counts_for_value": False,
          "limits": [limit(0.2, at_most=0.3), limit(0.3, at_most=0.3)]}, "healthy",
         "It keeps each of its 2 limits."),
        ({"counts_for_value": False,
          "limits": [limit(0.2, at_most=0.3), limit(0.35, at_most=0.3)]}, "sick",
         "WAPE is 0.35, its limit at most 0.3."),
        ({"limits": [limit(0.2, at_most=0.3)]}, "healthy",
         "It delivers 90% of the planned value."),
        ({"age_days": 15, "limits": [limit(0.2, at_most=0.3, is_stale=True)]}, "unknown",
         "The newest results ended 15 days ago, expected within 14."),
        ({"age_days": 15, "limits": [limit(0.4, at_most=0.3, is_stale=True)]}, "sick",
         "WAPE is 0.4, its limit at most 0.3; the newest results ended 15 days ago, expected "
         "within 14."),
        ({"limits": [limit(0.2, at_most=0.3, is_stale=True)]}, "unknown",
         "WAPE has had no new results for too long."),
        ({"age_days": 15, "limits": [limit(None, at_most=0.3)]}, "unknown",
         "The newest results ended 15 days ago, expected within 14; WAPE has a limit but no "
         "results."),
    ],
)  # fmt: skip
def test_health_in_words(more, health, reason):
    assert judged(**more) == Verdict(Health(health), reason)


def month(start):
    return Period(datetime.fromisoformat(start), "P1M")


def limit_row(deployment_id, metric="wape", low=None, high=None, **more):
    limits = {"deployment_id": deployment_id, "metric": metric, "low": low, "high": high}
    return record(MetricLimit, limits | {"breach": "watch"} | more)


def incident_row(**more):
    incident = {
        "incident_id": "i1", "model_id": "m", "model_version": "", "severity": "SEV1",
        "status": "open", "started_at": datetime(2026, 6, 3, 8),
    }  # fmt: skip
    return record(Incident, incident | more)


class Rows:
    """A reader of rows that are there."""

    def __init__(self, rows):
        self._rows = rows

    def current(self, record, project):
        assert project == "shop"
        return self._rows[record]


def test_what_a_deployment_is_held_against_leaves_out_what_is_over():
    limits = [limit_row("d", "wape"), limit_row("d", "bias"), limit_row("e", archived=True)]
    incidents = [
        incident_row(), incident_row(incident_id="i2", status="mitigated"),
        incident_row(incident_id="i3", status="resolved"), incident_row(model_id="n"),
    ]  # fmt: skip
    checks = held_against(Rows({MetricLimit: limits, Incident: incidents}), "shop")
    assert checks == LimitsAndIncidents(
        {"d": limits[:2]}, {"m": incidents[:2], "n": incidents[3:]}
    )  # fmt: skip


def test_a_limit_is_held_against_the_newest_value_of_its_metric():
    """100 cases of a share of .8: Beta(81, 21), of which P5 is .7254 and P95 .8562 (`interval`)."""
    monitored = {
        month("2026-04-01"): {"recall": Monitored(0.8, 100, None, "B1")},
        month("2026-05-01"): {
            "wape": Monitored(0.24, None, 0.01, "B2"), "own": Monitored(3.0, 9, None, "B2"),
        },
    }  # fmt: skip
    rows = [
        limit_row("d", "recall", low=0.7), limit_row("d", "wape", high=0.3, breach="sick"),
        limit_row("d", "own", high=2.0), limit_row("d", "bias", low=-1.0, high=1.0),
    ]  # fmt: skip
    recall, wape, own, bias = limit_checks(rows, monitored, today=TODAY, fresh_within_days=29)
    assert recall == LimitCheck(
        "recall", "Recall", 0.8, recall.low, recall.high, 0.7, None, Health.WATCH, is_stale=True
    )  # April ended 60 days ago
    assert wape == LimitCheck(
        "wape", wape.label, 0.24, wape.low, wape.high, None, 0.3, Health.SICK, is_stale=False
    )  # May ended 29 days ago
    assert (recall.low, recall.high) == pytest.approx((0.7254, 0.8562), abs=5e-5)
    assert (wape.low, wape.high) == pytest.approx((0.2236, 0.2564), abs=5e-5)
    assert wape.label != "wape"
    assert own == LimitCheck("own", "own", 3.0, None, None, None, 2.0, Health.WATCH)
    assert (bias.value, bias.low, bias.high, bias.is_stale) == (None, None, None, False)
    (stale,) = limit_checks(rows[1:2], monitored, today=TODAY, fresh_within_days=28)
    assert stale.is_stale
    (missing,) = limit_checks(rows[3:], monitored, today=TODAY, fresh_within_days=0)
    assert not missing.is_stale


DEPLOYMENT = record(Deployment, fresh_within_days=14, model_version="1")


def healthy(deployment=None, **more):
    return health_of(
        DEPLOYMENT.model_copy(update=deployment),
        today=TODAY,
        age_days=2,
        checks=[limit(0.2, at_most=0.3)],
        case=None,
        **more,
    )


@pytest.mark.parametrize(
    ("deployment", "health", "reason"),
    [
        ({}, "healthy", "It keeps its limit."),
        ({"from_on": TODAY, "to_on": TODAY}, "healthy", "It keeps its limit."),
        ({"to_on": date(2026, 6, 29)}, "unknown",
         "It is no longer in use; its last day was 29 Jun 2026."),
        ({"from_on": date(2026, 7, 1)}, "unknown",
         "It is not in use yet; its first day is 1 Jul 2026."),
        ({"fresh_within_days": 1}, "unknown",
         "The newest results ended 2 days ago, expected within 1."),
    ],
)  # fmt: skip
def test_only_a_deployment_in_use_has_a_health(deployment, health, reason):
    assert healthy(deployment) == Verdict(Health(health), reason)


@pytest.mark.parametrize(
    ("more", "health", "reason"),
    [
        ({}, "sick", "Incident i1 (SEV1, open) began on 3 Jun 2026."),
        ({"severity": "SEV2"}, "sick", "Incident i1 (SEV2, open) began on 3 Jun 2026."),
        ({"severity": "SEV3"}, "watch", "Incident i1 (SEV3, open) began on 3 Jun 2026."),
        ({"status": "mitigated"}, "watch",
         "Incident i1 (SEV1, mitigated) began on 3 Jun 2026."),
        ({"model_version": "1"}, "sick", "Incident i1 (SEV1, open) began on 3 Jun 2026."),
        ({"model_version": "2"}, "healthy", "It keeps its limit."),
        ({"started_at": datetime(2026, 6, 30, 23)}, "sick",
         "Incident i1 (SEV1, open) began on 30 Jun 2026."),
        ({"started_at": datetime(2026, 7, 1)}, "healthy", "It keeps its limit."),
    ],
)  # fmt: skip
def test_an_incident_that_is_not_over_is_told(more, health, reason):
    assert healthy(incidents=[incident_row(**more)]) == Verdict(Health(health), reason)


@pytest.mark.parametrize(
    ("of", "health", "reason"),
    [
        (case(worth(100.0), worth(40.0)), "sick", "It delivers 40% of the planned value."),
        (case(worth(100.0), worth(90.0, loss=0.6)), "sick",
         "It more likely loses money than earns it."),
        (case(None, worth(90.0)), "healthy", "It is worth more than its baseline."),
        (case(worth(100.0)), "unknown", "Its value is not available yet."),
        (case(worth(100.0), unvalued="F1 alone has no value."), "unknown",
         "F1 alone has no value."),
    ],
)  # fmt: skip
def test_the_value_of_a_champion_is_held_against_its_plan(of, health, reason):
    told = health_of(DEPLOYMENT, today=TODAY, age_days=2, checks=(), case=of)
    assert told == Verdict(Health(health), reason)


def test_without_results_and_without_a_value_there_is_nothing_to_say():
    health = health_of(DEPLOYMENT, today=TODAY, age_days=None, checks=(), case=None)
    assert health.reason == "No monitoring results have come in yet."


def test_the_newest_period_ends_last_and_of_several_is_the_longest():
    april, may = month("2026-04-01"), month("2026-05-01")
    day = Period(datetime(2026, 5, 31), "P1D")
    assert newest([april, may, day]) == may
    assert newest([]) is None
    assert age_in_days(None, TODAY) is None
    assert age_in_days(may, TODAY) == 29
    assert age_in_days(may, date(2026, 5, 2)) == 0


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (None, None, 0.1234567, "at most 0.123457"),
        (None, 0.1234567, None, "at least 0.123457"),
        (0.2, 100_000.0, 200_000.0, "between 100000 and 200000"),
        (0.12345675, 0.1234567, 0.1234569, "between 0.1234567 and 0.1234569"),
    ],
)
def test_a_limit_has_the_digits_that_it_needs(value, low, high, words):
    assert LimitCheck("m", "M", value, None, None, low, high, Health.SICK).limit == words


@pytest.mark.parametrize(
    ("share", "part"),
    [(0.0, "0%"), (0.0099, "less than 1%"), (0.01, "1%"), (0.0105, "1%"), (0.5, "50%")],
)
def test_a_small_part_of_what_was_planned(share, part):
    reason = verdict(
        age_days=1, fresh_within_days=14, promised_rate=1000.0, current_rate=1000.0 * share,
        probability_of_loss=0.0, settled=None, unvalued=None, limits=(), counts_for_value=True,
        incidents=(),
    ).reason  # fmt: skip
    assert f"delivers {part} of the planned value" in reason


@pytest.mark.parametrize(
    ("net", "loss", "health"),
    [(62_100.0, 0.0, "healthy"), (-5.0, 0.9, "sick"), (None, 0.0, "sick"), (1.0, None, "sick")],
)
def test_health_judges_value_without_what_chance_explains(net, loss, health):
    """Half the plan as measured; settled it is all of it, a loss, or not known."""
    of = case(worth(62_100.0), worth(-62_100.0, loss=0.99), settled_net=net, settled_loss=loss)
    found = health_of(DEPLOYMENT, today=TODAY, age_days=1, checks=(), case=of)
    assert found.health == health
