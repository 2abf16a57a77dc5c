"""What is said of the model that was decided: every word, and each day at which it changes."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.records import Deployment, Project, Slot, ValueCase
from mlpm_core.services.evaluate import decided_models as service
from mlpm_core.services.evaluate.decided_models import DecidedModels, Realised
from mlpm_core.services.evaluate.views import Range
from mlpm_core.services.valuation.now import Stretch
from tests.by_hand import TODAY, WEEK, case, record, worth

BEFORE, FIRST, LAST = date(2026, 5, 1), date(2026, 6, 1), date(2026, 6, 29)
VALUE = case(worth(1.0), worth(5.0), as_of=WEEK)
NET = Range(5.0, -5.0, 15.0, "EUR/year")


class Records:
    """A reader with one value case and these deployments."""

    def __init__(self, cases, deployments):
        self.by_kind = {"value_cases": cases, "deployments": deployments}

    def current(self, record, project):
        return self.by_kind[record.kind]


def deployment(name, from_on=FIRST, to_on=None, **more):
    of = {
        "deployment_id": name, "value_case_id": "orders", "model_id": "m", "model_version": "1",
        "slot": Slot.CHAMPION, "from_on": from_on, "to_on": to_on,
    }  # fmt: skip
    return record(Deployment, of | more)


def decided(**more):
    return {"value_case_id": "orders", "chosen": "1", "model_id": "", "model_version": "",
            "decided_on": FIRST} | more  # fmt: skip


@pytest.fixture
def models(monkeypatch):
    """What is realised of some deployments, today; the value of each is that of its version."""

    def made(*deployments, title="Orders", today=TODAY, values=None, monitored=()):
        cases = [record(ValueCase, value_case_id="orders", title=title, model_id="m")]

        def valued(reader, project, row, last_on, *, deployment):
            asked.append((deployment.deployment_id, deployment.model_version, last_on))
            return (values or {}).get(deployment.deployment_id, VALUE)

        asked = []
        monkeypatch.setattr(service, "valued_case", valued)
        monkeypatch.setattr(service, "monitored_periods", lambda _, __, d, *more: d in monitored)
        monkeypatch.setattr(service, "mechanism_of_case", lambda *_: None)
        found = DecidedModels(
            Records(cases, list(deployments)), record(Project, project="shop"), today
        )
        found.asked = asked
        return found

    return made


@pytest.mark.parametrize(
    ("title", "shown"), [("Orders", "Orders"), ("", "orders"), (None, "orders")]
)
def test_a_case_without_a_title_goes_by_its_id(models, title, shown):
    assert models(title=title).title("orders") == shown
    assert models().title("lost") == "lost"


def test_nothing_is_claimed_of_none_and_of_a_lost_case(models):
    of = models(deployment("d"))
    assert of.realised(decided(value_case_id="lost")) == Realised(
        reason="Its value case no longer exists."
    )
    assert of.realised(decided(chosen="none")) == Realised(
        reason="No candidate was adopted, so no value is expected from one.",
        instead="m 1 is in use now, since 1 Jun 2026.",
    )


def test_what_was_realised_says_its_periods(models):
    assert models(deployment("d")).realised(decided()) == Realised(NET, WEEK, "", "")
    weeks = case(worth(1.0), worth(5.0), as_of=WEEK, rests_on=Stretch(WEEK, WEEK, 4))
    level = models(deployment("d"), values={"d": weeks}).realised(decided())
    assert level == Realised(NET, Stretch(WEEK, WEEK, 4))
    assert level.when is not None
    assert level.when.when == "in the 4 weeks to 21 Jun 2026"
    assert (Realised().reason, Realised().instead, Realised().when) == ("", "", None)


@pytest.mark.parametrize(
    ("value", "from_on", "to_on", "reason"),
    [
        (case(worth(1.0)), FIRST, None, "In use since 1 Jun 2026; there are no results yet."),
        (case(worth(1.0)), None, None, "In use; there are no results yet."),
        (case(worth(1.0)), FIRST, LAST,
         "In use until 29 Jun 2026; there are no results yet."),
        (case(problem="No price.", as_of=WEEK), FIRST, None,
         "In use since 1 Jun 2026; no value can be computed from its results: No price."),
        (VALUE, date(2026, 6, 22), None,
         "In use since 22 Jun 2026; there are no results yet."),
    ],
)  # fmt: skip
def test_why_nothing_can_be_said_of_a_model_in_use(models, value, from_on, to_on, reason):
    """The week from 15 June ends when the 22nd begins: it says nothing of what began then."""
    of = models(deployment("d", from_on, to_on), values={"d": value})
    assert of.realised(decided()) == Realised(reason=reason)


def test_a_week_that_reaches_into_its_use_tells_of_it(models):
    of = models(deployment("d", date(2026, 6, 21)))
    assert of.realised(decided()).value == NET


def test_a_start_to_come_is_told_by_the_first_of_several(models):
    first, second = date(2026, 7, 1), date(2026, 8, 1)
    of = models(deployment("a", second), deployment("b", first))
    assert of.realised(decided()).reason == "Not deployed yet; it goes into use on 1 Jul 2026."
    assert models(deployment("a", TODAY)).realised(decided()).value is None
    assert models(deployment("a", TODAY)).realised(decided()).reason.startswith("In use since")
    assert models().realised(decided()).reason == "Not deployed yet."


def test_of_several_the_one_in_use_then_the_latest_is_valued(models):
    """The last day of use is a day of use."""
    ended, runs = deployment("ended", LAST, LAST), deployment("runs", FIRST)
    later = deployment("later", date(2026, 6, 10))
    of = models(ended, later, runs)
    of.realised(decided())
    assert of.asked == [("later", "1", TODAY)]
    of = models(deployment("z", FIRST, TODAY), deployment("a", date(2026, 6, 2), LAST))
    assert of.realised(decided()).instead == ""
    assert of.asked == [("z", "1", TODAY)]
    without = deployment("without", None)
    of = models(deployment("old", FIRST), without)
    of.realised(decided())
    assert of.asked == [("without", "1", TODAY)]
    both = models(deployment("a"), deployment("b"))
    both.realised(decided())
    assert both.asked == [("b", "1", TODAY)]


def test_what_ended_on_the_day_of_the_decision_was_still_decided(models):
    on_the_day = deployment("d", BEFORE, FIRST)
    assert models(on_the_day).realised(decided()).reason != "Not deployed yet."
    day_before = deployment("d", BEFORE, date(2026, 5, 31))
    assert models(day_before).realised(decided()).reason == "Not deployed yet."


def test_what_is_in_use_instead_is_the_newest(models):
    """The decided one ended; two others run, the one of today among them."""
    of = models(
        deployment("d", BEFORE, LAST),
        deployment("o", FIRST, model_version="2"),
        deployment("n", TODAY, model_version="3"),
    )
    assert of.realised(decided()).instead == "m 3 is in use now, since 30 Jun 2026."
    assert of.realised(decided(chosen="none")).instead == "m 3 is in use now, since 30 Jun 2026."
    last_day = models(
        deployment("d", BEFORE, LAST), deployment("o", FIRST, TODAY, model_version="2")
    )
    assert last_day.realised(decided()).instead == "m 2 is in use now, since 1 Jun 2026."


def test_a_model_without_a_deployment_stands_for_its_case_while_it_reports(models):
    as_if = service.as_if_deployed("m")
    of_version = as_if.model_copy(update={"model_version": "1"})
    of = models(monitored=(as_if, of_version))
    assert of.versions("orders") == [("m", "")]
    assert of.realised(decided()) == Realised(NET, WEEK)
    assert of.asked == [("", "1", TODAY)]
    assert models().versions("orders") == []
    assert models().versions("lost") == []
