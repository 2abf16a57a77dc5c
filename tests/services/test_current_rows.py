"""What holds is noted on the rows; it is what a window over all versions gives, now and then.

The rules are written once more in Python (`Expected`), and held against both ways of reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, ColumnKind, MetricResult, Model, Project, Receipt, columns
from mlpm_core.services.admin import backups
from mlpm_core.services.ingest import batches
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Store, Writer, cursor
from mlpm_core.store.schema import quoted
from tests.services.test_imports import HEADER, put, stored, values

NOW = 2**62
CONFIRMED = Profile(restatement="confirm")
REGISTERED = [(Project, "shop"), (Model, "a"), (Model, "b")]
SAMPLE = {
    ColumnKind.NUMBER: 1.0, ColumnKind.WHOLE: 1, ColumnKind.DAY: date(2026, 1, 5),
    ColumnKind.MOMENT: datetime(2026, 1, 5), ColumnKind.FLAG: False,
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("current") / "mlpm.duckdb")
    yield store
    store.close()


def cells(record, name):
    """A row of a kind with a name in its key."""
    row = {c.name: SAMPLE.get(c.kind, "") for c in columns(record)}
    row |= {c.name: min(row[c.name], c.high) for c in columns(record) if c.high is not None}
    row["project"] = "shop"
    named = next(k for k in reversed(record.key) if row[k] in ("", "shop"))
    return row | {named: name}


@dataclass(frozen=True)
class Batch:
    seq: int
    undoes: int | None
    record: type
    rows: dict  # record -> {name: line}


class Expected:
    """The batches so far, and what holds by the rules: the latest row of a batch in force."""

    def __init__(self, seen=()):
        self.batches = list(seen)

    def current(self, record, until=NOW):
        """The batch and line by which each name holds."""
        seen = [b for b in self.batches if b.seq <= until]
        undone = {b.undoes for b in seen}
        latest = {}
        for b in seen:
            if b.seq not in undone:
                latest |= {n: (b.seq, line) for n, line in b.rows.get(record, {}).items()}
        return latest

    def in_force(self):
        undone = {b.undoes for b in self.batches}
        return [b for b in self.batches if b.seq not in undone]

    def undo_counts(self, b):
        """How many names of a batch hold by it, go back to a row before, and hold by a later."""
        names = {n for n, line in b.rows.get(b.record, {}).items() if line}
        own = {n for n in names if self.current(b.record)[n][0] == b.seq}
        others = Expected(other for other in self.batches if other is not b)
        again = own & others.current(b.record).keys()
        return len(own), len(again), len(names - own)


def add(writer, expected, record, names, n_registered):
    """Add a batch of a kind as an import does: first its rows, in two parts, and then itself."""
    seq = len(expected.batches) + 1
    rows = register(writer, expected, seq, n_registered, without=record)
    lines = {name: 2 + i for i, name in enumerate(names)}
    for part in (names[:2], names[2:]):
        table = pa.Table.from_pylist([cells(record, name) for name in part])
        writer.append_table(record, seq, [lines[name] for name in part], table)
    writer.replace(record, seq)
    close(writer, expected, Batch(seq, None, record, rows | {record: lines}))


def take_back(writer, expected, undone, n_registered):
    """Undo a batch; what would be lost with it may be registered again."""
    seq = len(expected.batches) + 1
    close(writer, expected, Batch(seq, undone.seq, undone.record, {}))
    expected.batches[-1].rows.update(register(writer, expected, seq, n_registered))


def register(writer, expected, seq, n, without=None):
    rows = {}
    for record, name in REGISTERED[:n]:
        if record is not without and name not in expected.current(record):
            writer.append(record, seq, [cells(record, name)])
            rows.setdefault(record, {})[name] = 0
    return rows


def close(writer, expected, b):
    done = Receipt(
        status="committed", batch=batches.name_of(b.seq), project="shop", kind=b.record.kind,
        sha256="0" * 64, actor="test", received_at=datetime(2026, 6, 30, 12),
    )  # fmt: skip
    batches.add(writer, b.seq, done, "http", undoes=b.undoes)
    expected.batches.append(b)


def shown(reader, record):
    """What the view of a kind says, by name."""
    named = next(k for k in reversed(record.key) if cells(record, "x")[k] == "x")
    rows = reader._rows(
        f"SELECT {quoted(named)} AS name, batch_seq, line FROM {quoted(record.kind + '_current')}",
        {},
    )
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"]: (row["batch_seq"], row["line"]) for row in rows}


def check(writer, expected, record):
    for each in {record, Model, Project}:
        assert shown(writer, each) == expected.current(each)
    writer.is_of_the_past = True  # the views themselves are asked, not what they say of now
    try:
        assert shown(writer, record) == expected.current(record)
        for until in (NOW, *range(len(expected.batches))):
            writer._cursor.execute(f"SET VARIABLE known_until = {until}")
            assert shown(writer, record) == expected.current(record, until)
    finally:
        writer._cursor.execute("RESET VARIABLE known_until")
        writer.is_of_the_past = False
    assert writer.wrong_notes() == {}


NAMES = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True)
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add", "undo", "undo"]), NAMES, st.integers(0, 3),
              st.integers(0, 9)),
    min_size=2, max_size=8,
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=3)
@given(steps=STEPS)
def test_what_is_noted_is_what_a_window_over_all_versions_gives(store, kind, steps):
    holds_after(store, KINDS[kind], steps)


@settings(max_examples=150)
@given(kind=st.sampled_from(sorted(KINDS)), steps=STEPS)
def test_what_is_noted_of_any_kind_is_what_a_window_gives(store, kind, steps):
    holds_after(store, KINDS[kind], steps)


def holds_after(store, record, steps):
    """After any imports, corrections, undos and undos of undos, and at every moment before."""
    with store.writer(keep=False) as writer:
        expected = Expected()
        for what, names, n_registered, which in steps:
            in_force = expected.in_force()
            if what == "add" or not in_force:
                add(writer, expected, record, names, n_registered)
            else:
                undone = in_force[which % len(in_force)]
                if undone.undoes is None:
                    counts = writer.undo_counts(undone.record, undone.seq)
                    assert counts == expected.undo_counts(undone)
                take_back(writer, expected, undone, n_registered)
        check(writer, expected, record)


@pytest.mark.parametrize("kind", KINDS)
def test_no_version_that_was_replaced_is_compared_to_know_what_holds(store, kind):
    with store.reader() as reader:
        reader.is_of_the_past = True
        plan = f"EXPLAIN SELECT * FROM {quoted(kind + '_current')} WHERE project = 'shop'"
        (now,) = reader._rows(plan, {})
        assert "WINDOW" not in now["explain_value"]
        reader._cursor.execute("SET VARIABLE known_until = 1")
        (then,) = reader._rows(plan, {})
        assert "WINDOW" in then["explain_value"]


@pytest.fixture
def noted(monkeypatch):
    """How many notes were written since it was asked last."""
    counts, execute = [], Writer.execute

    def counted(writer, sql, **parameters):
        execute(writer, sql, **parameters)
        if "SET replaced_by" in sql:
            counts.append(writer._cursor.fetchone()[0])

    def asked():
        n = sum(counts)
        counts.clear()
        return n

    monkeypatch.setattr(Writer, "execute", counted)
    return asked


def test_only_rows_that_are_replaced_or_released_are_written(workspace, noted):
    """However many rows a batch has, its undo writes a number."""
    lines = [f"m1,recall,2024-01-{day:02d},0.8,\n" for day in range(1, 29)]
    first = put(workspace, HEADER + "".join(lines))
    assert noted() == 0
    corrected = HEADER + "".join(line.replace("0.8", "0.7") for line in lines[:2])
    second = put(workspace, corrected, profile=CONFIRMED)
    assert noted() == 2
    undo(workspace.acting_as("ada"), "shop", second.batch)
    assert noted() == 2
    undo(workspace.acting_as("ada"), "shop", first.batch)
    assert noted() == 0
    assert values(workspace) == {}


@pytest.mark.parametrize("sql", [
    "UPDATE metric_results SET replaced_by = 1 WHERE line = 2",
    "UPDATE metric_results SET replaced_by = NULL",
])  # fmt: skip
def test_a_wrong_note_is_found_said_and_put_right(workspace, sql):
    for value in ("0.8", "0.7"):
        put(workspace, HEADER + f"m1,recall,2024-01-01,{value},\nm2,recall,2024-01-01,0.6,\n",
            profile=CONFIRMED)  # fmt: skip
    was = stored(workspace)
    with workspace.store.writer() as writer:
        writer.execute(sql)
    assert stored(workspace) != was
    failed = [c for c in backups.verify(workspace) if not c.ok]
    assert [c.name for c in failed] == ["current rows"]
    assert failed[0].detail.startswith("2 of monitoring results told another batch")
    assert stored(workspace) == was
    assert all(c.ok for c in backups.verify(workspace))


@pytest.mark.parametrize("n", [1, 2, 5, 1000])
def test_notes_and_contents_are_read_in_portions_of_any_size(workspace, monkeypatch, n):
    """What is sorted at once is bounded, and what is found is the same."""
    rows = [f"m{i},recall,2024-01-{1 + i:02},0.{i + 1},\n" for i in range(8)]
    put(workspace, HEADER + "".join(rows))
    for row in rows[:3]:
        put(workspace, HEADER + row.replace("0.", "0.0"), profile=CONFIRMED)
    with workspace.store.reader() as reader:
        whole = reader.contents()
        monkeypatch.setattr(cursor, "ROW_GROUP", n)
        monkeypatch.setattr(cursor, "_SORTED_AT_ONCE", n)
        assert reader.contents() == whole
        assert reader.contents(1) == {1: whole[1]}
        assert reader.wrong_notes() == {}
    with workspace.store.writer(keep=False) as writer:
        writer.execute("UPDATE metric_results SET replaced_by = NULL WHERE batch_seq = 1")
        assert writer.wrong_notes() == {MetricResult: 3}


def test_a_backup_with_wrong_notes_is_restored_with_right_ones(workspace, tmp_path):
    put(workspace, HEADER + "m1,recall,2024-01-01,0.8,\n")
    was = stored(workspace)
    with workspace.store.writer() as writer:
        writer.execute("UPDATE metric_results SET replaced_by = 1")
    path, _ = backups.backup(workspace, tmp_path / "out")
    to = Settings(data=tmp_path / "restored", demo=False)
    to.data.mkdir()
    assert all(check.ok for check in backups.restore(to, path))
    restored = open_recovered(to)
    assert stored(restored) == was
    restored.close()
