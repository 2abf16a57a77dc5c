"""Two lines of heads: metrics, and models, candidates, test sets or statistics of each of them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.leaderboards import CANDIDATE_NAMES, is_metric
from mlpm_core.intake.files.lines import is_blank
from mlpm_core.intake.files.rewritten import (
    DELIMITERS,
    TableText,
    first_lines,
    number_at,
    records_of,
    surplus_of,
    with_short_ones_said,
)
from mlpm_core.intake.files.statistic_names import (
    MEANS,
    STATISTICS,
    SURE,
    interval_level,
    metric_and_statistic,
    statistic_named,
)
from mlpm_core.intake.messages import Refusal, question, shown, warned
from mlpm_core.intake.metric_names import known_metric, normal
from mlpm_core.intake.profile import IGNORE
from mlpm_core.intake.row_parts import numbered
from mlpm_core.records import Evaluation, MetricResult

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mlpm_core.intake.files.decoded_text import Text
    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question, Record

_LEAST: Final = 2
_MOST_SHOWN: Final = 5
_NUMBER: Final = re.compile(r"[^\w]*[0-9].*")
_DATE: Final = re.compile(
    r"(?:19|20)[0-9]{2}[-/. ]?(?:[0-9]{1,2}(?:[-/. ][0-9]{1,2})?.*|[WQH][0-9]{1,2})"
    r"|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}.*|(?:[WQH]|KW ?)[0-9]{1,2}[-/ ]?(?:20)?[0-9]{2}"
)
_SPLIT: Final = re.compile(
    r"(?i)(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|hold[ _-]?out|dev|oof|oot|eval)"
    r"(?:[ _-]?(?:set|data|split|[0-9]+))?"
)
_PARTS: Final[dict[type[Record], str]] = {MetricResult: "segment", Evaluation: "test_set"}
"""What the names of heads are, where they are no models."""
_SETS: Final = frozenset({"dataset", "split", "testset", "set", "partition"})
_PLUS_OR_MINUS: Final = "\u00b1"


@dataclass(frozen=True, slots=True)
class _Heads:
    """Two lines of heads: the metric and the name of each column of numbers, and the others."""

    at: int
    below: int
    own: dict[int, str]
    numbers: dict[int, tuple[str, str]]
    are_metrics_above: bool
    are_statistics: bool

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for _, name in self.numbers.values()))

    @property
    def metrics(self) -> list[str]:
        return list(dict.fromkeys(metric for metric, _ in self.numbers.values()))


def are_two_heads(rows: Sequence[Sequence[str]], profile: Profile) -> bool:
    """Whether the first two rows name metrics above, or below, other names.

    Examples
    --------
    >>> from mlpm_core.intake import Profile
    >>> below = ["week", "a", "b", "a", "b"], ["1", "0.8", "0.7", "0.6", "0.5"]
    >>> are_two_heads([["", "recall", "", "f1", ""], *below], Profile())
    True
    >>> are_two_heads([["model", "recall", "f1"], ["a", "0.8", "0.7"]], Profile())
    False
    """
    return _heads([(i, [*row]) for i, row in enumerate(rows)], 0, _put_aside(profile)) is not None


def with_one_head(text: Text, record: type[Record], profile: Profile) -> Text:
    """The text with a row for each name, or each number, of a table with two lines of heads."""
    if record not in (MetricResult, Evaluation) or profile.two_heads == "no":
        return text
    first = first_lines(text)
    put_aside = _put_aside(profile)
    for delimiter in DELIMITERS:
        some = [*enumerate(csv.reader(first, delimiter=delimiter), start=1)]
        found = next((h for i in range(len(some) - 1) if (h := _heads(some, i, put_aside))), None)
        if found is not None and found.are_statistics:
            return _means(text, found, record, delimiter)
        if found is None or (record is MetricResult and not found.are_metrics_above):
            continue
        field = _field_of(found, record)
        if profile.two_heads is None:
            raise Refusal(questions=[_about_heads(found, field, record)])
        if profile.two_heads == "parts":
            field = _PARTS[record]
        return _one_head(text, found, record, field, delimiter)
    return text


def _put_aside(profile: Profile) -> Collection[str]:
    """The names of columns that somebody said to be ignored, or no interval but a metric."""
    names = [name for name, answer in profile.columns.items() if answer == IGNORE]
    for name in profile.metrics:
        of_both = metric_and_statistic(name)
        names += [name] if of_both and interval_level(of_both[1]) is not None else []
    return {normal(name.replace("%3D", "=")) for name in names}


def _heads(
    rows: Sequence[tuple[int, Sequence[str]]], i: int, put_aside: Collection[str]
) -> _Heads | None:
    """The heads that begin with a row, if it and the next are such, or both stand in one."""
    return _both_in_one(rows, i, put_aside) or _in_two_lines(rows, i)


def _both_in_one(
    rows: Sequence[tuple[int, Sequence[str]]], i: int, put_aside: Collection[str]
) -> _Heads | None:
    """The heads in a row whose names are of a metric and a statistic: recall_mean, recall_sem."""
    at, names = rows[i]
    pairs = {
        j: pair
        for j, name in enumerate(names)
        if normal(name) not in put_aside and (pair := _of_both(name.strip()))
    }
    spelled: dict[str | None, str] = {}
    numbers = {
        j: (spelled.setdefault(known_metric(metric), metric), statistic)
        for j, (metric, statistic) in pairs.items()
    }
    if not _are_statistics([*numbers.values()]):
        return None
    own = {j: name.strip() for j, name in enumerate(names) if j not in numbers}
    return _Heads(at, at, own, numbers, are_metrics_above=True, are_statistics=True)


def _of_both(name: str) -> tuple[str, str] | None:
    """The metric and the statistic of a column; a metric alone is its mean.

    Examples
    --------
    >>> _of_both("recall_std"), _of_both("Mean F1"), _of_both("f1"), _of_both("week_std")
    (('recall', 'std'), ('F1', 'Mean'), ('f1', 'mean'), None)
    """
    if known_metric(name) is not None:
        return name, MEANS[0]
    of_both = metric_and_statistic(name)
    return of_both if of_both is not None and known_metric(of_both[0]) is not None else None


def _in_two_lines(rows: Sequence[tuple[int, Sequence[str]]], i: int) -> _Heads | None:
    if len(rows) < i + 2:
        return None
    upper, lower = ([c.strip() for c in cells] for _, cells in rows[i : i + 2])
    if len(upper) != len(lower) or len(upper) <= _LEAST:
        return None
    for above, metrics in ((True, upper), (False, lower)):
        k = next((j for j, name in enumerate(metrics) if name and is_metric(name)), None)
        if k is None:
            continue
        spread, last = [], ""
        for name in upper[k:]:
            last = name or last
            spread.append(last)
        pairs = [*zip(spread, lower[k:], strict=True)]
        while pairs and not pairs[-1][1]:
            pairs.pop()
        both = pairs if above else [(m, n) for n, m in pairs]
        numbers = dict(enumerate(both, start=k))
        is_spread = above or not all(upper[k:])
        are_statistics = _are_statistics(both)
        if not are_statistics and not _tell_apart(both, is_spread=is_spread):
            continue
        below = i + 2
        own = {j: lower[j] or upper[j] for j in range(k)}
        third = [c.strip() for c in rows[below][1]] if len(rows) > below else []
        if any(third[:k]) and not any(third[k:]):  # pandas names its index there
            own, below = {j: third[j] if j < len(third) else "" for j in range(k)}, below + 1
        data = [cells for _, cells in rows[below:] if not all(map(is_blank, cells))]
        cells_of = [row[j] for row in data for j in numbers if j < len(row) and row[j].strip()]
        if cells_of and 2 * sum(map(bool, map(_NUMBER.fullmatch, cells_of))) > len(cells_of):
            own = _named(own, data)
            return _Heads(rows[i][0], rows[below - 1][0], own, numbers, above, are_statistics)
    return None


def _tell_apart(pairs: Sequence[tuple[str, str]], *, is_spread: bool) -> bool:
    """Whether pairs of a metric and a name tell columns apart: each name of several metrics."""
    names = [re.sub(r"^\W+$", "", name) for _, name in pairs]  # "%" is none
    metrics = {metric for metric, _ in pairs}
    if not is_spread or not all(names) or not all(map(is_metric, metrics)):
        return False
    if len({*pairs}) < len(pairs) or len(pairs) < _LEAST:
        return False
    if any(is_metric(n) or _NUMBER.fullmatch(n) or statistic_named(n) in STATISTICS for n in names):
        return False
    return len({*names}) < len(names) or len(metrics) == 1


def _are_statistics(pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether pairs of a metric and a statistic give each metric a mean and something beside it."""
    of = {(metric, statistic.lower()) for metric, statistic in pairs}
    metrics = {metric for metric, _ in pairs}
    return (
        len(of) == len(pairs) > len(metrics)
        and all(map(is_metric, metrics))
        and {statistic_named(statistic) for _, statistic in of} <= STATISTICS
        and all(sum((metric, mean) in of for mean in MEANS) == 1 for metric in metrics)
    )


