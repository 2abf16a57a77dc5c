"""What is told from the distinct values of a column says the same as a look at every row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from mlpm_core.intake.columns.rows import are_among, values_in
from mlpm_core.records import Model
from mlpm_core.store import BatchContent
from mlpm_core.store.content import _MANY

NAMES = ["a", None, "b", "", "a", "c"]


@pytest.mark.parametrize("is_coded", [False, True])
def test_names_are_found_alike_in_every_form_and_cut_of_a_column(is_coded: bool) -> None:
    column = pa.array(NAMES)
    column = column.dictionary_encode() if is_coded else column
    for chunks in ([column], [column[:2], column[2:2], column[2:]]):
        whole = pa.chunked_array(chunks)
        assert are_among(whole, {"a", ""}).tolist() == [n in ("a", "") for n in NAMES]
        assert not are_among(whole, {"d"}).any()
        assert {"a", "b", "c", ""} <= values_in(whole) <= {None, "a", "b", "c", ""}


def test_a_column_without_rows_has_no_names() -> None:
    empty = pa.chunked_array([], pa.string())
    assert len(are_among(empty, {"a"})) == 0
    assert values_in(empty) == set()


def test_the_hash_of_many_rows_is_that_of_their_pieces() -> None:
    n = _MANY + 5
    rows = pa.table({"project": ["p"] * n, "model_id": [f"m{i}" for i in range(n)]})
    lines = pa.array(np.arange(2, n + 2))
    whole, pieces = BatchContent(), BatchContent()
    whole.add(Model, lines, rows)
    for start in range(0, n, 20_000):
        pieces.add(Model, lines.slice(start, 20_000), rows.slice(start, 20_000))
    assert whole.hexdigest() == pieces.hexdigest()


def test_the_hash_does_not_depend_on_pieces_without_rows() -> None:
    words = pa.array(["", ""]).dictionary_encode()
    none = pa.array(["x"]).dictionary_encode()[:0]
    of_pieces, whole = BatchContent(), BatchContent()
    for content, owner in ((of_pieces, pa.chunked_array([none, words])), (whole, words)):
        rows = pa.table({"project": ["p", "p"], "model_id": ["a", "b"], "owner": owner})
        content.add(Model, pa.array([2, 3]), rows)
    assert of_pieces.hexdigest() == whole.hexdigest()
