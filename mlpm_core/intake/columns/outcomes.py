"""Classes of outcomes against those that were predicted: True and yes may be 1, or may not."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mlpm_core.intake.columns.rows import Rows, distinct, is_coded
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.metric_names import KEEP, normal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mlpm_core.intake.profile import Profile
    from mlpm_core.records import Question

UNKNOWN: Final = "not known yet"
_MOST_CLASSES: Final = 20
_TWO: Final = 2
_TWO_CLASSES: Final = frozenset({"0", "1", "-1", "0.0", "1.0"})
_SAMPLE: Final = 100_000  # rows of a log that are looked at
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NOTHING: Final = pa.array(["nan", "NaN", "NAN", "NaT", "<NA>", "(null)", "[NULL]", "\\N"])
_POSITIVE: Final = frozenset(
    {
        *("true", "yes", "y", "t", "1", "1.0", "positive", "pos", "ja", "oui", "si", "s\u00ed"),
        *("wahr", "vrai", "sim", "tak", "evet", "\u0434\u0430", "\u662f", "\u306f\u3044"),
    }
)
_NEGATIVE: Final = frozenset(
    {
        *("false", "no", "n", "f", "0", "0.0", "-1", "negative", "neg", "nein", "non", "falsch"),
        *("faux", "n\u00e3o", "nie", "nej", "hay\u0131r", "\u043d\u0435\u0442", "\u5426"),
        "\u3044\u3044\u3048",
    }
)
_PENDING: Final = frozenset(
    {
        *("pending", "open", "unknown", "tbd", "n/a", "na", "none", "?", "-", "waiting", "offen"),
        *("in progress", "not known", "missing", "unlabeled", "unlabelled", "undecided"),
    }
)


def class_questions(
    outcomes: Iterable[str], predicted: Collection[str], profile: Profile
) -> list[Question]:
    """The questions which predicted class each class of outcomes is, where none of them is one.

    Where yes or no was predicted, every other class is asked about, and with one of two both: of 1
    and 2, 1 may be either of 0 and 1. A class that is a predicted one but for its case, spaces and
    dashes is asked about even where others match, for it would count as an error.

    Examples
    --------
    >>> from mlpm_core.intake.profile import Profile
    >>> [(q.key, q.choices[0]) for q in class_questions(["yes", "no"], ["0", "1"], Profile())]
    [('outcomes.yes', '1'), ('outcomes.no', '0')]
    >>> [q.key for q in class_questions(["1", "2"], ["0", "1"], Profile())]
    ['outcomes.1', 'outcomes.2']
    >>> [q.key for q in class_questions(["Order", "bill"], ["bill", "order", "other"], Profile())]
    ['outcomes.Order']
    >>> class_questions(["12.5", "7.1", "9"], ["12", "8", "3"], Profile())
    []
    """
    classes = [c for c in dict.fromkeys(outcomes) if c]
    targets = sorted({p for p in predicted if p})
    if not classes or not targets or max(len(classes), len(targets)) > _MOST_CLASSES:
        return []
    foreign = [c for c in classes if not any(_are_equal(c, t) for t in targets)]
    n_known = sum(c.strip().lower() not in _PENDING for c in classes)
    is_yes_or_no = len(targets) == _TWO and any(
        yes.lower() in _POSITIVE and no.lower() in _NEGATIVE for yes, no in permutations(targets)
    )
    if profile.is_replay or (
        _are_measured([*classes, *targets]) and not (is_yes_or_no and n_known <= _TWO)
    ):
        return []
    is_disjoint = len(foreign) == len(classes) and (
        len(targets) > 1 or _is_word(classes[0]) is not _is_word(targets[0])
    )
    every = {*classes, *targets}
    if is_disjoint and every <= _TWO_CLASSES and len({*map(float, every)}) <= _TWO:
        return []  # a small file may hold the other class alone
    is_open = is_disjoint or is_yes_or_no
    of_these = foreign
    if foreign and is_yes_or_no and n_known == _TWO:  # 1 and 2 against 0 and 1: 1 may be 0
        of_these = classes if any(c.strip().lower() not in _PENDING for c in foreign) else foreign
    asked = [
        c
        for c in of_these
        if c not in profile.outcomes
        and (
            is_open
            or c.strip().lower() in _PENDING
            or (profile.reads_layouts and any(_are_alike(c, t) for t in targets))
        )
    ]
    return [_about(c, targets) for c in asked]


def known_outcomes(column: pa.Array) -> pa.Array:
    """Outcomes without the words that programs write for nothing, such as nan.

    Examples
    --------
    >>> known_outcomes(pa.array(["1", "NaN", "none"])).to_pylist()
    ['1', '', 'none']
    """
    words = column.dictionary if is_coded(column) else column
    if not pc.any(pc.is_in(words, value_set=_NOTHING), min_count=0).as_py():
        return column
    texts = column.cast(pa.string())
    return pc.if_else(pc.is_in(texts, value_set=_NOTHING), "", texts)


def asked_about_classes(rows: Rows, profile: Profile) -> None:
    """The outcomes of a log are classes that its model predicts.

    Raises
    ------
    Refusal
        With the questions which classes they are.
    """
    outcomes, predicted = (
        rows.fields[name].slice(0, _SAMPLE).unique().to_pylist() for name in ("y_true", "y_pred")
    )
    questions = class_questions([o for o in outcomes if o], predicted, profile)
    if questions:
        raise Refusal(questions=questions)


def _is_word(value: str) -> bool:
    """Whether a class is written as a word."""
    return _NUMBER.fullmatch(value.strip()) is None


def _are_measured(values: list[str]) -> bool:
    """Whether outcomes are amounts and no classes: numbers of more than two kinds."""
    numbers = [float(v) for v in values if _NUMBER.fullmatch(v.strip())]
    return len(numbers) == len(values) and len(set(numbers)) > 2


def _about(outcome: str, targets: list[str]) -> Question:
    word = outcome.strip().lower()
    if word in _PENDING:
        choices = [UNKNOWN, *targets, KEEP]
    else:
        nearest = sorted(targets, key=lambda t: not (_are_alike(word, t) or _are_same(word, t)))
        choices = [*nearest, UNKNOWN, KEEP]
    return question(
        "outcome-class", f"outcomes.{outcome.replace('=', '%3D')}", choices,
        outcome=outcome, classes=", ".join(map(shown, targets)),
        preview=[f"{c}: {_SAID.get(c, f'it is the class {shown(c)}')}" for c in choices],
    )  # fmt: skip


_SAID: Final = {UNKNOWN: "left out until it is known", KEEP: "a class of its own"}


def _are_same(word: str, target: str) -> bool:
    """Whether two words say yes, or both no."""
    other = target.strip().lower()
    return any(word in words and other in words for words in (_POSITIVE, _NEGATIVE))


def _are_alike(outcome: str, target: str) -> bool:
    """Whether two words are one but for their case, spaces and dashes."""
    return _is_word(outcome) and normal(outcome) == normal(target) != ""


def _are_equal(outcome: str, target: str) -> bool:
    """Whether an outcome is counted as the class; numbers are compared as numbers."""
    if outcome == target:
        return True
    numbers = [_NUMBER.fullmatch(text.strip()) for text in (outcome, target)]
    return all(numbers) and float(outcome) == float(target)


def with_classes(rows: Rows, profile: Profile) -> Rows:
    """The rows with their outcomes as the classes that they were answered to be."""
    if not profile.outcomes:
        return rows
    return Rows(rows.of, rows.fields | {"y_true": in_classes(rows.fields["y_true"], profile)})


def in_classes(column: pa.Array, profile: Profile) -> pa.Array:
    """Classes as those that they were answered to be; empty where the outcome is open.

    Examples
    --------
    >>> from mlpm_core.intake.profile import Profile
    >>> in_classes(pa.array(["ja", "nein"]), Profile(outcomes={"ja": "1"})).to_pylist()
    ['1', 'nein']
    """
    codes, values = distinct(column)
    meant = []
    for value in values:
        answer = profile.outcomes.get(value or "", KEEP)
        meant.append("" if answer == UNKNOWN else value if answer == KEEP else answer)
    return pa.array(meant, pa.string()).take(pa.array(np.asarray(codes)))


def are_foreign(classes: Iterable[str], others: Collection[str]) -> bool:
    """Whether none of some classes is one of the others.

    Examples
    --------
    >>> are_foreign(["ja", "nein"], ["0", "1"]), are_foreign(["1.0", "2"], ["0", "1"])
    (True, False)
    """
    return not any(_are_equal(c, k) for c in classes for k in others)