def _named(own: dict[int, str], data: Sequence[Sequence[str]]) -> dict[int, str]:
    """The names of the other columns, empty ones left out.

    One without a name that holds dates is that of the period, whose length is not said by it.
    """
    named = dict(own)
    for j, name in own.items():
        cells = [row[j].strip() for row in data if j < len(row) and row[j].strip()]
        if not cells:  # only names of the lines themselves, such as "metric"
            del named[j]
        are_dates = bool(cells) and all(map(_DATE.fullmatch, cells))
        if not name and are_dates:
            named[j] = "date"
    return named


def _field_of(heads: _Heads, record: type[Record]) -> str:
    """What the names of the heads seem to be: models, unless another column says these already."""
    has_candidate = any(normal(name) in CANDIDATE_NAMES for name in heads.own.values())
    are_sets = record is Evaluation and all(map(_SPLIT.fullmatch, heads.names))
    if are_sets or has_candidate:
        return _PARTS[record]
    return "model" if record is MetricResult else "candidate"


def _about_heads(heads: _Heads, field: str, record: type[Record]) -> Question:
    """What the names are: models or candidates, or segments or test sets of one."""
    listed = ", ".join(map(shown, heads.names[:_MOST_SHOWN]))
    metrics = ", ".join(map(shown, heads.metrics[:_MOST_SHOWN]))
    part = _PARTS[record].replace("_", " ")
    said = {} if field == _PARTS[record] else {"yes": f"each a {field} with {metrics}"}
    said["parts"] = f"each a {part} of a model, with {metrics}"
    preview = [f"{answer}: {listed}: {text}" for answer, text in said.items()]
    preview.append("no: the lines are headers of another meaning")
    return question(
        "two-heads", "two_heads", [*said, "no"], line=heads.at, other=heads.at + 1,
        names=" and ".join(map(shown, heads.names[:_MOST_SHOWN])), preview=preview,
    )  # fmt: skip


