"""What Promised and realised says: every word and figure, by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from mlpm_core.records import Deployment
from mlpm_core.services.in_life.promises import (
    Grade,
    Group,
    HitRate,
    KpiMonths,
    LevelDoubt,
    Outcome,
)
from pages.parts.common import terms
from pages.parts.in_life import promises_text as say
from tests.by_hand import case, delivered, kpi, kpi_month, month, promised, worth

PLAN = worth(36_525.0)
STARRED = case(PLAN, title="*Orders*")


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (delivered(case=STARRED), r"**\*Orders\*** is not in use yet, so nothing can have been "
         r"delivered. Planned: EUR 36\.5k / year."),
        (delivered(case=case(problem="No *unit*.")), "**Orders** is not in use yet, so nothing can "
         r"have been delivered. No \*unit\*\."),
        (delivered(case=case()), "**Orders** is not in use yet, so nothing can have been "
         r"delivered. Its plan is not filled in\."),
        (delivered(month(5, 3000.0, None, 0.0), month(6, 3000.0, None, 0.0, days_in_use=2.5)),
         r"**Orders** is in use since May 2026, but none of its 2\.5 days was monitored, so nobody "
         r"knows what it delivered. Planned: EUR 36\.5k / year."),
        (delivered(month(5, None, 3000.0), case=STARRED),
         r"Since May 2026 **\*Orders\*** delivered **EUR 3,000**. Its plan is not filled in, so "
         "nothing says what was promised."),
        (delivered(month(5, 3000.0, 3600.0)), "Since May 2026 **Orders** delivered **EUR 3,600** "
         "of EUR 3,000 promised (120%); no month fell behind."),
        (delivered(month(4, 10_000.0, 9_000.0), month(5, 3000.0, 1234.5), month(6, 3.0, 2.0),
                   to_date=(month(6, 13_003.0, 10_236.5),)),
         r"Since April 2026 **Orders** delivered **EUR 10\.2k** of EUR 13\.0k promised (79%); May "
         "2026 cost most: EUR 1,766 less than promised."),
        (delivered(month(5, 0.0, 100.0)), "Since May 2026 **Orders** delivered **EUR 100** of EUR "
         "0 promised; no month fell behind."),
        (delivered(month(5, -10.0, 100.0)), "Since May 2026 **Orders** delivered **EUR 100** of "
         "EUR −10 promised; no month fell behind."),
        (delivered(month(5, 1e-6, 419.0)), r"Since May 2026 **Orders** delivered **EUR 419** of "
         r"EUR 0\.000001 promised (more than ten times that); no month fell behind."),
        (delivered(month(5, 100.0, -5000.0)), r"Since May 2026 **Orders** delivered **EUR "
         r"−5,000** of EUR 100 promised (a loss); May 2026 cost most: EUR 5,100 less than "
         r"promised."),
        (delivered(month(5, 0.5, 0.25)), r"Since May 2026 **Orders** delivered **EUR 0\.25** of "
         r"EUR 0\.5 promised (50%); May 2026 cost most: EUR 0\.25 less than promised."),
    ],
)  # fmt: skip
def test_how_much_of_what_was_promised_arrived(view, text):
    assert say.lead(view) == text


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (delivered(unvalued=("No unit.", "Other."), n_unvalued=1),
         "1 monitored period cannot be valued and count as not monitored: No unit."),
        (delivered(case=case(deployment=Deployment.model_construct(from_on=date(2026, 7, 10)))),
         "It goes into use on 10 Jul 2026; results of that day and later will be compared with "
         "the plan."),
        (delivered(case=case(deployment=Deployment.model_construct(from_on=None))),
         "No monitoring results of its days in use have come in yet. Upload a file "
         "of them, or of predictions with their outcomes."),
        (delivered(), "No monitoring results of its days in use have come in yet. Upload a file "
         "of them, or of predictions with their outcomes."),
        (delivered(month(5, 1.0, None), case=case(
            deployment=Deployment.model_construct(from_on=date(2026, 5, 10)))),
         "No monitoring results of its days in use have come in yet. Upload a file "
         "of them, or of predictions with their outcomes."),
    ],
)  # fmt: skip
def test_what_is_missing_before_anything_can_be_compared(view, text):
    assert say.nothing_realised(view) == text


def test_days_and_how_many_of_them_were_monitored():
    assert [say.days(n) for n in (0, 1, 2.0, 2.5, 1234.56)] == [
        "0 days", "1 day", "2 days", "2.5 days", "1,234.6 days",
    ]  # fmt: skip
    assert say.coverage(23, 31) == "23 of 31 days monitored"
    assert say.coverage(0.5, 1) == "0.5 of 1 day monitored"
    assert [say.missing(n) for n in (0, 0.4, 0.5, 0.52, 0.6, 2, 1234)] == [
        "", "", "0 d", "1 d", "1 d", "2 d", "1,234 d",
    ]  # fmt: skip


def test_a_realised_value_has_a_grade():
    words = {
        "A": "Measured with a control group chosen at random",
        "B": "Measured before and after, with a group that was left alone",
        "C": "Estimated from model metrics, not measured with a control group",
        "D": "Claimed, without figures",
    }
    for grade in Grade:
        sentence = say.grade(delivered(grade=grade))
        assert plain(sentence) == f"{words[grade.value]} (grade {grade.value})."
        assert f"{grade.value}: " in terms.GRADE
        assert r"\(" in sentence


def plain(text):
    return text.replace("\\", "")


def test_the_chart_of_money_names_its_highest_and_its_lowest_month():
    may, june = month(5, 10.0, 30.0), month(6, 10.0, 20.0)
    assert plain(say.money_chart(delivered(may, june))) == (
        "Solid: realised, with its likely range; outline: promised for the same days. Highest EUR "
        "30 in May 2026, lowest EUR 20 in June 2026."
    )
    assert plain(say.money_chart(delivered(may, month(6, 1.0, None, 29.0)))) == (
        "Solid: realised, with its likely range; outline: promised for the same days; dashed: "
        "promised for days without results too, their number above. Highest EUR 30 in May 2026."
    )
    assert plain(say.money_chart(delivered(may, june, case=case()))) == (
        "Solid: realised, with its likely range. Highest EUR 30 in May 2026, lowest EUR 20 in June "
        "2026."
    )
    assert r"EUR 0\.5" in say.money_chart(delivered(month(5, 1.0, 0.5)))


def test_the_chart_of_everything_to_date():
    assert say.to_date(delivered()) == ""
    assert say.to_date(delivered(month(5, 10.0, None))) == ""
    assert plain(say.to_date(delivered(month(5, 10.0, 30.0)))) == (
        "Realised to date: EUR 30, band: likely range; dashed: promised for the same days, EUR 10."
    )
    assert say.to_date(delivered(month(5, None, 0.5))) == (
        r"Realised to date\: EUR 0\.5, band\: likely range\."
    )


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (KpiMonths(kpi(), ()), "No month of it was monitored."),
        (KpiMonths(kpi(), (kpi_month(5, None),)), "No month of it was monitored."),
        (KpiMonths(kpi(reason="Its unit does not fit."), (kpi_month(5, None),)),
         "Its unit does not fit."),
        (KpiMonths(kpi(), (kpi_month(5, 12.0), kpi_month(6, 9.5, 9.25))),
         "9.5 h per case in June 2026; lower is better, promised 9.25, target 8, 20 without the "
         "model. Solid: mean of the monitored days, with its likely range; hollow: the promise in "
         "force; dashed: the target."),
        (KpiMonths(kpi(target=None, baseline=None, direction="higher"),
                   (kpi_month(5, 12.0), kpi_month(6, None, None, 0.0))),
         "12 h per case in May 2026; higher is better, no promise is due, no target yet. Solid: "
         "mean of the monitored days, with its likely range; above: days without results."),
    ],
)  # fmt: skip
def test_the_chart_of_a_kpi(told, text):
    assert plain(say.kpi_chart(told)) == text


def test_months_that_may_still_change():
    assert say.not_final(delivered(month(5, 1.0, 1.0))) == ""
    view = delivered(
        month(4, 1.0, 1.0), month(5, 1.0, 1.0, days_not_final=3.0),
        month(6, 1.0, 1.0, days_not_final=1.0),
    )  # fmt: skip
    assert plain(say.not_final(view)) == (
        "Outcomes are not final in May 2026 (3 days), Jun 2026 (1 day): the value may still "
        "change, and is drawn paler."
    )
    assert r"\(" in say.not_final(view)
    assert say.unvalued(delivered()) == ""
    assert say.unvalued(delivered(unvalued=("No unit.",), n_unvalued=1200)) == (
        "1,200 monitored periods cannot be valued and count as not monitored: No unit."
    )


KEPT = promised(Outcome.KEPT)


@pytest.mark.parametrize(
    ("n", "hits", "of_hits", "text"),
    [
        (0, HitRate(0, 0, None, 0), "nothing was promised yet",
         "0 promises; nothing was promised yet."),
        (1, HitRate(0, 0, None, 0), "none can be judged yet",
         "1 promise; none can be judged yet."),
        (1, HitRate(1, 1, None, 0), "no chance was given when they were made",
         "1 of 1 promise of this project kept; no chance was given when they were made."),
        (1, HitRate(1, 1, 0.8, 1), "given a chance of 80% when made",
         "1 of 1 promise of this project kept; given a chance of 80% when made."),
        (3, HitRate(1, 2, 0.65, 2), "given a chance of 65% on average when made",
         "1 of 2 promises of this project kept; given a chance of 65% on average when made. "
         "1 cannot be judged yet."),
        (2, HitRate(0, 2, 0.4, 1), "1 of them given a chance of 40% when made",
         "0 of 2 promises of this project kept; 1 of them given a chance of 40% when made."),
        (1, HitRate(1, 1, None, 0, 1, 1), "no chance was given when they were made; not beyond "
         "luck or season; judged by what the metrics imply, not as measured",
         "1 of 1 promise of this project kept; no chance was given when they were made; not beyond "
         "luck or season; judged by what the metrics imply, not as measured."),
        (2, HitRate(2, 2, 0.4, 2, 1, 0), "given a chance of 40% on average when made; 1 of 2 not "
         "beyond luck or season",
         "2 of 2 promises of this project kept; given a chance of 40% on average when made; 1 of 2 "
         "not beyond luck or season."),
        (5, HitRate(2, 3, 0.4, 2), "2 of them given a chance of 40% on average when made",
         "2 of 3 promises of this project kept; 2 of them given a chance of 40% on average "
         "when made. 2 cannot be judged yet."),
    ],
)  # fmt: skip
def test_how_many_promises_were_kept(n, hits, of_hits, text):
    view = delivered(promises=(KEPT,) * n, hits=hits)
    assert say.hits(view) == of_hits
    assert plain(say.promises(view)) == text
    assert say.promises(view).endswith(r"\.")


def weeks(n, **more):
    """Weeks in which a KPI was measured since a promised day."""
    row = {"n_periods": n, "word": "week", "group": "all", "grade": None, "doubt": None}
    row["until"] = date(2026, 3, 1)
    return SimpleNamespace(**(row | more))


@pytest.mark.parametrize(
    ("measured", "judged_by", "grade"),
    [
        (None, "implied", "C"),
        (weeks(9), "measured", "no control"),
        (weeks(9, grade=Grade.BEFORE_AFTER), "measured", "B"),
        (weeks(9, grade=Grade.RANDOMISED, group=Group.TREATED), "measured, treated", "A"),
    ],
)
def test_a_promise_says_by_what_it_was_judged(measured, judged_by, grade):
    line = promised(Outcome.KEPT, level=SimpleNamespace(), measured=measured)
    assert (say.judged_by(line), say.grade_of(line)) == (judged_by, grade)
    assert (
        say.judged_by(promised(Outcome.NOT_DUE)) == say.grade_of(promised(Outcome.NOT_DUE)) == "–"
    )


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (promised(Outcome.NOT_DUE), "not due"),
        (promised(Outcome.NOT_DUE, now=9.25), "not due; stands at 9.25 now"),
        (promised(Outcome.UNKNOWN, reason="Its KPI is gone."), "Its KPI is gone."),
        (promised(Outcome.KEPT, days_monitored=20.0), "20 days monitored since"),
        (promised(Outcome.KEPT, measured=weeks(12)), "12 weeks measured since, to 1 Mar 2026"),
        (
            promised(Outcome.KEPT, measured=weeks(1, doubt=LevelDoubt.FEW)),
            "1 week measured since, to 1 Mar 2026: too few to say how sure that is",
        ),
    ],
)
def test_what_the_standing_of_a_promise_rests_on(line, text):
    assert say.rests_on(line) == text


def test_reviews_and_decisions():
    assert say.reviews(delivered()) == "None is due."
    assert say.reviews(delivered(next_review_on=date(2026, 9, 1))) == (
        "None is due; the next review is on 1 Sep 2026."
    )
    decision = SimpleNamespace(
        instead="n is in use *now*.", chosen="*a*", decision_id="D*1",
        realised_reason="Not deployed *yet*.",
    )  # fmt: skip
    tail = (
        r"Not deployed \*yet\*\. n is in use \*now\*\. So what is realised here is not the "
        "decided model's."
    )
    assert say.decided(delivered(decided=decision)) == (
        rf"The last decision, D\*1, was **for \*a\***. {tail}"
    )
    decision.chosen = "none"
    assert say.decided(delivered(decided=decision)) == (
        rf"The last decision, D\*1, was **to adopt none**. {tail}"
    )
    decision.instead = ""
    assert say.decided(delivered(decided=decision)) == ""
    assert say.decided(delivered()) == ""


def test_the_words_of_a_promise_are_a_sign_and_words():
    assert say.OUTCOMES == {
        Outcome.OVER_DELIVERED: "✓ over-delivered", Outcome.KEPT: "✓ kept",
        Outcome.MISSED: "✕ missed", Outcome.NOT_DUE: "… not due yet",
        Outcome.UNKNOWN: "? not available",
    }  # fmt: skip
    assert [o.value for o in Outcome] == [
        "over-delivered", "kept", "missed", "not due yet", "cannot be said",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "came", "missing"),
    [
        (0.0, "0%", "0% of the promise"),
        (0.5, "50%", "50% of the promise"),
        (1.0, "100%", "100% of the promise"),
        (1.2, "120%", "more than all of the promise"),
        (10.0, "1,000%", "more than all of the promise"),
        (10.5, "more than ten times that", "more than all of the promise"),
        (-0.5, "a loss", "50% more than promised"),
        (-10.0, "a loss", "1,000% more than promised"),
        (-10.5, "a loss", "more than ten times the promise on top"),
    ],
)
def test_what_arrived_and_what_is_missing_of_a_promise(share, came, missing):
    assert say.arrived(share) == came
    assert say.shortfall(share) == missing


def test_a_kpi_that_cannot_be_said_gives_its_reason_where_a_month_was_monitored():
    of = kpi(None, reason="Its unit *does not fit*.")
    silent, told = kpi_month(4, None, days=0.0), kpi_month(5, None, days=3.0)
    assert say.kpi_chart(KpiMonths(of, (silent, told))) == (r"Its unit \*does not fit\*\.")
    assert say.kpi_chart(KpiMonths(of, (silent,))) == "No month of it was monitored."
