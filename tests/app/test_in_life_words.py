"""What the In life screens say of models in use: every word and figure, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mlpm_core.in_life.control_chart import MixDrift
from mlpm_core.in_life.health import Health, LimitCheck
from mlpm_core.services.in_life.metric_signals import Episode, Rule
from mlpm_core.services.in_life.segments import Move, Segment, SegmentPoint, Segments
from pages.parts.in_life import text as say
from tests.by_hand import case, deployed, line, point, view, watched, week, worth

PER_YEAR = 365.25 / 7


def value(planned=None, now=None, title="Orders", **more):
    """A case that is worth so much a week, planned and now."""
    made = [None if x is None else worth(x * PER_YEAR, 0.0) for x in (planned, now)]
    return line(case(*made, title=title, **more))


def used(planned=None, now=None, health="healthy", title="*Orders*", **more):
    return deployed(value(planned, now, title), health, case_title=title, **more)


def test_health_opens_with_how_many_are_sick_and_who_is_farthest_below_its_plan():
    over = deployed(is_in_use=False)
    assert say.health([over]) == "None of 1 deployment is in use today."
    assert say.health([over, over]) == "None of 2 deployments is in use today."
    lines = [
        used(700, 200, "sick"), over, used(500, 400, "watch"), used(None, 5, "unknown"),
        used(1, 1), used(1, 1),
    ]  # fmt: skip
    assert say.health(lines) == (
        "**5 deployments** in use: 1 critical, 1 at risk, 1 unknown, 2 healthy. "
        "**\\*Orders\\*** is "
        "farthest below its plan, by **EUR 500 / week**. It \\*delivers\\* all\\."
    )


def test_health_names_the_sick_ones_that_are_not_told_yet():
    sick = used(5, 6, "sick", model_id="*x*", slot="shadow")
    other = used(health="sick", model_version="")
    assert say.health([sick, used(1, 1), other]) == (
        "**3 deployments** in use: 2 critical, 1 healthy. None is worth less than planned. "
        "Critical: "
        r"\*x\* 2 (shadow, \*Orders\*) and m (champion, \*Orders\*)."
    )
    assert say.health([used(700, 200, "sick"), sick]).endswith(
        r"all\. Also critical: \*x\* 2 (shadow, \*Orders\*)."
    )
    assert say.health([used(), used()]) == (
        "**2 deployments** in use: 2 healthy. How they compare with the plan is not available yet."
    )
    assert say.health([used(5, 5)]).endswith("None is worth less than planned.")
    assert say.health([used(5.5, 5)]).split(", by ")[1].startswith(r"**EUR 0\.5 / week**")


def test_health_says_farthest_below_of_the_farthest_and_not_of_the_sickest():
    """The critical one of EUR 10 had been called farthest below, beside one of EUR 400 at risk."""
    told = say.health([used(20, 10, "sick", title="A"), used(900, 500, "watch", title="B")])
    assert "**B** is farthest below its plan, by **EUR 400 / week**." in told
    assert "Also critical: m 2 (champion, A)." in told


def test_health_holds_amounts_of_different_currencies_against_their_plans():
    """JPY 1,000 a week of 10,000 are less than EUR 100 of 200."""
    yen = deployed(value(10_000, 9_000, currency="JPY"), "watch", case_title="Yen")
    told = say.health([yen, used(200, 100, "watch", title="Euro")])
    assert "**Euro** is farthest below its plan, as a share of it, by **EUR 100 / week**." in told


def test_health_names_three_sick_ones_and_counts_the_others():
    told = say.health([used(5, 6, "sick", model_id=f"m{i}", title=f"C{i}") for i in range(5)])
    assert told.endswith(
        "Critical: m0 2 (champion, C0), m1 2 (champion, C1), m2 2 (champion, C2) and 2 more."
    )


def test_a_gap_is_money_a_week():
    assert say.gap(used(700, 200)) == "EUR 500 / week"
    assert say.gap(used(200, 700)) == "EUR −500 / week"
    assert say.gap(deployed()) == "–"
    assert say.gap(used(None, 200)) == "–"
    assert say.gap(used(700, 200, is_in_use=False)) == "–"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "**m 2**, champion since 1 Jun 2026 (30 days)"),
        ({"days_in_slot": 1, "model_version": ""}, "**m**, champion since 1 Jun 2026 (1 day)"),
        ({"model_id": "*m*"}, r"**\*m\* 2**, champion since 1 Jun 2026 (30 days)"),
        ({"is_recorded": False}, "**m 2**, in use without a record of its deployment"),
        ({"from_on": None}, "**m 2**, in use without a record of its deployment"),
        ({"days_in_slot": 0, "is_in_use": False, "slot": "shadow"},
         "**m 2**, shadow from 1 Jun 2026 on"),
        ({"is_in_use": False, "to_on": date(2026, 6, 20), "days_in_slot": 20},
         "**m 2**, champion from 1 Jun 2026 to 20 Jun 2026 (20 days)"),
    ],
)  # fmt: skip
def test_which_part_a_model_plays(more, text):
    assert say.slot(deployed(**more)) == text


def test_a_deployment_opens_with_its_worth_its_health_and_why():
    slot = "**m 2**, champion since 1 Jun 2026 (30 days)"
    assert say.deployment(view(deployed(health="watch"))) == (
        rf"{slot}: at risk. It \*delivers\* all\. "
    )
    assert say.deployment(view(used(700, 200.5))) == (
        rf"{slot}, is worth **EUR 200 / week**, planned EUR 700 / week: healthy. It \*delivers\* "
        r"all\. "
    )
    assert say.deployment(view(used(None, 1.5))).startswith(
        rf"{slot}, is worth **EUR 1\.5 / week**: healthy."
    )
    assert say.deployment(view(used(1.5, None))).startswith(f"{slot}: healthy.")
    one = watched(point(0, 0.2), centre=0.2)
    assert say.deployment(view(deployed(), one)).endswith(
        "all\\. No metric has left its usual range."
    )


def episode(rule=Rule.SHEWHART, since=1, noticed=2, back=3, z=5.04):
    return Episode(rule, week(since), week(noticed), None if back is None else week(back), z)


IN = "in the week of"
FAR = "times as far as chance usually moves it"
LEFT = f"left its usual range {IN} 8 Jun 2026"
DRIFTED = "has drifted since the week of 8 Jun 2026"
GONE = "and has not come back"


@pytest.mark.parametrize(
    ("metric", "centre", "event", "text"),
    [
        ("wape", 0.2, episode(),
         f"{LEFT} (for the worse, 5.04 {FAR}) and came back {IN} 22 Jun 2026"),
        ("wape", 0.2, episode(back=None, z=-5.04), f"{LEFT} (for the better, 5.04 {FAR}) {GONE}"),
        ("recall", 0.8, episode(back=None), f"{LEFT} (for the better, 5.04 {FAR}) {GONE}"),
        ("recall", 0.8, episode(Rule.CUSUM, z=-9), f"{DRIFTED} (for the worse, 9 {FAR}), "
         f"noticed {IN} 15 Jun 2026, and came back {IN} 22 Jun 2026"),
        ("recall", 0.8, episode(Rule.CUSUM, back=None, z=-9),
         f"{DRIFTED} (for the worse, 9 {FAR}), noticed {IN} 15 Jun 2026"),
        ("bias", 0.1, episode(back=None), f"{LEFT} (for the worse, 5.04 {FAR}) {GONE}"),
        ("bias", 0.1, episode(back=None, z=-5.0), f"{LEFT} (5 {FAR}) {GONE}"),
        ("bias", -0.1, episode(back=None, z=-5.0), f"{LEFT} (for the worse, 5 {FAR}) {GONE}"),
        ("bias", 0.0, episode(back=None), f"{LEFT} (for the worse, 5.04 {FAR}) {GONE}"),
        ("bias", 0.0, episode(back=None, z=-5.0), f"{LEFT} (for the worse, 5 {FAR}) {GONE}"),
        ("bias", None, episode(back=None), f"{LEFT} (5.04 {FAR}) {GONE}"),
        ("prevalence", 0.1, episode(back=None), f"{LEFT} (5.04 {FAR}) {GONE}"),
        ("wape", 0.2, episode(back=None, z=0.5), f"{LEFT} (for the worse, 0.5 {FAR}) {GONE}"),
        ("wape", 0.2, episode(back=None, z=0.0), f"{LEFT} (for the better, 0 {FAR}) {GONE}"),
    ],
)  # fmt: skip
def test_when_a_metric_left_its_range_and_whether_it_came_back(metric, centre, event, text):
    one = watched(point(0, 0.2), metric=metric, centre=centre)
    assert say.episode(one, event) == f"{one.series.metric.label} {text}"


def with_events(*events, metric="wape", **more):
    return watched(point(0, 0.2), metric=metric, centre=0.2, episodes=events, **more)


def test_the_event_to_know_of_is_one_for_the_worse_that_lasts():
    few = (
        "There are too few results that say how many cases they rest on, so a change cannot be "
        "told from chance."
    )
    assert say.what_happened(view(deployed())) == ""
    assert say.what_happened(view(deployed(), watched(point(0, 0.2)))) == few
    calm = with_events()
    assert say.what_happened(view(deployed(), calm, watched(point(0, 0.2)))) == (
        "No metric has left its usual range."
    )

    def told(*metrics):
        return say.what_happened(view(deployed(), *metrics)).partition(" ")[0]

    over, lasts = episode(z=9.0), episode(back=None, z=4.0)
    assert told(with_events(over), with_events(lasts, metric="mape")) == "MAPE"
    assert (
        told(with_events(over, feeds_value=False), with_events(episode(z=5.0), metric="mape"))
        == "MAPE"
    )
    assert told(with_events(episode(z=5.0)), with_events(over, metric="mape")) == "MAPE"
    better = with_events(episode(back=None, z=-30.0))
    assert told(better, with_events(episode(z=4.0), metric="mape")) == "MAPE"
    assert told(better, calm) == "WAPE"
    assert told(with_events(episode(z=-9.0)), with_events(episode(z=-5.0), metric="mape")) == "WAPE"
    assert say.what_happened(view(deployed(), with_events(lasts))) == (
        rf"WAPE left its usual range {IN} 8 Jun 2026 \(for the worse, 4 {FAR}\) and has not come "
        "back. This is not chance."
    )


def check(value, low=None, high=None, breach="sick", **more):
    return LimitCheck("wape", "WAPE", value, low, high, None, 0.3, Health(breach), **more)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (watched(point(0, 0.2), point(1, 0.25, n=1200)),
         f"0.25 {IN} 8 Jun 2026 over 1,200 cases; lower is better. No limit is set. There are "
         "too few results that say how many cases they rest on, so a change cannot be told from "
         "chance. Batch B00001."),
        (watched(point(0, 0.2), metric="recall", centre=0.2, feeds_value=False, check=check(0.2)),
         f"0.2 {IN} 1 Jun 2026; higher is better; monitored, not part of the value. Limit at most "
         "0.3: kept. It never left its usual range. Batch B00001."),
        (watched(point(0, 0.2, label_status="partial", labelled_share=0.4), metric="bias",
                 centre=0.2, check=check(0.31, 0.29, 0.33), episodes=(episode(back=None),)),
         f"0.2 {IN} 1 Jun 2026, outcomes partial (40% known); best near 0. Limit at most 0.3: "
         f"passed, which may be chance. Bias left its usual range {IN} 8 Jun 2026 (for the worse, "
         f"5.04 {FAR}) and has not come back. Batch B00001."),
        (watched(point(0, 0.2, label_status="estimated"), metric="prevalence", centre=0.2,
                 check=check(0.4)),
         f"0.2 {IN} 1 Jun 2026, outcomes estimated; neither way is better. Limit at most 0.3: "
         "passed, so the model counts as critical. It never left its usual range. Batch B00001."),
        (watched(point(0, 0.2, label_status="final", labelled_share=0.4), centre=0.2,
                 check=check(None)),
         f"0.2 {IN} 1 Jun 2026; lower is better. Limit at most 0.3: not measured. It never left "
         "its usual range. Batch B00001."),
        (watched(point(0, 0.2), centre=0.2, check=check(0.4, breach="watch")),
         f"0.2 {IN} 1 Jun 2026; lower is better. Limit at most 0.3: passed, so the model "
         "counts as at risk. It never left its usual range. Batch B00001."),
    ],
)  # fmt: skip
def test_what_a_metric_s_chart_shows(one, text):
    assert say.metric(one).replace("\\", "") == text
    assert r"Batch B00001\." in say.metric(one)


def test_a_value_without_a_limit_has_three_digits():
    assert say.metric(watched(point(0, 0.23456))).replace("\\", "").startswith("0.235 ")


def test_how_to_read_the_charts():
    assert say.reading() == (
        "Band: likely range, 9 times in 10. Dashed: planned. Dotted: limit. ▲ left its usual range "
        "at once. ◇ moves away from it in many small steps."
    )


def cells(name, *values):
    """A segment by week: cases, share, judged, error."""
    return Segment(name, tuple(SegmentPoint(week(i), *v) for i, v in enumerate(values)))


def mix(is_drift=True, since=None, move=None, **more):
    usual = {
        "title": "region", "measure": "Error share", "is_share": True, "granularity": "P1W",
        "segments": (), "drift": MixDrift(0.123, 9.0, 0.0, is_drift), "drifted_since": since,
        "move": move or Move("*e*", 0.1, 0.4, None, None), "followed_share": None,
    }  # fmt: skip
    return Segments(**usual | more)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (mix(), "**\\*e\\*** rose from 10% of all cases in the first 12 weeks to 40% now. This "
         "is not chance (@)."),
        (mix(since=week(3), move=Move("e", 0.4, 0.1, 0.05, None)), "**e** fell from 40% of all "
         f"cases in the first 12 weeks to 10% now, first seen {IN} 22 "
         "Jun 2026. This is not chance (@)."),
        (mix(is_drift=False), "The mix of cases is that of the first 12 weeks, or differs only by "
         "chance (@)."),
        (mix(is_drift=False, since=week(3), move=Move("*e*", 0.1, 0.1, 0.2, 0.05)),
         "The mix of cases is that of the first 12 weeks, or differs only by chance (@), "
         f"though it moved for a time {IN} 22 Jun 2026. In the newest four weeks error share "
         "is 20% on "
         "\\*e\\*, 5% on others."),
        (mix(is_drift=False, is_share=False, measure="MAE *x*", move=Move("e", 0, 0, 1.25, 0.5)),
         "The mix of cases is that of the first 12 weeks, or differs only by chance (@). In "
         "the newest four weeks MAE \\*x\\* is 1.25 on e, 0.5 on others."),
        (mix(is_drift=False, move=Move("e", 0.1, 0.1, None, 0.05)),
         "The mix of cases is that of the first 12 weeks, or differs only by chance (@)."),
        (replace(mix(), move=None),
         "Nothing after the first 12 weeks yet, so there is no mix to compare with."),
        (replace(mix(), drift=None),
         "Nothing after the first 12 weeks yet, so there is no mix to compare with."),
        (mix(move=Move("e", 0.1, 0.1, None, None)), "**e** fell from 10% of all cases in the first "
         "12 weeks to 10% now. This is not chance (@)."),
    ],
)  # fmt: skip
def test_which_group_grew_and_whether_the_model_errs_more_on_it(told, text):
    index = "shift index 0.12: 0 is the same mix"
    if told.drift is not None and told.drift.is_drift:
        index += ", above 0.25 another"
    assert say.segments(told) == text.replace("@", index)


def test_what_the_charts_of_segments_show():
    told = mix(followed_share=0.25, measure="wAPE")
    assert say.followed(told) == (
        "From the prediction log. People followed the prediction in 25% of the cases."
    )
    assert say.followed(mix(followed_share=0.0)).endswith(
        "followed the prediction in 0% of the cases."
    )
    assert say.followed(mix()).endswith("followed the prediction in 0% of the cases.")
    assert say.shares(told) == "Share of all cases by region"
    assert say.errors(told) == "WAPE by region, where outcomes are known"
