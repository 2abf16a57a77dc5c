"""Models in use on a real store: limits, slots, signals and segments, and one health everywhere."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from mlpm_core.errors import NotFoundError
from mlpm_core.services.in_life.deployments import deployment, deployments
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.in_life.portfolio_export import health_json
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.monitored_shop import CASE, SHOP, in_use, planned, results, save
from tests.stores import copied

FIRST = date(2025, 1, 6)
TODAY = "2025-07-15"
N_WEEKS = 26
FAULT = 20


@pytest.fixture
def workspace(tmp_path, empty_folder):
    opened = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield opened
    opened.close()


def weeks(values, version="1"):
    return "\n".join(
        f"{FIRST + timedelta(weeks=i)},{value},P1W,final" for i, value in enumerate(values)
    )


def shop(workspace, last=0.24):
    """A champion whose error leaps for two weeks in the 21st, and ends as told."""
    planned(workspace, TODAY)
    in_use(workspace, "2025-01-06", model_version="1")
    values = [0.24, 0.245, 0.235, 0.24] * 6 + [0.24, last]
    values[FAULT] = values[FAULT + 1] = 0.5
    results(workspace, weeks(values), version="1", se="0.01")


def test_what_happened_since_when_and_is_it_over(workspace):
    shop(workspace)
    (watched,) = deployment(workspace, SHOP, "d").metrics
    (episode,) = watched.episodes
    assert episode.since.start.date() == FIRST + timedelta(weeks=FAULT)
    assert episode.noticed == episode.since
    assert episode.back is not None
    assert episode.back.start.date() == FIRST + timedelta(weeks=FAULT + 2)
    assert watched.centre == pytest.approx(0.24)


def test_a_calm_series_has_no_episode(workspace):
    planned(workspace, TODAY)
    in_use(workspace, "2025-01-06", model_version="1")
    results(workspace, weeks([0.24, 0.245, 0.235, 0.24] * 6), version="1", se="0.01")
    (watched,) = deployment(workspace, SHOP, "d").metrics
    assert watched.episodes == ()
    assert watched.marks == ()


def test_a_limit_makes_it_sick_on_every_screen_alike(workspace):
    shop(workspace, last=0.29)
    before = portfolio(workspace).lines[0].health
    save(workspace, "metric_limits", {"deployment_id": "d", "metric": "wape", "high": 0.26,
         "breach": "sick"})  # fmt: skip
    (line,) = deployments(workspace, None)
    assert line.health.health == "sick"
    assert "WAPE is 0.29, its limit at most 0.26" in line.health.reason
    assert before.health != line.health.health or before.reason != line.health.reason
    assert portfolio(workspace).lines[0].health == line.health
    (told,) = health_json(workspace, SHOP)
    assert (told["health"], told["reason"]) == (line.health.health, line.health.reason)


def test_a_challenger_is_judged_by_its_own_results_and_never_by_value(workspace):
    shop(workspace)
    save(workspace, "deployments", {"deployment_id": "c", "model_id": "m", "model_version": "2",
         "slot": "challenger", "value_case_id": CASE, "from_on": "2025-06-02"})  # fmt: skip
    save(workspace, "metric_limits", {"deployment_id": "c", "metric": "wape", "high": 0.26})
    results(workspace, "2025-07-07,0.4,P1W,final", version="2", name="two.csv", se="0.01")
    lines = {x.deployment_id: x for x in deployments(workspace, SHOP)}
    assert lines["c"].health.health == "watch"
    assert lines["c"].gap is None
    assert lines["c"].value is None
    assert lines["c"].days_in_slot == 44
    assert lines["d"].health.health == "healthy"
    view = deployment(workspace, SHOP, "c")
    assert view.rates == ()
    assert [x.slot for x in view.slots] == ["champion", "challenger"]


def test_results_without_a_deployment_are_in_life_too(workspace):
    planned(workspace, TODAY)
    results(workspace, weeks([0.24] * 14), se="0.01")
    (line,) = deployments(workspace, SHOP)
    assert line.deployment_id == f"case:{CASE}"
    assert not line.is_recorded
    assert deployment(workspace, SHOP, line.deployment_id).rates
    with pytest.raises(NotFoundError, match="deployment"):
        deployment(workspace, SHOP, "nobody")


def logged(workspace, shares):
    """100 requests a week, of which so many about e-bikes; one in five of those is wrong."""
    head = "prediction_id,ts,model_id,model_version,y_pred,y_true,segment\n"
    rows = []
    for week, share in enumerate(shares):
        for i in range(100):
            is_e_bike = i < share
            right = "gears" if is_e_bike and i % 5 == 0 else "motor"
            at = datetime(2025, 1, 6, 9) + timedelta(weeks=week, minutes=i)
            segment = "e-bike" if is_e_bike else "bike"
            rows.append(f"w{week}-{i},{at.isoformat()},m,1,motor,{right},{segment}\n")
    receipt = imports.import_file(
        workspace.acting_as("test"),
        SHOP,
        "prediction_log",
        "log.csv",
        (head + "".join(rows)).encode(),
    )
    assert receipt.status == "committed", receipt.rejects


def test_a_log_tells_which_group_grew_and_where_the_model_errs(workspace):
    shop(workspace)
    logged(workspace, [10] * 12 + [10, 10, 20, 30, 40, 40])
    (told,) = deployment(workspace, SHOP, "d").segments
    assert [s.name for s in told.segments] == ["bike", "e-bike"]
    assert told.measure == "error share"
    assert told.drift is not None
    assert told.drift.is_drift
    assert told.drifted_since is not None
    # 10 to 20 % is a PSI of .1 ln 2 + .1 ln(9/8) = .081, 10 to 30 % one of .27
    assert told.drifted_since.start.date() == FIRST + timedelta(weeks=15)
    assert told.move is not None
    assert (told.move.before, told.move.now) == (0.1, 0.4)
    assert told.move.error == pytest.approx(0.2)
    assert told.move.error_of_others == 0


def test_the_same_mix_has_not_drifted(workspace):
    shop(workspace)
    logged(workspace, [10, 12, 9, 11] * 4)
    (told,) = deployment(workspace, SHOP, "d").segments
    assert told.drift is not None
    assert not told.drift.is_drift
    assert told.drifted_since is None
