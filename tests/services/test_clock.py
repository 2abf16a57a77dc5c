"""A clock that jumps, goes back or changes its hour moves no period and no order of batches."""

from datetime import datetime, timedelta

import pytest

from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.session.workspace import Workspace
from tests.services.test_imports import HEADER, put, stored

START = datetime(2024, 2, 28, 23, 30)
JUMPS = {
    "a day on and back": [timedelta(0), timedelta(days=1), timedelta(days=-1), timedelta(0)],
    "backwards all the time": [timedelta(hours=-i) for i in range(4)],
    "over a leap day": [timedelta(minutes=40 * i) for i in range(4)],
    "an hour twice": [timedelta(0), timedelta(hours=1), timedelta(0), timedelta(hours=1)],
}


@pytest.fixture(params=JUMPS)
def jumping(request, tmp_path, monkeypatch):
    """A store whose clock stands elsewhere at every import."""
    moments = [START + jump for jump in JUMPS[request.param]]
    clock = {"at": moments[0]}
    monkeypatch.setattr(Workspace, "now", lambda self: self.moment or clock["at"])
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    yield workspace, clock, moments
    workspace.close()


def test_batches_stay_in_order_and_periods_where_they_were(jumping):
    workspace, clock, moments = jumping
    for i, moment in enumerate(moments):
        clock["at"] = moment
        receipt = put(workspace, HEADER + f"m1,recall,2024-01-0{i + 1},0.{i + 1},\n")
        assert receipt.batch == f"B{i + 1:05d}"
        assert receipt.received_at == moment
    clock["at"] = moments[0]
    undoing.undo(workspace.acting_as("ada"), "shop", "B00002")
    days = [str(row["period_start"])[:10] for row in stored(workspace)]
    assert days == ["2024-01-01", "2024-01-03", "2024-01-04"]
    assert [e["seq"] for e in workspace.ledger.entries()] == [1, 2, 3, 4, 5]
    assert all(check.ok for check in backups.verify(workspace))
    for i in range(1, 5):  # the number of a batch tells the past whatever the clock did
        assert len(stored(workspace.as_of(f"B{i:05d}"))) == i


def test_a_row_from_the_future_is_refused_beyond_a_day(jumping):
    workspace, clock, moments = jumping
    for moment in moments:
        clock["at"] = moment
        within, beyond = (moment + timedelta(hours=h) for h in (23, 25))
        good = put(
            workspace, HEADER + f"m1,recall,{within:%Y-%m-%dT%H:%M:%SZ},0.5,\n", dry_run=True
        )
        assert good.rejects == []
        bad = put(workspace, HEADER + f"m1,recall,{beyond:%Y-%m-%dT%H:%M:%SZ},0.5,\n", dry_run=True)
        assert [r.code for r in bad.rejects] == ["out-of-range"]
