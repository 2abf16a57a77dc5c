"""Predictions in memory, grouped by what their counts tell apart; see `log_counts`.

What comes in with a file is at hand, so that its counts need not be read from the store again. It
is looked at in small pieces: a long column of numbers at once costs more in memory than in sums.
"""

from __future__ import annotations

from itertools import accumulate
from math import prod
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.store.log_counts import CLASSES, N_BINS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlpm_core.store.log_counts import CountTable

_PIECE: Final = 1 << 16
_MOST_GROUPS: Final = 1 << 21
_DAY: Final = 86_400 * 10**6  # in microseconds


def groups_of(predictions: pa.Table) -> dict[str, pa.Table]:
    """Predictions grouped for each table of counts, by its name; see `grouped`."""
    by_table = {table.name: grouped(table, predictions) for table in TABLES}
    return {name: groups for name, groups in by_table.items() if groups is not None}


def grouped(table: CountTable, predictions: pa.Table) -> pa.Table | None:
    """Predictions by all that a table counts by, with their number and what is summed of them.

    Parameters
    ----------
    table : CountTable
    predictions : pyarrow.Table
        At least one, with the columns of the record.

    Returns
    -------
    pyarrow.Table, optional
        One row per group, with a list of its bins where a table has any, from which
        `log_counts.rollup_of_groups` makes the rows to store; None where a text of theirs is not
        told by its place in a dictionary, or groups would be too many.

    Examples
    --------
    >>> from mlpm_core.store.log_counts import SCORES
    >>> texts = {name: [""] * 3 for name in ("project", "model_id", "model_version", "decision")}
    >>> texts |= {"segment": ["a", "a", "b"], "y_pred": ["1", "1", "0"], "y_true": ["1", "1", ""]}
    >>> log = pa.table(
    ...     {name: pa.array(cells).dictionary_encode() for name, cells in texts.items()}
    ...     | {"ts": pa.array([0, 5, 5], pa.timestamp("us")), "y_pred_proba": [0.75, 0.75, None]}
    ... )
    >>> grouped(CLASSES, log).select(["y_pred", "n", "n_followed"]).to_pylist()
    [{'y_pred': '1', 'n': 2, 'n_followed': 2.0}, {'y_pred': '0', 'n': 1, 'n_followed': 1.0}]
    >>> row = grouped(SCORES, log).to_pylist()[0]
    >>> row["y_true"], [(b["score_bin"], b["n"], b["sum_p"]) for b in row["bins"]]
    ('1', [(75, 2, 1.5)])
    """
    of_scores = table is not CLASSES
    names = [name for name in table.keys if name not in ("day", "score_bin")]
    needed = [*names, "ts", "y_pred_proba" if of_scores else "decision"]
    whole = predictions.select(needed).combine_chunks()
    columns = {name: whole.column(name).chunk(0) for name in needed}
    texts = {
        name: column for name, column in columns.items() if pa.types.is_dictionary(column.type)
    }
    are_coded = len(texts) == len(needed) - (2 if of_scores else 1)  # all but moments and scores
    if not are_coded or any(column.null_count for column in texts.values()):
        return None
    moments = columns["ts"].cast(pa.int64())
    first, last = (moment // _DAY for moment in pc.min_max(moments).as_py().values())
    sizes = {"day": last - first + 1} | {name: len(texts[name].dictionary) for name in names}
    if of_scores:
        sizes |= {"y_true": sizes["y_true"] + 1, "score_bin": N_BINS + 1}  # the last ones: none
    n_groups = prod(sizes.values())
    if n_groups > _MOST_GROUPS:
        return None
    summed = table.sums if of_scores else ("n_followed",)
    n, sums = np.zeros(n_groups, dtype=np.int64), np.zeros((len(summed), n_groups))
    for start in range(0, len(moments), _PIECE):
        piece = {name: column.slice(start, _PIECE) for name, column in columns.items()}
        codes = {name: piece[name].indices.to_numpy().astype(np.int64) for name in names}
        codes["day"] = moments.slice(start, _PIECE).to_numpy() // _DAY - first
        if of_scores:
            score, codes["score_bin"] = _binned(piece["y_pred_proba"])
            codes["y_true"][codes["score_bin"] == N_BINS] = sizes["y_true"] - 1
            weights = [*accumulate([score] * len(summed), np.multiply)]
        else:
            weights = [_followed(piece["decision"], piece["y_pred"])]
        group = np.ravel_multi_index([codes[name] for name in sizes], tuple(sizes.values()))
        low, high = int(group.min()), int(group.max()) + 1
        group -= low
        n[low:high] += np.bincount(group, minlength=high - low)
        for total, weight in zip(sums, weights, strict=True):
            total[low:high] += np.bincount(group, weight, high - low)
    is_there = np.flatnonzero(n)
    counts = {"n": n[is_there]} | {
        name: total[is_there] for name, total in zip(summed, sums, strict=True)
    }
    if of_scores:
        row, bins = np.divmod(is_there, N_BINS + 1)
        begins = np.flatnonzero(np.diff(row, prepend=-1))
        counts = {"bins": _bins_of_rows(begins, np.where(bins == N_BINS, -1, bins), counts)}
        is_there = is_there[begins]
    at = dict(zip(sizes, np.unravel_index(is_there, tuple(sizes.values())), strict=True))
    keys: dict[str, pa.Array] = {name: _texts(texts[name].dictionary, at[name]) for name in names}
    keys["day"] = pa.array((at["day"] + first).astype(np.int32)).cast(pa.date32())
    return pa.table(keys | counts)


def _bins_of_rows(
    begins: np.ndarray[Any, Any], bins: np.ndarray[Any, Any], counts: Mapping[str, Any]
) -> pa.ListArray:
    """Bins with their counts as lists, by where the list of each row begins."""
    columns = {"score_bin": bins.astype(np.int32)} | {**counts}
    of_bin = pa.StructArray.from_arrays([*map(pa.array, columns.values())], [*columns])
    return pa.ListArray.from_arrays(np.append(begins, len(bins)).astype(np.int32), of_bin)


def _binned(column: pa.Array) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Scores and the bin of each; 0 and one beyond the last bin where there is none."""
    given = column.cast(pa.float64()).fill_null(-1.0).to_numpy()
    has_bin = (given >= 0) & (given <= 1)
    score = np.where(has_bin, given, 0.0)
    bins = np.floor(np.floor(score * 1000) / 10).astype(np.int64)
    return score, np.where(has_bin, np.minimum(bins, N_BINS - 1), N_BINS)


def _followed(decision: pa.DictionaryArray, y_pred: pa.DictionaryArray) -> np.ndarray[Any, Any]:
    """1 where what was predicted was done, or nothing else is known to have been; else 0."""
    done = decision.dictionary
    is_unknown = pc.equal(done, "").to_numpy(zero_copy_only=False)
    of_prediction = pc.index_in(done, y_pred.dictionary).fill_null(-1).to_numpy()
    at = decision.indices.to_numpy()
    is_followed = is_unknown[at] | (of_prediction[at] == y_pred.indices.to_numpy())
    return np.asarray(is_followed, dtype=np.float64)


def _texts(dictionary: pa.Array, places: np.ndarray[Any, Any]) -> pa.DictionaryArray:
    """Texts by their places in a dictionary, of which the one beyond its end is none."""
    indices = pa.array(places.astype(np.int32), mask=places == len(dictionary))
    return pa.DictionaryArray.from_arrays(indices, dictionary)