def _one_head(text: Text, heads: _Heads, record: type[Record], field: str, delimiter: str) -> Text:
    """A row for each number; of candidates one with all of its metrics, as leaderboards have."""
    own = dict(heads.own)
    if record is Evaluation and field == "candidate":
        own = {j: "test_set" if normal(name) in _SETS else name for j, name in own.items()}
    is_wide = record is Evaluation and field == "candidate" and "test_set" not in own.values()
    if field == "test_set" and len(own) == 1 and not own[min(own)]:
        own[min(own)] = "candidate"
    at = {pair: j for j, pair in heads.numbers.items()}
    made = (
        [(name, [(m, at[m, name]) for m in heads.metrics if (m, name) in at])
         for name in heads.names]
        if is_wide
        else [(name, [(metric, j)]) for j, (metric, name) in heads.numbers.items()]
    )  # fmt: skip
    sources = [
        f"column {shown(name)}" if is_wide else f"column {shown(of[0][0])} of {shown(name)}"
        for name, of in made
    ]
    rows = records_of(text, delimiter)
    parts, stride = numbered(text.rows, text.parts, rows[-1][0] if rows else 1, sources)
    out = TableText(delimiter)
    behind = heads.metrics if is_wide else ["metric", "value"]
    is_slice = field == "segment"
    named = ["slice_key", "slice_value"] if is_slice else [field]
    out.add(text.row_at(heads.below), [*own.values(), *named, *behind])
    width = _width_of(heads)
    short: list[str] = []
    for row, cells in rows:
        if row <= heads.below or all(map(is_blank, cells)):
            continue
        if len(cells) < width:
            short.append(text.place_in_words(row))
        if surplus := surplus_of(cells, width):
            open_cells = [""] * (len(named) + len(behind))
            out.add(text.row_at(row), [*(cells[j] for j in own), *open_cells, *surplus])
            continue
        padded = [*cells, *[""] * (max(heads.numbers) + 1 - len(cells))]
        for k, (name, of) in enumerate(made):
            filled = {metric: padded[j] for metric, j in of}
            if all(map(is_blank, filled.values())):
                continue
            more = (
                [filled.get(m, "") for m in heads.metrics]
                if is_wide
                else [*filled, *filled.values()]
            )
            out.add(
                number_at(text, row, parts, stride * k),
                [*(padded[j] for j in own), *([field] if is_slice else []), name, *more],
            )
    made_anew = replace(text, data=out.data, rows=out.rows, parts=parts or text.parts)
    return with_short_ones_said(made_anew, short)


