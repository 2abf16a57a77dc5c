"""Values that stand with their error in one cell: 0.81 ± 0.02, 0.81 (0.02), 0.81 [0.79, 0.83].

An interval may also have a column of its own, such as "95% CI".
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.rows import Rows
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.files.statistic_names import interval_level
from mlpm_core.intake.files.table import DictionaryColumn
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.period_columns import in_rows, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.files.table import Table
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

_LONGEST: Final = 80  # characters of a cell
_MARKS: Final = ("(", "[", "\u00b1", "+", "\\pm")
_FIRST: Final = 200  # cells of a long column that are looked at
_LOOKED_AT: Final = 20  # rows
_ERROR: Final = r"[0-9]*[.,]?[0-9]+(?:[eE][+-]?[0-9]+)?(?:[ \u00a0\u202f]?%)?"
_PART: Final = r"[+-]?[0-9]*[.,]?[0-9]+(?:[eE][+-]?[0-9]+)?(?:[ \u00a0\u202f]?%)?"
_VALUE: Final = rf"(?P<value>{_PART}|[+-]?[0-9][0-9.,'\u2019 \u00a0\u202f]*[0-9](?: ?%)?)"
_WORD: Final = r"(?P<word>std\.?[ _]?err\.?|s\.?e\.?m?\.?|std\.?|s\.?d\.?|n)"
_CI: Final = (
    r"(?:(?P<level>[0-9]{2}(?:[.,][0-9])?) ?%[ -]?)?(?P<called>CI|KI|IC|VI|HDI|CrI)? ?[:=]? ?"
)
_SPREADS: Final = (
    re.compile(
        rf"{_VALUE} ?(?:\u00b1|\+ ?/ ?-|\+-|\\pm) ?(?P<error>{_ERROR})"
        r"(?: \((?P<level>[0-9]{2}(?:[.,][0-9])?) ?% ?(?:CI|KI|IC)\))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_VALUE} ?\( ?(?:\u00b1|\+/-)? ?(?:{_WORD} ?[:=]? ?)?(?P<error>{_ERROR}) ?\)",
        re.IGNORECASE,
    ),
)
_CHANGE: Final = re.compile(rf"{_VALUE} ?\( ?(?P<change>[+-] ?{_ERROR}(?: ?pp)?) ?\)")
"""A value with how much it changed, which is no error of it."""
_INTERVAL: Final = re.compile(
    rf"{_VALUE} ?[\[(] ?{_CI}(?P<low>{_PART}) ?"
    rf"(?P<between>[,;] |[,;]|\u2013|\u2014|-| to | bis | \u00e0 | a ) ?(?P<high>{_PART}) ?[\])]",
    re.IGNORECASE,
)
SPREADS_IN_WORDS: Final = {
    "se": "each value with its standard error",
    "half-width": "each value with the half of its interval",
    "interval": "each value with its interval",
    "n": "each value with its number of cases",
    "sd": "each value without the standard deviation behind it",
    "ignore": "each value without the number behind it",
}
_FIELDS: Final = {
    "se": ("value_se",), "half-width": ("value_se",), "n": ("n",),
    "interval": ("ci_low", "ci_high"),
}  # fmt: skip
"""Where the second number of a cell goes, by what it was answered to be."""


def with_rows_of_spreads(text: Text, header: Header, fields: Fields, profile: Profile) -> Text:
    """The text with a row for each metric, where cells of a wide table hold errors, too."""
    if not profile.reads_layouts or not header.is_wide(fields):
        return text
    wide = header.wide_columns(fields)
    rows = [cells for _, cells in islice(lines_of(text, header), _LOOKED_AT)]
    if not any(_apart(row[j].strip(SPACES)) for row in rows for j in wide):
        return text
    columns = {j: (header.cells[j].strip(),) for j in wide}
    return in_rows(text, header, profile, columns, ("metric",), "value")


def with_spreads_apart(
    records: Table, header: Header, fields: Fields, profile: Profile
) -> tuple[Table, Header, str]:
    """The table with values and their errors in columns of their own, once it is answered.

    Returns
    -------
    tuple
        The table, its header, and the answer; empty where no cell holds two numbers.

    Raises
    ------
    Refusal
        With the question what the second number of a cell is.
    """
    if not profile.reads_layouts or profile.spread == "faulty" or "value" not in header.fields:
        return records, header, ""
    beside = ""
    of_interval = _interval_column(records, header, fields)
    if of_interval is not None:
        fields.scale_alike("value", ["ci_low", "ci_high"])
        records, header = _with_interval(records, header, *of_interval)
        header = _used(header, fields)
        beside = "interval" if "ci_low" in header.fields else ""
    j = header.fields.index("value")
    column = records.columns[j]
    some = column.first(_FIRST) if column.has_many else column.cells
    apart = [m for cell in some if (m := _apart(cell.strip(SPACES))) is not None]
    if not apart:
        return records, header, beside
    kinds = {"interval" if "low" in m else "change" if "change" in m else "error" for m in apart}
    if len(kinds) > 1:
        return records, header, beside  # two kinds of cells, of which none is sure
    kind = kinds.pop()
    said = _said(kind, apart)
    answer = said or profile.spread
    if answer is None:
        raise Refusal(questions=[_about(header.label(j), apart, kind, fields)])
    wanted = _FIELDS.get(answer, ())
    if answer in ("interval", "half-width") and any("level" in m for m in apart):
        wanted = (*wanted, "ci_level")
    is_elsewhere = any(f in header.fields or f not in fields.columns for f in wanted)
    if is_elsewhere or (beside and answer == "half-width"):
        wanted, answer = (), "ignore"  # the file says it elsewhere
    fields.scale_alike("value", [field for field in wanted if field not in ("n", "ci_level")])
    records, header = _split(records, header, j, wanted)
    header = _used(header, fields)
    is_used = not wanted or not {*wanted}.isdisjoint(header.fields)
    return records, header, answer if is_used else "ignore"


def _used(header: Header, fields: Fields) -> Header:
    """The header without the fields of columns made here that are to be ignored."""
    names = [None if header.is_ignored(j, fields) else name for j, name in enumerate(header.fields)]
    return replace(header, fields=names)


def _interval_column(
    records: Table, header: Header, fields: Fields
) -> tuple[int, list[dict[str, str]]] | None:
    """The column whose cells are the intervals of the values, and the parts of each distinct one.

    None where the file tells the ends elsewhere, or a cell of the column is no interval.
    """
    if "ci_low" not in fields.columns or not {"ci_low", "ci_high"}.isdisjoint(header.fields):
        return None
    called = [
        (k, level)
        for k, (cell, field) in enumerate(zip(header.cells, header.fields, strict=True))
        if field is None
        and not header.is_ignored(k, fields)
        and (level := interval_level(cell.strip(SPACES))) is not None
    ]
    if len(called) != 1:
        return None
    ((k, level),) = called
    cells = [cell.strip(SPACES).strip("[]()") for cell in records.columns[k].cells]
    read = [{} if _is_none(cell) else _apart(f"0 [{cell}]") for cell in cells]
    parts = [part for part in read if part is not None and (not part or "low" in part)]
    if len(parts) < len(read) or not any(parts):
        return None
    if "ci_level" in header.fields and (level or any("level" in part for part in parts)):
        return None  # the level is told twice
    return k, [{"level": level, **part} if part and level else part for part in parts]


def _is_none(cell: str) -> bool:
    return is_missing(cell) or cell.lower() == "nan"


def _with_interval(
    records: Table, header: Header, k: int, parts: Sequence[dict[str, str]]
) -> tuple[Table, Header]:
    """The table with the ends of intervals, and their level, in columns of their own."""
    wanted = {"ci_low": "low", "ci_high": "high", "ci_level": "level"}
    wanted = {f: part for f, part in wanted.items() if any(part in p for p in parts)}
    codes = pa.array(records.columns[k].codes)

    def of(field: str) -> DictionaryColumn:
        texts = [part.get(wanted[field], "") for part in parts]
        texts = [*map(_as_share, texts)] if field == "ci_level" else texts
        return DictionaryColumn(pa.array(texts, pa.string()).take(codes))

    first, *more = wanted
    columns, cells, names = [*records.columns], [*header.cells], [*header.fields]
    label = header.label(k)
    columns[k], cells[k], names[k] = of(first), f"{label}: {first}", first
    split = replace(
        header, cells=[*cells, *(f"{label}: {field}" for field in more)], fields=[*names, *more]
    )
    return replace(records, columns=[*columns, *map(of, more)]), split


def _apart(cell: str) -> dict[str, str] | None:
    """The value of a cell and what stands with it; None when nothing does.

    Examples
    --------
    >>> _apart("0.81 \u00b1 0.02"), _apart("0,81 (SD 0,02)")
    ({'value': '0.81', 'error': '0.02'}, {'value': '0,81', 'word': 'SD', 'error': '0,02'})
    >>> _apart("0.81 [95% CI 0.79\u20130.83]"), _apart("(0.02)"), _apart("1 234.5")
    ({'value': '0.81', 'level': '95', 'called': 'CI', 'low': '0.79', 'high': '0.83'}, None, None)
    """
    if len(cell) > _LONGEST or not any(mark in cell for mark in _MARKS):
        return None
    if "\\pm" in cell:
        cell = cell.strip("$ ")
    for pattern in (_INTERVAL, *_SPREADS, _CHANGE):
        match = pattern.fullmatch(cell)
        if match is not None and not _is_one_number(match):
            read = {
                name: text
                for name, text in match.groupdict().items()
                if text is not None and name != "between"
            }
            if any(text.endswith("%") for text in read.values()):  # it is said once of all of them
                plain = ("word", "level", "called")
                read = {k: t if k in plain or t[-1] == "%" else f"{t}%" for k, t in read.items()}
            return read
    return None


def _is_one_number(match: re.Match[str]) -> bool:
    """Whether what looks like two ends is one number with a decimal comma: 0,81 (0,02)."""
    ends = match.groupdict()
    return ends.get("between") == "," and not ("." in ends["low"] and "." in ends["high"])


def _said(kind: str, apart: Sequence[dict[str, str]]) -> str | None:
    """What all cells say themselves that the numbers behind their values are."""
    if kind == "interval":
        return kind if all("called" in m for m in apart) else None
    words = {m.get("word", "") for m in apart}
    plain = {re.sub(r"[^a-z]", "", word.lower()) for word in words}
    if plain and plain <= {"se", "sem", "stderr"}:
        return "se"
    if plain == {"n"}:
        return "n"
    return "sd" if plain and plain <= {"sd", "std"} else None


def _about(column: str, apart: Sequence[dict[str, str]], kind: str, fields: Fields) -> Question:
    first = apart[0]
    value = first["value"]
    if kind == "interval":
        low, high = first["low"], first["high"]
        written = f"{value} [{low}, {high}]"
        level = first.get("level", "95")
        said = {"interval": f"{value} with its {level} % interval from {low} to {high}"}
    elif kind == "change":
        written, said = f"{value} ({first['change']})", {}
    else:
        error = first["error"]
        written = f"{value} with {error}"
        are_counts = all(m["error"].isdigit() and len(m["error"]) > 1 for m in apart)
        half = _ends(value, error)
        said = {"n": f"{value}, measured on {error} cases"} if are_counts else {}
        said |= {
            "se": f"{value} with a standard error of {error}",
            "half-width": f"{value} with a {first.get('level', '95')} % interval {half}",
            "sd": f"{value}; {error} is the standard deviation of several runs, which is no error "
            "of the value and is left out",
        }  # fmt: skip
    holds = {"interval": "ci_low", "se": "value_se", "half-width": "ci_low", "n": "n"}
    said = {a: t for a, t in said.items() if a not in holds or holds[a] in fields.columns}
    said["ignore"] = f"{value}; what stands behind it is left out"
    said["faulty"] = "these cells are faulty"
    preview = [f"{answer}: {text}" for answer, text in said.items()]
    return question(
        "spread", "spread", [*said], column=column, value=shown(written), preview=preview
    )


def _ends(value: str, error: str) -> str:
    try:
        at, half = (Decimal(t.rstrip(" %\u00a0\u202f").replace(",", ".")) for t in (value, error))
    except ArithmeticError:
        return f"of {error} on both sides"
    return f"from {at - half} to {at + half}"


def _split(records: Table, header: Header, j: int, wanted: Sequence[str]) -> tuple[Table, Header]:
    column = records.columns[j]
    parts = [_apart(cell.strip(SPACES)) for cell in column.cells]
    names = {"value_se": "error", "n": "error", "ci_low": "low", "ci_high": "high",
             "ci_level": "level"}  # fmt: skip

    def of(texts: list[str]) -> DictionaryColumn:
        return DictionaryColumn(pa.array(texts, pa.string()).take(pa.array(column.codes)))

    values = [
        cell if m is None else m["value"] for cell, m in zip(column.cells, parts, strict=True)
    ]
    columns = [*records.columns]
    columns[j] = of(values)
    for field in wanted:
        texts = ["" if m is None else m.get(names[field], "") for m in parts]
        columns.append(of([*map(_as_share, texts)] if field == "ci_level" else texts))
    label = header.label(j)
    more = [f"{label}: {field}" for field in wanted]
    split = replace(header, cells=[*header.cells, *more], fields=[*header.fields, *wanted])
    return replace(records, columns=columns), split


def _as_share(percent: str) -> str:
    """A level such as 97.5 as a share, written so that no decimal mark is needed.

    Examples
    --------
    >>> _as_share("97.5"), _as_share("")
    ('975e-3', '')
    """
    digits = re.sub("[^0-9]", "", percent)
    return f"{digits}e-{len(digits)}" if digits else ""


def with_ends(rows: Rows, answer: str) -> Rows:
    """The rows with the ends of their intervals, where the half of one stood beside each value."""
    if answer != "half-width":
        return rows
    halves = rows.fields["value_se"]
    pairs = [*zip(rows.fields["value"].to_pylist(), halves.to_pylist(), strict=True)]
    ends: dict[str, list[float | None]] = {"ci_low": [], "ci_high": []}
    for value, half in pairs:
        for name, sign in (("ci_low", -1), ("ci_high", 1)):
            is_known = value is not None and half is not None
            ends[name].append(_sum(value, sign * half) if is_known else None)
    made = {name: pa.array(column, pa.float64()) for name, column in ends.items()}
    return Rows(rows.of, rows.fields | made | {"value_se": pa.nulls(len(pairs), pa.float64())})


def _sum(value: float, other: float) -> float:
    """A sum, as the decimals of its numbers say it."""
    return float(Decimal(repr(value)) + Decimal(repr(other)))
