"""Everything as of a past moment: reports of then come out as they did then."""

from datetime import datetime, timedelta

import pytest

from mlpm_core.errors import InputError, NotFoundError, StoreError
from mlpm_core.intake import Profile
from mlpm_core.services.admin import exports
from mlpm_core.services.in_life import deployments, portfolio_export
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest import undo as undoing
from tests.monitored_shop import SHOP, WEEKS, in_use, kpi, planned, results
from tests.services.test_imports import HEADER, TWO, put, values


def standing(workspace):
    """All that reports are made of."""
    return (
        registers.projects(workspace),
        portfolio_export.kpis_json(workspace, None),
        portfolio_export.health_json(workspace, None),
        repr(deployments.deployments(workspace, None)),
        {kind: registers.records(workspace, SHOP, kind) for kind in ("models", "kpis")},
        registers.history(workspace, SHOP, "metric_results"),
    )


def test_after_every_batch_the_past_is_told_as_it_was_told_then(workspace):
    planned(workspace, "2024-08-06")
    in_use(workspace, "2024-07-01")
    kpi(workspace, "income", "higher")
    told = {}

    def note():
        told[f"B{workspace.version:05d}"] = standing(workspace)

    note()
    for i, line in enumerate(WEEKS.split()):
        results(workspace, line, name=f"{i}.csv")
        note()
    results(workspace, "2024-07-22,0.29,P1W,final", name="again.csv")
    note()
    undoing.undo(workspace.acting_as("ben"), SHOP, f"B{workspace.version:05d}")
    note()
    undoing.undo(workspace.acting_as("ben"), SHOP, f"B{workspace.version - 3:05d}")
    note()
    assert len({repr(t[1:4]) for t in told.values()}) >= 5
    for batch, then in told.items():
        past = workspace.as_of(batch)
        assert standing(past) == then, batch
        assert past.version == int(batch[1:])
    assert standing(workspace) == told[f"B{workspace.version:05d}"]


def test_a_day_counts_to_its_end_and_a_moment_to_the_second(workspace):
    put(workspace, TWO)
    put(workspace, HEADER + "m1,recall,2024-01-01,0.1,\n", profile=Profile(restatement="confirm"))
    now = workspace.now()
    yesterday = (now - timedelta(days=1)).date()
    assert values(workspace.as_of(f"{now:%Y-%m-%d}")) == values(workspace)
    assert values(workspace.as_of(f"{yesterday}")) == {}
    assert workspace.as_of(f"{yesterday}").moment == datetime.combine(
        now.date(), datetime.min.time()
    ) - timedelta(microseconds=1)
    with workspace.store.reader() as reader:
        first = reader.rows("batch_moment", batch="B00001")[0]["received_at"]
    then = workspace.as_of(first.isoformat())
    assert values(then)["m1", "2024-01-01"] == 0.8
    assert values(workspace.as_of(f"{first.isoformat()}+00:00")) == values(then)


def test_the_past_cannot_be_changed(workspace):
    put(workspace, TWO)
    past = workspace.as_of("B00001")
    receipt = put(past, HEADER + "m9,recall,2024-01-01,0.1,\n")
    assert receipt.status == "failed"
    assert "go back to now" in receipt.rejects[0].message
    with pytest.raises(StoreError, match="past moment"):
        undoing.undo(past.acting_as("ben"), "shop", "B00001")
    assert workspace.version == 1


@pytest.mark.parametrize("when", ["", "yesterday", "2024-13-01", "B1", "B00009"])
def test_what_is_no_moment_is_told(workspace, when):
    with pytest.raises((InputError, NotFoundError)):
        workspace.as_of(when)


def test_a_table_is_exported_as_of_a_batch(workspace, client):
    put(workspace, TWO)
    undoing.undo(workspace.acting_as("ben"), "shop", "B00001")
    put(workspace, TWO.replace("m2", "m3"))
    past = workspace.as_of("B00001")
    told = exports.export(past.acting_as("ada"), "shop", "metric_results", "csv")
    assert told.n_rows == 2
    assert b"m2" in told.data
    assert told.as_of == past.moment.replace(microsecond=0)
    for key in ("as_of", "known"):  # the former name keeps working
        answer = client.get(f"/api/v1/projects/shop/export?table=metric_results&{key}=B00001")
        assert answer.content == told.data
    assert client.get("/api/v1/kpis?known=never").status_code == 422
    assert client.get("/api/v1/projects?known=B00009").status_code == 404
