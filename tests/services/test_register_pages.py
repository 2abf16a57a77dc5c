"""A register is read a page at a time: what is asked for, in the order asked for, and no more."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlpm_core.errors import NotFoundError
from mlpm_core.intake import Profile
from mlpm_core.records import columns, record_of
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.registers import PageRequest
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Reader
from tests.monitored_shop import SHOP, clock, save

PURPOSES = ["late trains", "Bäume", "50 % off", "under_score", "", "Trains", "o'clock; DROP"]
ROWS = [
    {"model_id": f"m{i:03d}", "purpose": PURPOSES[i % len(PURPOSES)], "archived": i % 10 == 0}
    for i in range(250)
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("pages"), demo=False))
    clock(workspace, "2026-06-30")
    save(workspace, "models", *ROWS)
    yield workspace
    workspace.close()


def page(workspace, kind="models", **asked):
    return registers.page(workspace, SHOP, kind, PageRequest(**asked))


def ids(found):
    return [row["model_id"] for row in found.rows]


def test_the_first_page_has_the_first_hundred_that_are_not_archived(shop):
    found = page(shop)
    assert ids(found) == [r["model_id"] for r in ROWS if not r["archived"]][:100]
    assert (found.n_found, found.n_all, found.n_archived) == (225, 250, 25)


def test_every_row_stands_on_one_page(shop):
    pages = [page(shop, first=at, with_archived=True) for at in (0, 100, 200, 300)]
    assert [len(p.rows) for p in pages] == [100, 100, 50, 0]
    assert [i for p in pages for i in ids(p)] == [r["model_id"] for r in ROWS]


@example(find="", order_by="purpose", is_descending=False, with_archived=True)
@settings(max_examples=40, deadline=None)
@given(
    find=st.sampled_from(["", "train", "TRAIN", "ä", "%", "_", "'", "m01", "no such", "true"]),
    order_by=st.sampled_from(["", "purpose", "model_id", "archived", "nonsense; --"]),
    is_descending=st.booleans(),
    with_archived=st.booleans(),
)
def test_a_page_is_what_python_would_take_of_the_rows(
    shop, find, order_by, is_descending, with_archived
):
    """What is written is text: no wild card, no quote, no command."""
    asked = {
        "find": find, "order_by": order_by, "is_descending": is_descending,
        "with_archived": with_archived,
    }  # fmt: skip
    found = page(shop, n=300, **asked)

    def cells(row):
        return "\x1f".join([SHOP, row["model_id"], row["purpose"], str(row["archived"])]).lower()

    rows = [r for r in ROWS if with_archived or not r["archived"]]
    expected = sorted((r for r in rows if find.lower() in cells(r)), key=lambda r: r["model_id"])
    if order_by in ("purpose", "model_id", "archived"):  # equal ones stay in the order of their key
        expected.sort(key=lambda r: r[order_by], reverse=is_descending)
        expected.sort(key=lambda r: r[order_by] == "")  # empty ones come last, whatever the way
    assert ids(found) == [r["model_id"] for r in expected]
    assert found.n_found == len(expected)


def test_a_register_without_an_archive_has_pages_too(shop):
    found = page(shop, "metric_results")
    assert (found.rows, found.n_found, found.n_all, found.n_pages) == ((), 0, 0, 1)


def test_an_unknown_kind_is_said(shop):
    with pytest.raises(NotFoundError):
        page(shop, "nonsense")


def test_the_newest_versions_come_first(shop):
    save(shop, "models", ROWS[3] | {"purpose": "newer"})
    save(shop, "models", ROWS[3] | {"purpose": "newest"})
    newest = registers.history(shop, SHOP, "models", last=2)
    assert [row["purpose"] for row in newest] == ["newest", "newer"]
    whole = registers.history(shop, SHOP, "models")
    assert len(whole) == len(ROWS) + 2
    save(shop, "models", ROWS[3])


def test_a_record_is_found_by_the_parts_of_its_key(shop):
    found = registers.named(shop, SHOP, "models", ["m003"])
    assert (found["model_id"], found["purpose"]) == ("m003", ROWS[3]["purpose"])
    assert registers.named(shop, SHOP, "models", ["no such"]) is None
    assert registers.named(shop, SHOP, "models", ["m003", "more"]) is None
    key = ["m", "1", "recall", "no moment", "P1W", "", "", ""]
    assert registers.named(shop, SHOP, "metric_results", key) is None


@pytest.fixture(scope="module")
def costs(shop):
    spent = {"model_id": "m003", "cost_type": "training", "amount": 3}
    days = {"period_start": "2026-01-01", "period_end": "2026-01-31"}
    save(shop, "cost_log", {**spent, **days, "item": "a"})
    save(shop, "cost_log", {**spent, **days, "item": "c", "is_estimate": True})
    return ["m003", "2026-01-01", "2026-01-31", "training"]


@pytest.mark.parametrize(
    ("item", "is_estimate", "is_there"),
    [
        ("a", "False", True), ("c", "True", True), ("a", "True", False), ("c", "False", False),
        *(("c", odd, False) for odd in ("maybe", "", "1", "yes", "\0", "None", "2026-01-01")),
    ],
)  # fmt: skip
def test_a_flag_of_a_key_is_its_own_word_and_no_other(shop, costs, item, is_estimate, is_there):
    found = registers.named(shop, SHOP, "cost_log", [*costs, item, is_estimate])
    assert (found is not None) == is_there


def test_a_stored_word_is_found_for_what_a_screen_calls_it(shop):
    found = page(shop, find="no such text", words=("Trains", "nothing"), n=300)
    assert {row["purpose"] for row in found.rows} == {"Trains"}
    assert page(shop, find="no such text").rows == ()


CELLS = "model_id,metric,period_start,value,n,ci_low,ci_high,note\n" + "".join(
    f"m{i % 3},recall,2024-0{1 + i % 9}-{1 + i % 28:02d},{0.5 + i / 1000},{100 * i},0.{i % 4},1,"
    f"Note {i % 7}-e\n"
    for i in range(1, 60)
)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("cells"), demo=False))
    receipt = imports.import_file(
        workspace.acting_as("ada"), SHOP, "metric_results", "r.csv", CELLS.encode(),
        profile=Profile(new_model="new"),
    )  # fmt: skip
    assert receipt.stored == 59
    yield workspace
    workspace.close()


@settings(max_examples=60, deadline=None)
@given(
    find=st.sampled_from(
        ["0.5", "1e", "-e", "E", "2024-03", "00:00", "m1", "5", "note 3", "-", " "]
    ),
    words=st.lists(
        st.sampled_from(["m2", "recall", "0.51", "true", "Note 1-e", "1000"]), max_size=2
    ),
)
def test_a_text_is_found_in_cells_of_every_kind(results, find, words):
    """Numbers, days and moments as they are written, of which most texts can be no part."""
    record = record_of("metric_results")
    cells = [f'CAST("{c.name}" AS VARCHAR)' for c in columns(record)]
    with results.store.reader() as reader:
        expected = reader._rows(
            f"SELECT line FROM metric_results_current WHERE "
            f"contains(lower(concat_ws(chr(31), {', '.join(cells)})), lower($find)) "
            f"OR list_has_any([{', '.join(cells)}], $words::VARCHAR[]) ORDER BY ALL",
            {"find": find, "words": words},
        )
    found = page(results, "metric_results", find=find, words=tuple(words))
    assert found.n_found == len(expected) == len(found.rows)


def test_a_page_asks_three_questions_at_most_and_reads_no_cell_of_other_rows(results, monkeypatch):
    asked, rows = [], Reader._rows

    def noted(reader, sql, parameters):
        asked.append(sql)
        return rows(reader, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", noted)
    page(results, "metric_results")
    assert len(asked) == 2
    page(results, "metric_results", find="m1", order_by="value")
    assert len(asked) == 5
    places = asked[-1][asked[-1].index("SEMI JOIN") :]
    assert '"note"' not in places.partition(" WHERE ")[0]
    page(results, "metric_results", find="no such", words=("m9",))
    assert len(asked) == 7  # nothing was found, so nothing is read
