"""In whatever order and parts the same rows come, the tables and KPIs are the same."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.records import Status, record_of
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.monitored_shop import SHOP, in_use, kpi, planned

SOAK = int(os.environ.get("SOAK", "1"))
RESULTS = "model_id,metric,period_start,value,granularity,n\n"
LOG = "prediction_id,ts,model_id,y_pred\n"
LABELS = "prediction_id,y_true,label_ts\n"
ROWS = [
    *(("metric_results", f"m,wape,2024-07-{day:02},0.{20 + day},P1D,{100 + day}\n")
      for day in range(1, 9)),
    *(("prediction_log", f"p{i},2024-07-0{1 + i}T10:00:00Z,m,{i % 2}\n") for i in range(6)),
    *(("labels", f"p{i},{i % 3 % 2},2024-08-01\n") for i in range(8)),
]  # fmt: skip
HEADERS = {"metric_results": RESULTS, "prediction_log": LOG, "labels": LABELS}
# Told after all else: new values of what was told, each once.
RESTATED = [
    ("metric_results", "m,wape,2024-07-03,0.5,P1D,90\n"),
    ("labels", "p1,0,2024-09-01\n"),
]


def put(workspace, kind, rows):
    text = HEADERS[kind] + "".join(rows)
    receipt = imports.import_file(
        workspace.acting_as("ada"), SHOP, kind, "part.csv", text.encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status in (Status.COMMITTED, Status.DUPLICATE), receipt


def standing(workspace):
    with workspace.store.reader() as reader:
        tables = {kind: reader.table(record_of(kind), SHOP) for kind in HEADERS}
        by_segment = reader.rows(
            "log_by_segment", project=SHOP, model_id="m", model_version="", by="P1W",
            until=workspace.now(),
        )  # fmt: skip
    kpis = [
        {k: v for k, v in row.items() if k != "batches"}
        for row in portfolio_export.kpis_json(workspace, SHOP)
    ]
    return tables, by_segment, kpis, portfolio_export.health_json(workspace, SHOP)


def shop_told(parts):
    """What stands after these parts, each a kind with rows."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_recovered(Settings(data=Path(folder), demo=False))
        planned(workspace, "2024-08-06")
        in_use(workspace, "2024-07-01")
        kpi(workspace, "income", "higher")
        for kind, rows in parts:
            put(workspace, kind, rows)
        for kind, row in RESTATED:
            put(workspace, kind, [row])
        found = standing(workspace)
        workspace.close()
    return found


WHOLE = {}


def whole():
    if not WHOLE:
        WHOLE["it"] = shop_told([(kind, [row for k, row in ROWS if k == kind]) for kind in HEADERS])
    return WHOLE["it"]


@given(st.permutations(range(len(ROWS))), st.lists(st.integers(1, 6), min_size=22, max_size=22))
@settings(
    max_examples=6 * SOAK, derandomize=SOAK == 1, deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_any_order_and_partition_of_the_same_rows_stands_the_same(order, sizes):
    """Rows of one file keep their kind; some rows come twice, in two files."""
    parts, at = [], 0
    for size in sizes:
        chosen = [ROWS[i] for i in order[at : at + size]]
        again = [ROWS[i] for i in order[max(0, at - 1) : at]]  # told before, told again
        for kind in HEADERS:
            rows = [row for k, row in (*chosen, *again) if k == kind]
            if rows:
                parts.append((kind, rows))
        at += size
        if at >= len(ROWS):
            break
    parts += [(kind, [row for k, row in ROWS if k == kind]) for kind in HEADERS]
    assert shop_told(parts) == whole()
