"""scikit-learn's report by class and its confusion matrix, as tables and as printed.

Each becomes the object that ``classification_report(output_dict=True)`` gives, so that one reader
and one question serve them all.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.files.report_parts import Json

_FIELDS: Final = ("precision", "recall", "f1-score", "support")
_PRINTED: Final = re.compile(r"\s*precision\s+recall\s+f1-score\s+support\s*")
_LINE: Final = re.compile(r"\s*(?P<name>\S.*?)\s\s+(?P<cells>[0-9.]+(?:\s+[0-9.]+)*)\s*")
_NUMBER: Final = re.compile(r"[0-9]+(?:[.,][0-9]*)?(?:[eE][+-]?[0-9]+)?")
_PREDICTED: Final = re.compile(r"\b(?:predicted|pred|predictions?|vorhergesagt|vorhersage)\b", re.I)
_ACTUAL: Final = re.compile(r"\b(?:actual|true|truth|observed|real|tats\u00e4chlich|ist)\b", re.I)
_SIDES: Final = re.compile(f"{_PREDICTED.pattern}|{_ACTUAL.pattern}", re.I)
_SIDES_OF_CORNER: Final = ("rows", "columns")
_BESIDE: Final = re.compile(r"\b(?:class|label|is|=)\b|[:=_()\[\]]", re.I)
_MOST: Final = 60  # classes
_LARGEST: Final = 1 << 14  # bytes
_NAMELESS: Final = frozenset({"", "class", "label", "klasse", "index", "unnamed: 0"})


def report_of_classes(data: bytes) -> Json | None:
    """The report by class, or the confusion matrix, that a small file is; None when it is none."""
    if len(data) > _LARGEST:
        return None
    text = data.decode("utf-8-sig", "replace").strip("\r\n")
    delimiter = max(",;\t|", key=text.partition("\n")[0].count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row
        ]
    except csv.Error:
        return None
    if len({len(row) for row in rows}) != 1:
        return printed_report(text)
    return printed_report(text) or tabled_report(rows) or matrix_report(rows)


def printed_report(text: str) -> Json | None:
    r"""A report as scikit-learn prints it; None when the text is none.

    Examples
    --------
    >>> printed_report("   precision  recall  f1-score  support\n\n  no   0.9  0.8  0.85  40\n"
    ...                "  yes  0.5  0.6  0.55  9\n\naccuracy    0.76  49\n")["yes"]["support"]
    '9'
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines or _PRINTED.fullmatch(lines[0]) is None or len(lines) > _MOST:
        return None
    report: Json = {}
    for line in lines[1:]:
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        cells = match["cells"].split()
        if len(cells) == len(_FIELDS):
            report[match["name"]] = dict(zip(_FIELDS, cells, strict=True))
        elif cells:
            report[match["name"]] = cells[0]
    return report or None


def tabled_report(rows: Sequence[Sequence[str]]) -> Json | None:
    """A report that a data frame was saved as, a class a row or a class a column; else None.

    Examples
    --------
    >>> report = tabled_report([["", "precision", "recall", "f1-score", "support"],
    ...     ["no", "0.9", "0.8", "0.85", "40.0"], ["accuracy", "0.76", "0.76", "0.76", "0.76"]])
    >>> report["no"]["recall"], report["accuracy"]
    ('0.8', '0.76')
    """
    if not rows or not rows[0] or rows[0][0].strip().lower() not in _NAMELESS:
        return None
    table = [[cell.strip() for cell in row] for row in rows]
    if {row[0].lower() for row in table[1:]} >= set(_FIELDS):
        table = [list(column) for column in zip(*table, strict=True)]
    names = [name.lower() for name in table[0]]
    if not set(names) >= set(_FIELDS) or len(table) > _MOST:
        return None
    at = {name: names.index(name) for name in _FIELDS}
    report: Json = {}
    for row in table[1:]:
        cells = {name: row[j] for name, j in at.items()}
        is_one = row[0].lower() == "accuracy" or not cells["precision"]
        report[row[0]] = cells["f1-score"] if is_one else cells
    return report


def matrix_report(rows: Sequence[Sequence[str]]) -> Json | None:
    """The report that a confusion matrix makes, whose names say which side was predicted.

    Examples
    --------
    >>> report = matrix_report([["", "Predicted 0", "Predicted 1"], ["Actual 0", "900", "50"],
    ...                         ["Actual 1", "20", "80"]])
    >>> report["1"]["recall"], report["1"]["support"], report["accuracy"]
    ('0.8', '100', '0.9333333333333333')
    >>> matrix_report([["", "no", "yes"], ["no", "900", "50"], ["yes", "20", "80"]]) is None
    True
    """
    size = len(rows) - 1
    if not 1 < size <= _MOST or any(len(row) != size + 1 for row in rows):
        return None
    above, beside = rows[0][1:], [row[0] for row in rows[1:]]
    if not all(_NUMBER.fullmatch(cell.strip()) for row in rows[1:] for cell in row[1:]):
        return None
    counts = [[float(cell.replace(",", ".")) for cell in row[1:]] for row in rows[1:]]
    is_turned = all(map(_ACTUAL.search, above)) and all(map(_PREDICTED.search, beside))
    if not is_turned and not (
        all(map(_PREDICTED.search, above)) and all(map(_ACTUAL.search, beside))
    ):
        words = [match[0] for match in re.finditer(_SIDES, rows[0][0])]
        if len(words) != len(_SIDES_OF_CORNER) or bool(_ACTUAL.fullmatch(words[0])) == bool(
            _ACTUAL.fullmatch(words[1])
        ):
            return None
        is_turned = bool(_PREDICTED.fullmatch(words[0]))  # what is said first are the rows
    if is_turned:
        counts = [list(column) for column in zip(*counts, strict=True)]
        above, beside = beside, above
    names = [_class(name) for name in beside]
    total = sum(map(sum, counts))
    if names != [_class(name) for name in above] or not total or not _are_counts(counts):
        return None
    report: Json = {}
    for i, name in enumerate(names):
        hits, actual = counts[i][i], sum(counts[i])
        flagged = sum(row[i] for row in counts)
        report[name] = {
            "precision": repr(hits / flagged) if flagged else "",
            "recall": repr(hits / actual) if actual else "",
            "support": f"{actual:.0f}",
        }
    report["accuracy"] = repr(sum(counts[i][i] for i in range(size)) / total)
    report["macro avg"] = {"support": f"{total:.0f}"}
    return report


def _class(name: str) -> str:
    bare = _ACTUAL.sub("", _PREDICTED.sub("", name)) if len(name.split()) > 1 else name
    return _BESIDE.sub(" ", bare).strip() or name.strip()


def _are_counts(counts: Sequence[Sequence[float]]) -> bool:
    return all(n.is_integer() for row in counts for n in row)
