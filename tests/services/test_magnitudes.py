"""No number is stored that cannot be computed with: in every column of every kind, on every way."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest

from mlpm_core.errors import InputError
from mlpm_core.quantity import LARGEST, Quantity, finite, said
from mlpm_core.records import KINDS, ColumnKind, columns, record_of
from mlpm_core.services.ingest import registers
from tests.intake_stored import Shelf, told_of

COUNTED = [
    (record.kind, column)
    for record in KINDS.values()
    for column in columns(record)
    if column.kind in (ColumnKind.NUMBER, ColumnKind.WHOLE)
]


def rows_with(kind, column, values):
    """The template's example row once for each value, told apart by the last name of its key."""
    header, row = csv.reader(io.StringIO(registers.template_csv(kind)))
    if column not in header:
        header, row = [*header, column], [*row, ""]
    own = (k for k in reversed(record_of(kind).key) if k in header and k != "project")
    key = next(own, "project")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for i, value in enumerate(values):
        cells = dict(zip(header, row, strict=True)) | {"metric": "mse", "definition": "x"}
        cells |= {column: value, key: f"x{i}"}
        writer.writerow([cells[name] for name in header])
    return out.getvalue().encode()


def faults(kind, column, values):
    shelf = Shelf()
    shelf.names = lambda _: {"triage-of-tickets", "ticket-triage", "triage"}
    texts = told_of(rows_with(kind, column, values), f"{kind}.csv", record_of(kind), stored=shelf)
    return {r.row: r.code for r in texts.receipt.rejects if r.column == column}


@pytest.mark.parametrize(("kind", "column"), COUNTED, ids=lambda x: getattr(x, "name", x))
def test_a_number_beyond_what_can_be_computed_with_is_refused_by_name(kind, column):
    values = ["1e37", "-1e37", "1e300", "-1.7e308", "1" + "0" * 40, "0" * 5000 + "1"]
    told = faults(kind, column.name, values)
    assert {told.get(row) for row in range(2, 7)} <= {"too-large", "out-of-range"}
    assert None not in {told.get(row) for row in range(2, 7)}
    assert 7 not in told or column.low is not None or column.high is not None
    at_most = [repr(column.largest), repr(np.nextafter(column.largest, np.inf).item())]
    if column.high is None and column.kind is ColumnKind.NUMBER:
        assert faults(kind, column.name, at_most) == {3: "too-large"}


def test_the_quick_way_of_long_columns_refuses_the_same_numbers():
    """A column in which most cells differ is read at once; no number slips through there."""
    values = [str(1 + i / 7) for i in range(5000)]
    assert faults("cost_log", "amount", values) == {}
    assert faults("cost_log", "amount", [*values, "1e19"]) == {5002: "too-large"}
    counts = [str(i) for i in range(1, 5001)]
    assert faults("metric_results", "n", counts) == {}
    assert faults("metric_results", "n", [*counts, "2000000000000000"]) == {5002: "too-large"}


def test_squares_may_be_larger_than_what_is_squared():
    assert faults("metric_results", "value", ["1e36"]) == {}
    assert faults("kpi_actuals", "sum_sq", ["1e36"]) == {}
    assert faults("kpi_actuals", "value", ["1e36"]) == {2: "too-large"}


@pytest.mark.parametrize(
    "text",
    ["1e300 to 1e308", "1e300 to 1e308 EUR", "1e19", "-1e19", "9e17k", "1 | 2 | 1e300",
     "triangular(0, 1, 1e300)", "normal(1e300, 1)", "normal(0, 1e300)", "lognormal(1e300, 1)",
     "lognormal(1, 1e5)", "lognormal(1, 1e300)", "samples(1, 1e300)", "1e-300 to 1e17",
     "1e999", "9" * 150, "1e-320 to 1e-310"],
)  # fmt: skip
def test_a_quantity_that_cannot_be_computed_with_is_refused_with_a_sentence(text):
    with pytest.raises(InputError, match=r"cannot be read as a quantity\. (The num|It is spread)"):
        Quantity.read(text, "money")


@pytest.mark.parametrize(
    "text", ["1e18", "-1e18", "1e-300", "0.000001 to 1000000000", "1 | 2 | 1e12", "5e14 to 1e18",
             "normal(0, 1e18)", "samples(-1e18, 1e18)", "1e17 to 1e18 EUR"],
)  # fmt: skip
def test_whatever_is_read_can_be_drawn_to_its_ends(text):
    ends = np.array([2.0**-31, 0.001, 0.5, 0.999, 1 - 2.0**-31])
    drawn = Quantity.read(text, "money").quantile(ends)
    assert (np.abs(drawn) <= 1e100).all()
    assert math.isfinite(float((drawn * drawn).sum()))


def test_shares_of_more_cases_than_can_be_counted_are_refused():
    with pytest.raises(InputError, match="counts 1e\\+15 cases at most"):
        Quantity.read("1/1e16", "1", low=0, high=1)
    told = Quantity.read("400000000000000/1e15", "1", low=0, high=1)
    assert told.quantile(np.array([0.05, 0.95])) == pytest.approx([0.4, 0.4], abs=1e-6)


def test_a_figure_that_is_no_number_is_not_told_as_one():
    assert [finite(x) for x in (1.0, math.inf, -math.inf, math.nan, None)] == [1.0, *[None] * 4]
    assert said(math.inf) == said(math.nan) == "no finite number"
    assert said(LARGEST) == "1e+18"