def _means(text: Text, heads: _Heads, record: type[Record], delimiter: str) -> Text:
    """A column for each metric, of its means, with what says how sure each is in the same cell."""
    places: dict[tuple[str, str], int] = {}
    for j, (metric, word) in heads.numbers.items():
        places.setdefault((metric, statistic_named(word)), j)

    def at(metric: str, words: Sequence[str]) -> int | None:
        return next((places[metric, word] for word in words if (metric, word) in places), None)

    ways = [(written, [[at(m, words) for words in of] for m in heads.metrics])
            for written, of in SURE]  # fmt: skip
    means = [at(metric, MEANS) for metric in heads.metrics]
    # One way for all: cells of two kinds would be read as none.
    written, sure = max(ways, key=lambda way: sum(None not in of for of in way[1]))
    own = {j: name or "candidate" * (record is Evaluation) for j, name in heads.own.items()}
    out = TableText(delimiter)
    out.add(text.row_at(heads.below), [*own.values(), *heads.metrics])
    rows = records_of(text, delimiter)
    width = _width_of(heads)
    short: list[str] = []
    for row, cells in rows:
        if row > heads.below and not all(map(is_blank, cells)):
            if len(cells) < width:
                short.append(text.place_in_words(row))
            padded = [*cells, *[""] * (1 + max([*own, *heads.numbers]) - len(cells))]
            metric_cells = [
                _in_one_cell(
                    written, *("" if j is None else _said(heads, j, padded[j]) for j in (mean, *of))
                )
                for mean, of in zip(means, sure, strict=True)
            ]
            surplus = surplus_of(cells, width)
            out.add(text.row_at(row), [*(padded[j] for j in own), *metric_cells, *surplus])
    read = {j for j in (*means, *(j for of in sure if None not in of for j in of))}
    left = dict.fromkeys(word for j, (_, word) in heads.numbers.items() if j not in read)
    said = [warned("means-read", names=[*left])] if left else []
    made_anew = replace(text, data=out.data, rows=out.rows, warnings=(*text.warnings, *said))
    return with_short_ones_said(made_anew, short)


def _width_of(heads: _Heads) -> int:
    """How many cells a record below two heads has: up to the last column that has a name."""
    return 1 + max([*heads.numbers, *(j for j, name in heads.own.items() if name)])


def _said(heads: _Heads, j: int, cell: str) -> str:
    """A cell as it stands beside others; an interval with the level that its column says.

    One number in the place of an interval may be the half of it, which is asked.
    """
    level, cell = interval_level(heads.numbers[j][1]), cell.strip()
    n_numbers = len(re.findall("[0-9][0-9.,]*", cell))
    if level is None or not n_numbers:
        return cell
    if n_numbers == 1:
        half = f"{_PLUS_OR_MINUS} {cell.lstrip(_PLUS_OR_MINUS + ' ')}"
        return f"{half} ({level}% CI)" if level else half
    return f"[{level and level + '% '}CI {cell.strip('[]()')}]"


def _in_one_cell(written: str, value: str, *sure: str) -> str:
    """A value and what says how sure it is, if that is there, as they stand in one cell.

    Examples
    --------
    >>> _in_one_cell("{} (SE {})", "0.81", "0.02"), _in_one_cell("{} (SE {})", "0.81", "nan")
    ('0.81 (SE 0.02)', '0.81')
    >>> _in_one_cell("{} {}", "0.81", "[95% CI 0.79-0.83]"), _in_one_cell("{} {}", "0.81", "2%")
    ('0.81 [95% CI 0.79-0.83]', '0.81 / 2%')
    """
    said = ("[", _PLUS_OR_MINUS)
    is_sure = value and all(t.startswith(said) or _NUMBER.fullmatch(t) for t in sure)
    # Read as one cell, a percent sign is said of all of it; an interval alone shows if it was.
    is_signed = any("%" in re.sub("[0-9]+% CI", "", t) for t in sure)
    has_ends = len(sure) > 1 or sure[0].startswith("[")
    if is_sure and ("%" in value) != is_signed and (is_signed or not has_ends):
        return " / ".join([value, *sure])
    return written.format(value, *sure) if is_sure else value
