"""A small file neither unpacks to much nor is looked at for long: time grows with it alone.

What a reader may take is bounded in seconds of processor time and bytes, so that a careless one is
stopped instead of waited for; how its work grows is counted in calls.
"""

from __future__ import annotations

import sys
import tracemalloc
import zlib
from dataclasses import replace
from datetime import datetime

import pytest

from mlpm_core.intake import Bounds, ImportRequest, Limits, ParserSandbox, Profile, Refusal, read
from mlpm_core.intake.files import unpack
from mlpm_core.intake.files.detect import text_of
from mlpm_core.records import MetricResult
from tests import bombs

NOW = datetime(2026, 6, 30)
PROCESSOR = Bounds(memory=3 * 2**30, cpu_seconds=15, wall_seconds=600)
XLSX, PARQUET, GZIP = "r.xlsx", "r.parquet", "r.csv.gz"


def asked(data, name, **limits):
    return ImportRequest(
        data, name, "metric_results", "p", NOW,
        Profile(hidden_rows="skip"), Limits(**limits),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("recipe", "n", "name", "codes"),
    [
        (bombs.error_cells, 20_000, XLSX, set()),
        (bombs.open_rows, 100_000, XLSX, {"wrong-type"}),
        (bombs.long_tag, 20_000_000, XLSX, {"wrong-type"}),
        (bombs.far_cell, 0, XLSX, {"limit-size"}),
        (bombs.no_cell, 0, XLSX, {"wrong-type"}),
        (bombs.hidden_columns, 100_000, XLSX, {"missing-column", "empty-file"}),
        (bombs.many_sheets, 50_000, XLSX, {"limit-size"}),
        (bombs.shared_text, 20_000, XLSX, {"limit-size"}),
        (bombs.empty_members, 300_000, GZIP, {"wrong-type"}),
        (bombs.repeated_text, 100_000, PARQUET, {"limit-size"}),
        (bombs.merged_keys, 40, "README", {"missing-column"}),
        (bombs.repeated_results, 20_000, "README", {"limit-rows"}),
        (bombs.long_number, 300_000, "README", {"not-a-number", "missing-column"}),
        (bombs.missing_cells, 50_000, "r.csv", {"limit-columns"}),
        (bombs.nearly_rows, 50_000, "r.csv", {"limit-cell"}),
        (bombs.delimiters, 50_000_000, "r.csv", {"limit-columns"}),
        (bombs.delimiters_below, 50_000_000, "r.csv", {"extra-cell"}),
        (bombs.nested, 3_000_000, "r.json", {"wrong-type"}),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_a_bomb_is_refused_or_read_within_seconds_of_processor_time(recipe, n, name, codes):
    with ParserSandbox(PROCESSOR) as cage:
        try:
            found = cage.read(asked(recipe(n), name))
            said = {r.code for r in found.faults.rejects}
        except Refusal as refusal:
            said = {r.code for r in refusal.rejects} | {q.code for q in refusal.questions}
    assert said <= codes | {"not-told", "no-rows"}
    assert bool(said) == bool(codes)


@pytest.mark.parametrize(
    ("recipe", "n", "name"),
    [
        (bombs.zeros, 300 * 2**20, GZIP),
        (bombs.shared_text, 2_000, XLSX),
        (bombs.wide_rows, 100_000, XLSX),
        (bombs.repeated_text, 5_000, PARQUET),
        (bombs.prefixed_text, 5_000, PARQUET),
        (bombs.repeated_numbers, 20_000, PARQUET),
        (bombs.small_footer, 0, PARQUET),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_what_comes_out_is_counted_whatever_is_said_of_its_size(recipe, n, name):
    """Under a limit of 8 MB nothing much larger is ever held, and the refusal says which limit."""
    data, most = recipe(n), 8 * 2**20
    assert len(data) < 2**20
    tracemalloc.start()
    with pytest.raises(Refusal) as refused:
        text_of(data, name, MetricResult, Profile(), Limits(file_bytes=most), lambda _: False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (reject,) = refused.value.rejects
    assert reject.code == "limit-size"
    assert "the limit is 8 MB" in reject.message
    assert peak < 6 * most


def test_a_record_of_a_high_number_costs_no_more_than_another():
    """Numbers of records tell columns apart, so that one of few lines can be in the millions."""
    request = replace(
        asked(bombs.far_value(100_000), "r.csv"), profile=Profile(period_columns="yes")
    )
    with ParserSandbox(PROCESSOR) as cage:
        cage.read(request)
        tracemalloc.start()
        found = cage.read(request)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert found.rows.of.tolist() == [0]
    assert found.row_in_words(0) == "100002 (column 2005-10)"
    assert found.faults.lines[0] > 10**7
    assert peak < 2**20


CALLED = [
    (bombs.error_cells, 2_000, XLSX),
    (bombs.hidden_columns, 2_000, XLSX),
    (bombs.many_sheets, 100, XLSX),
    (bombs.shared_text, 300, XLSX),
    (bombs.wide_rows, 1_000, XLSX),
    (bombs.empty_members, 2_000, GZIP),
    (bombs.repeated_numbers, 1_000, PARQUET),
    (bombs.row_groups, 500, PARQUET),
    (bombs.repeated_results, 1_000, "README"),
    (bombs.long_number, 2_000, "README"),
    (bombs.missing_cells, 1_000, "r.csv"),
    (bombs.open_quotes, 1_000, "r.csv"),
    (bombs.nearly_rows, 300, "r.csv"),
    (bombs.same_metrics, 1_000, "r.json"),
]


def calls_of(data, name):
    """How many functions reading a file calls, those of C among them."""
    n_calls = 0

    def count(_, event, __):
        nonlocal n_calls
        n_calls += event in ("call", "c_call")

    request = asked(data, name, rows=10**7, columns=10**7)
    sys.setprofile(count)
    try:
        read(request)
    except Refusal:
        pass
    finally:
        sys.setprofile(None)
    return n_calls


@pytest.mark.parametrize(("recipe", "n", "name"), CALLED, ids=lambda x: getattr(x, "__name__", ""))
def test_twice_the_file_is_at_most_twice_the_work(recipe, n, name):
    calls_of(recipe(10), name)  # imports and tables that are made once
    least, one, two = (calls_of(recipe(k), name) for k in (n // 2, n, 2 * n))
    assert two - one <= 2.2 * max(one - least, 1000), (least, one, two)


def test_what_lies_behind_a_small_member_is_not_copied_for_it(monkeypatch):
    """Bytes handed to the unpacker and back, for a file and for one twice as long."""

    unpacker = zlib.decompressobj

    def copied(n):
        n_bytes = 0

        class Counted:
            def __init__(self, wbits):
                self._stream = unpacker(wbits)

            def __getattr__(self, name):
                return getattr(self._stream, name)

            def decompress(self, data, most):
                nonlocal n_bytes
                out = self._stream.decompress(data, most)
                n_bytes += len(data) + len(out) + len(self._stream.unused_data)
                return out

        with monkeypatch.context() as patched:
            patched.setattr(unpack.zlib, "decompressobj", lambda wbits: Counted(wbits))
            unpack.unpacked_gzip(bombs.empty_members(n), GZIP, Limits())
        return n_bytes

    one, two = copied(2_000), copied(4_000)
    assert two <= 2.1 * one
    assert two <= 40 * len(bombs.empty_members(4_000))
