"""A page of a large register is found among few rows, and is the one that sorting all would give.

What is few is said to be few from the first row on, so that all of it is seen at small stores.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.records import Status, columns, record_of
from mlpm_core.services.ingest import imports, registers, undo
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.registers import PageRequest
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Reader, places
from tests.monitored_shop import SHOP, clock, save

N_ROWS = 400
KINDS = ("prediction_log", "metric_results", "kpi_actuals", "cost_log", "models")
SMALL, LARGE = 10**9, 0


def put(workspace, kind, head, lines, *, project=SHOP):
    """A file that is stored whole."""
    profile = Profile(restatement="confirm", new_model="new", look_alike="new")
    receipt = imports.import_file(
        workspace.acting_as("test"), project, kind, f"{kind}.csv",
        "\n".join([head, *lines, ""]).encode(), profile=profile,
    )  # fmt: skip
    assert receipt.status is Status.COMMITTED, receipt
    return receipt.batch


def predictions(luck, start):
    for i in range(start, start + N_ROWS):
        ts = datetime(2026, 1, 1) + timedelta(hours=luck.randrange(200))
        yield (
            f"{luck.choice('abc')}{i:05},{ts:%Y-%m-%dT%H:%MZ},m{luck.randrange(3)},"
            f"{luck.choice(['', '0.1', '0.95'])},{luck.choice('01')},{luck.choice(['', '0', '1'])},"
            f"{luck.choice(['', '1.0', '2.0'])},{luck.choice(['', '', 'bike', 'Part'])}"
        )


LOG = "prediction_id,ts,model_id,y_pred_proba,y_pred,y_true,model_version,segment"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Registers with rows that were replaced, undone and archived, and a neighbour."""
    luck = random.Random(7)
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("large"), demo=False))
    clock(workspace, "2026-06-30")
    save(
        workspace, "models",
        *({"model_id": f"m{i}", "purpose": "early", "archived": i % 4 == 3} for i in range(40)),
    )  # fmt: skip
    put(workspace, "prediction_log", LOG, predictions(luck, 0))
    put(workspace, "prediction_log", LOG, predictions(luck, 0), project="neighbour")
    put(
        workspace, "metric_results", "model_id,metric,period_start,granularity,value,n,note",
        (
            f"m{i % 3},{('recall', 'precision')[i % 2]},2026-0{1 + i % 5}-{1 + i % 27:02},P1D,"
            f"0.{i % 50 + 10},{i % 7 or ''},{('', 'late')[i % 3 == 1]}"
            for i in range(0, 135)
        ),
    )  # fmt: skip
    save(
        workspace, "cost_log",
        *(
            {
                "model_id": f"m{i % 3}", "cost_type": ("training", "inference")[i % 2],
                "item": f"i{i}", "amount": i % 9, "period_start": f"2026-01-{1 + i % 20:02}",
                "period_end": "2026-01-31", "is_estimate": i % 5 == 0,
            }
            for i in range(120)
        ),
    )  # fmt: skip
    save(
        workspace, "kpis",
        {"kpi_id": "k", "title": "Orders", "dimension": "customer_experience", "unit": "1",
         "direction": "higher", "baseline": 1, "target": 2},
    )  # fmt: skip
    save(
        workspace, "kpi_actuals",
        *(
            {
                "kpi_id": "k", "period_start": f"2026-01-{1 + i % 28:02}T{i // 28:02}:00:00",
                "granularity": "PT1H", "value": i % 11,
            }
            for i in range(200)
        ),
    )  # fmt: skip
    was = workspace.version
    put(workspace, "prediction_log", LOG, predictions(luck, N_ROWS // 2))
    taken_back = put(workspace, "prediction_log", LOG, predictions(luck, N_ROWS // 4))
    undo.undo(workspace.acting_as("test"), SHOP, taken_back)
    yield workspace, workspace.as_of(f"B{was:05}")
    workspace.close()


@pytest.fixture(scope="module")
def held(shop):
    """Every row of each kind, now and then, as the plain question gives them."""
    rows = {
        (when, kind): registers.records(workspace, SHOP, kind)
        for when, workspace in zip(("now", "then"), shop, strict=True)
        for kind in KINDS
    }
    return lambda when, kind: rows[when, kind]


def as_python_takes_them(record, rows, asked):
    """Rows of a register, filtered and sorted by hand."""
    found = [
        row
        for row in rows
        if (asked.with_archived or not row.get("archived"))
        and any(
            asked.find.lower() in (cell := written(row[c.name])).lower() or cell in asked.words
            for c in columns(record)
        )
    ]
    found.sort(key=lambda row: [row[k] for k in record.key])
    if by := asked.order_by:
        filled = [row for row in found if row[by] not in ("", None)]
        filled.sort(key=lambda row: row[by], reverse=asked.is_descending)
        found = filled + [row for row in found if row[by] in ("", None)]
    return found


def written(value):
    """A cell as it is looked into."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@st.composite
def requests(draw):
    kind = draw(st.sampled_from(KINDS))
    names = [c.name for c in columns(record_of(kind)) if c.name != "project"]
    return kind, PageRequest(
        first=draw(st.integers(0, 620)),
        n=draw(st.sampled_from([1, 7, 100, 300, 700])),
        find=draw(st.sampled_from(["", "", "", "b0", "M1", "late", "bike", "0.9", "2026-01-0"])),
        words=draw(st.sampled_from([(), ("m2",), ("Part", "1.0")])),
        order_by=draw(st.sampled_from(["", *names])),
        is_descending=draw(st.booleans()),
        with_archived=draw(st.booleans()),
    )


@example(
    asked=("prediction_log", PageRequest(first=90, order_by="segment")), when="now", above=False
)
@example(asked=("prediction_log", PageRequest(n=700, order_by="segment")), when="now", above=False)
@example(
    asked=("metric_results", PageRequest(first=40, order_by="n", is_descending=True)),
    when="now",
    above=False,
)
@settings(max_examples=250, deadline=None)
@given(asked=requests(), when=st.sampled_from(["now", "now", "then"]), above=st.booleans())
def test_a_page_is_the_one_that_sorting_all_gives(shop, held, asked, when, above):
    kind, request = asked
    every = held(when, kind)
    expected = as_python_takes_them(record_of(kind), every, request)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(places, "NARROWED_ABOVE", SMALL if above else LARGE)
        page = registers.page(shop[when == "then"], SHOP, kind, request)
    assert list(page.rows) == expected[request.first : request.first + request.n]
    assert page.n_found == len(expected)
    assert page.n_all == len(every)
    assert page.n_archived == sum(bool(row.get("archived")) for row in every)


@pytest.mark.parametrize("when", [0, 1], ids=["now", "then"])
@pytest.mark.parametrize("last", [1, 50, 399, 400, 401, 5000])
@pytest.mark.parametrize("kind", ["prediction_log", "models"])
def test_the_newest_versions_are_those_of_the_newest_batches(shop, kind, last, when, monkeypatch):
    monkeypatch.setattr(places, "NARROWED_ABOVE", LARGE)
    every = registers.history(shop[when], SHOP, kind)
    key = record_of(kind).key
    every.sort(key=lambda row: [row[k] for k in key])
    every.sort(key=lambda row: row["batch"], reverse=True)
    assert registers.history(shop[when], SHOP, kind, last=last) == every[:last]


def test_of_few_rows_no_more_is_asked_and_of_many_the_keys_are_narrowed_first(shop, monkeypatch):
    """A page of a large log is looked for below its own model, day or segment."""
    asked, rows = [], Reader._rows

    def noted(reader, sql, parameters):
        asked.append((sql, dict(parameters)))
        return rows(reader, sql, parameters)

    def questions(**request):
        asked.clear()
        registers.page(shop[0], SHOP, "prediction_log", PageRequest(n=10, **request))
        return asked

    monkeypatch.setattr(Reader, "_rows", noted)
    assert [len(questions(order_by=by)) for by in ("", "ts", "segment")] == [2, 2, 2]
    monkeypatch.setattr(places, "NARROWED_ABOVE", LARGE)
    (_, _), (sql, bound) = questions()
    assert '"model_id" = $low_1 ORDER BY "prediction_id" LIMIT' in sql
    assert bound == {"project": SHOP, "low_1": "m0"}
    *_, (sql, bound) = questions(order_by="ts")
    assert '"ts" >= $low_1 AND "ts" < $low_1 + INTERVAL 1 DAY ORDER BY "ts"' in sql
    *_, (sql, bound) = questions(order_by="segment", is_descending=True)
    assert '"segment" = $low_1 AND "model_id" = $low_2 ORDER BY "prediction_id" LIMIT' in sql
    assert (len(asked), bound["low_1"]) == (3, "bike")
    *_, (sql, _) = questions(first=N_ROWS, order_by="prediction_id")
    assert 'ORDER BY "prediction_id" DESC, "model_id" DESC LIMIT' in sql  # from the nearer end
