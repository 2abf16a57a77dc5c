"""Parquet files, turned into text batch by batch and counted on the way out.

A column of lists, records or bytes is read as an empty one: no cell could hold it, and a log may
carry its features so.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.files.parquet_pages import pages_of
from mlpm_core.intake.files.text_of_rows import TextOfRows, Unpacked, over_limit, size, span_of
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlpm_core.intake.profile import Limits

_ROWS_EACH: Final = 1 << 16


def unpacked_parquet(
    data: bytes, filename: str, limits: Limits, *, is_replay: bool = False
) -> Unpacked:
    """The table of a Parquet file.

    Raises
    ------
    Refusal
        When it is damaged or too large.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        meta = parquet.ParquetFile(pa.BufferReader(data)).metadata
        _check_limits(meta, limits)
        schema = meta.schema.to_arrow_schema()
        n_rows, prefixed = _looked_through(data, meta, limits)
        # Text that repeats is told apart and not written out until it is known to fit.
        texts = [f.name for f in schema if _is_text(f.type) and f.name not in prefixed]
        file = parquet.ParquetFile(pa.BufferReader(data), read_dictionary=texts)
        return _as_text(file, n_rows, limits, _as_before if is_replay else _as_strings)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Refusal.of("wrong-type", file=filename, type="a damaged Parquet file") from error


def _check_limits(meta: Any, limits: Limits) -> None:  # noqa: ANN401  Arrow has no types
    """What the footer says is within the limits; what the pages say comes later."""
    n_bytes = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    if n_bytes > limits.file_bytes:
        raise Refusal.of("limit-size", got=size(n_bytes), limit=size(limits.file_bytes))
    if meta.num_rows > limits.rows:
        raise Refusal.of("limit-rows", limit=limits.rows)
    if meta.num_columns > limits.columns:
        raise Refusal.of("limit-columns", got=meta.num_columns, limit=limits.columns)


def _looked_through(data: bytes, meta: Any, limits: Limits) -> tuple[int, set[str]]:  # noqa: ANN401
    """How many rows may be unpacked together, and the columns whose values repeat each other.

    A value that begins like the one before may be as long as all of its page.
    """
    n_bytes, largest = 0, 1
    prefixed = set()
    for page in pages_of(data, meta):
        n_bytes += page.n_bytes
        if n_bytes > limits.file_bytes:
            raise over_limit(limits.file_bytes)
        if page.n_values > limits.rows:
            raise Refusal.of("limit-rows", limit=limits.rows)
        if page.is_prefixed:
            prefixed.add(meta.schema.column(page.column).path)
            largest = max(largest, page.n_bytes)
    return max(1, min(_ROWS_EACH, limits.file_bytes // largest)), prefixed


def _as_text(
    file: Any,  # noqa: ANN401
    n_rows_each: int,
    limits: Limits,
    as_strings: Callable[[Any], Any],
) -> Unpacked:
    import pyarrow as pa
    from pyarrow import csv

    names = list(file.schema_arrow.names)
    fits = [not _is_more_than_a_cell(f.type) for f in file.schema_arrow]
    read = None if all(fits) else [n for n, is_read in zip(names, fits, strict=True) if is_read]
    text = TextOfRows(limits.file_bytes)
    text.add_lines(1, 1, _csv(pa.table([[] for _ in names], names=names), csv, has_header=True))
    row = 2
    for batch in file.iter_batches(batch_size=n_rows_each, columns=read):
        if row + batch.num_rows - 2 > limits.rows:
            raise Refusal.of("limit-rows", limit=limits.rows)
        text.expect(sum(_n_bytes(column) for column in batch.columns))
        filled, empty = iter(batch.columns), pa.nulls(batch.num_rows, pa.string())
        columns = [as_strings(next(filled)) if is_read else empty for is_read in fits]
        if any(_is_taken_apart(column) for column in columns):
            cells = [[x or "" for x in column.to_pylist()] for column in columns]
            for i, one in enumerate(zip(*cells, strict=True)):
                text.add(row + i, one)
        else:
            table = pa.table(columns, names=names)
            text.add_lines(row, batch.num_rows, _csv(table, csv, has_header=False))
        row += batch.num_rows
    return text.unpacked()


def _csv(table: Any, csv: Any, *, has_header: bool) -> bytes:  # noqa: ANN401
    out = io.BytesIO()
    options = csv.WriteOptions(
        include_header=has_header, quoting_style="needed", batch_size=_ROWS_EACH
    )
    csv.write_csv(table, out, options)
    return out.getvalue()


def _n_bytes(column: Any) -> int:  # noqa: ANN401
    """How many bytes a column is at least once its text is written down."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
        lengths = compute.binary_length(column.dictionary)
        return int(compute.sum(lengths.take(column.indices)).as_py() or 0)
    if _is_text(column.type):
        return int(compute.sum(compute.binary_length(column)).as_py() or 0)
    return 0


def _as_strings(column: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):  # in its own zone, whose midnight begins a day
        offset = {None: "", "UTC": "Z"}.get(column.type.tz, "%z")
        return compute.strftime(column, format=f"%Y-%m-%dT%H:%M:%S{offset}")
    if pa.types.is_duration(column.type):
        spans = column.cast(pa.duration("us"), safe=False).to_pylist()
        return pa.array([None if x is None else span_of(x) for x in spans], pa.string())
    return column.cast(pa.string())


def _as_before(column: Any) -> Any:  # noqa: ANN401
    """A column as it was read when files were stored that are read again: the clock of its zone."""
    import pyarrow as pa
    from pyarrow import compute

    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        return compute.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    return column.cast(pa.string()) if pa.types.is_duration(column.type) else _as_strings(column)


def _is_text(kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_more_than_a_cell(kind: Any) -> bool:  # noqa: ANN401
    import pyarrow as pa

    return bool(
        pa.types.is_nested(kind)
        or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )  # fmt: skip


def _is_taken_apart(column: Any) -> bool:  # noqa: ANN401
    """Whether cells hold line ends, or apostrophes that may stand before a formula."""
    from pyarrow import compute

    flags = compute.match_substring_regex(column, "[\r\n]|(?:^|[^A-Za-z])'")
    return bool(compute.any(flags).as_py())
