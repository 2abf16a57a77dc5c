"""Columns whose cells are not readable as they stand, though one answer makes all of them so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.columns.cell_parser import Cell, default_of
from mlpm_core.intake.columns.date_mending import mended_dates
from mlpm_core.intake.columns.mends import Mended, filled
from mlpm_core.intake.columns.signs import SIGN, currency_of, unit_of, without_signs
from mlpm_core.intake.columns.written_units import times
from mlpm_core.intake.files.lines import SPACES
from mlpm_core.intake.messages import question, shown
from mlpm_core.intake.metric_names import KEEP, normal
from mlpm_core.records import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.cell_parser import Grammar
    from mlpm_core.records import Column, Question

_NUMBERS: Final = (ColumnKind.NUMBER, ColumnKind.WHOLE)
_DATES: Final = (ColumnKind.MOMENT, ColumnKind.DAY)
_MOST_WORDS: Final = 25
_MOST_SHOWN: Final = 5
_FOUR_DIGITS: Final = 1000

_MARKS: Final = {
    "space": re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u202f\u2009][0-9]{3})+(?:[.,][0-9]*)?"),
    "'": re.compile(r"[+-]?[0-9]{1,3}(?:['\u2019][0-9]{3})+(?:[.,][0-9]*)?"),
    "indian": re.compile(r"[+-]?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
_PLAIN_THOUSANDS: Final = re.compile(r"[+-]?[0-9]{4,}(?:[.,][0-9]*)?")

NO_VALUE: Final = frozenset(
    {
        *("nan", "nat", "\\n", "(null)", "[null]", "<null>", "<na>", ".", "..", "...", "?", "??"),
        *(
            "k.a.",
            "n.a.",
            "n. a.",
            "k. a.",
            "nil",
            "n/d",
            "n.d.",
            "s/d",
            "tbd",
            "unknown",
            "missing",
        ),
        *(
            "keine",
            "keine angabe",
            "kein wert",
            "leer",
            "(leer)",
            "unbekannt",
            "#nv",
            "n/v",
            "n.v.",
        ),
        *("(blank)", "(empty)", "#null", "null value", "not applicable", "---", "----", "nd"),
        *("inconnu", "vide", "sin datos", "desconocido", "nicht verf\u00fcgbar", "entf\u00e4llt"),
        *("not available", "no data", "nodata", "#n/a n/a", "void", "blank", "empty", "x", "*"),
    }
)
"""Words for nothing that only a person may take so: each could be a slip, too."""

_SAME_WORD: Final = {
    "severity": {
        "SEV1": "p1 s1 1 critical blocker highest urgent kritisch",
        "SEV2": "p2 s2 2 high major hoch",
        "SEV3": "p3 s3 3 medium moderate normal mittel",
        "SEV4": "p4 s4 4 p5 s5 5 low minor lowest trivial niedrig",
    },
    "status": {
        "open": "new todo inprogress investigating acknowledged reopened ongoing offen",
        "mitigated": "monitoring workaround contained",
        "resolved": "fixed solved behoben erledigt",
        "closed": "done complete completed cancelled geschlossen",
        "doing": "inprogress review inreview testing started ongoing wip",
        "todo": "open new backlog ready planned offen",
        "done": "closed resolved complete completed finished erledigt fertig",
        "dropped": "cancelled canceled rejected declined wontdo abandoned",
    },
    "category": {
        "governance": "management planning meeting project legal approval privacy",
        "data": "dataengineering etl pipeline ingestion labelling annotation sql",
        "infra": "infrastructure platform devops cloud security",
        "explore": "exploration analysis eda research spike",
        "feature": "features featureengineering preprocessing",
        "train": "training model modelling modeling ml experiment",
        "evaluate": "evaluation validation testing test qa metrics",
        "deploy": "deployment backend frontend api integration release mlops",
        "document": "documentation docs report",
        "support": "bug maintenance monitoring operations ops",
        "wait": "waiting blocked",
    },
    "group": {
        "treated": "treatment test exposed b variant",
        "holdout": "control a untreated baseline",
        "all": "total overall everyone",
    },
    "cost_type": {
        "inference": "serving prediction compute hosting gpu",
        "training": "train retraining",
        "licence": "license licenses licences subscription",
        "labelling": "labeling annotation",
        "human_review": "review",
        "data": "storage",
        "maintenance": "support operations ops",
    },
}
_ONLY_LIKE: Final = frozenset({"group"})
"""Columns of which only words that mean one of ours are asked about: others tell rows apart."""

_NUMBERED: Final = re.compile(r"^[0-9][ .-]+")
_ASKED_KINDS: Final = frozenset(_SAME_WORD)


def mended(
    column: Column,
    texts: Sequence[str],
    counts: Sequence[int],
    read: Callable[[str], Cell],
    grammar: Grammar,
    *,
    are_of_many: bool = False,
) -> Mended | None:
    """How the faulty cells of a column may be meant; None when no one answer makes all readable.

    Parameters
    ----------
    texts, counts
        The distinct cells of the column, and how many of each there are.
    read : callable
        The way in which some of them are faulty.
    are_of_many : bool
        Whether its numbers may be of several KPIs, some of them in percent and others not.
    """
    if grammar.profile.is_replay:  # signs that were answered were read then too
        return _with_signs(column, texts, read, grammar) if grammar.profile.signs else None
    if column.kind in _NUMBERS:
        return (
            _with_thousands(texts, grammar)
            or _with_signs(column, texts, read, grammar, are_of_many=are_of_many)
            or _with_words_for_nothing(column, texts, counts, read, grammar)
        )
    if column.kind in _DATES:
        return mended_dates(column, texts, read, grammar)
    if column.kind is ColumnKind.CHOICE:
        return _with_words(column, texts, read, grammar)
    return None


def _with_thousands(texts: Sequence[str], grammar: Grammar) -> Mended | None:
    """A thousands mark that every number of four digits and more bears."""
    if grammar.profile.thousands is not None:
        return None
    plain = [without_signs(text)[0] for text in filled(texts)]
    if any(map(_PLAIN_THOUSANDS.fullmatch, plain)):
        return None
    for mark, pattern in _MARKS.items():
        if mark == grammar.profile.decimal_mark:
            continue
        marked = [t for t in plain if pattern.fullmatch(t)]
        if not marked:
            continue
        with_mark = replace(grammar, profile=grammar.profile.answered("thousands", mark))
        if not all(with_mark.is_number(t) for t in plain):
            continue
        first = marked[0]
        read_so = with_mark.number(first)
        asked = question(
            "thousands", "thousands", [mark, "none"], value=first, mark=_MARK_WORDS[mark],
            preview=[f"{mark}: {first} is {read_so:g}", "none: these cells are faulty"],
        )  # fmt: skip
        return Mended(questions=(asked,))
    return None


_MARK_WORDS: Final = {
    "space": "A space", "'": "An apostrophe", "indian": "A comma", ",": "A comma", ".": "A point",
}  # fmt: skip


def _with_signs(
    column: Column,
    texts: Sequence[str],
    read: Callable[[str], Cell],
    grammar: Grammar,
    *,
    are_of_many: bool = False,
) -> Mended | None:
    """Percent and currency signs, brackets and a minus behind, if most other cells are numbers."""
    if column.kind is not ColumnKind.NUMBER or grammar.profile.signs == "faulty":
        return None
    every = {text: without_signs(text) for text in filled(texts)}
    cells = [text for text, (number, _, _) in every.items() if grammar.is_number(number)]
    n_others = sum(read(text).fault is not None for text in every.keys() - {*cells})
    if n_others > (len(cells) if grammar.profile.reads_layouts else 0):
        return None
    apart = [every[text] for text in cells]
    signed = [i for i, t in enumerate(cells) if apart[i][2] and read(t).fault is not None]
    n_percent = sum(taken == "%" for _, _, taken in apart)
    plain = [text for text, _, taken in apart if taken != "%"]
    is_mixed = n_percent and not all(map(_is_small, plain))
    if not signed or (is_mixed and not (are_of_many and grammar.profile.reads_layouts)):
        return None
    own = grammar.profile.own_currency
    moneys = {currency_of(t, own) for t, (_, _, taken) in every.items() if taken == "currency"}
    is_of_one = len(moneys) == 1 and column.name == "amount" and grammar.profile.reads_layouts
    of_all = next(iter(moneys)) if is_of_one else ""

    if grammar.profile.signs is None:
        has_others = n_percent or of_all
        others = [i for i in range(len(cells)) if i not in signed][: 1 if has_others else 0]
        shown_ones = [*signed[: 3 - len(others)], *others]
        some = [(cells[i], grammar.number(apart[i][0]) or 0.0, apart[i][1]) for i in shown_ones]
        readings = ", ".join(
            f"{t} is {times(number, f):.12g} {currency_of(t, own) or of_all}".strip()
            for t, number, f in some
        )
        asked = question(
            "signs", "signs", ["read", "faulty"], column=column.label, value=some[0][0],
            preview=[f"read: {readings}", "faulty: these cells are faulty"],
        )  # fmt: skip
        return Mended(questions=(asked,))
    with_point = replace(
        grammar, profile=grammar.profile.model_copy(update={"decimal": None, "thousands": None})
    )
    plain_read = with_point.reader(column)

    def read_signed(text: str) -> Cell:
        plain, factor, taken = without_signs(text)
        number = grammar.number(plain) if taken else None
        cell = read(text) if number is None else plain_read(repr(times(number, factor)))
        unit = unit_of(text, taken, own) if number is not None else ""
        if not unit and cell.value is not None:
            unit = of_all
        return cell._replace(notes=(*cell.notes, SIGN + unit)) if unit else cell

    return Mended(read_signed)


def _is_small(text: str) -> bool:
    """Whether a number beside percentages can be a share as it is written."""
    plain = text.replace(",", ".").lstrip("+-")
    return re.fullmatch(r"(?:0?\.[0-9]+|[01](?:\.0*)?)", plain) is not None


def _with_words_for_nothing(
    column: Column,
    texts: Sequence[str],
    counts: Sequence[int],
    read: Callable[[str], Cell],
    grammar: Grammar,
) -> Mended | None:
    """Words in an optional column of numbers that can only say that there is nothing."""
    if column.required or grammar.profile.missing_words == "faulty":
        return None
    words = [
        (text.strip(SPACES), n)
        for text, n in zip(texts, counts, strict=True)
        if read(text).fault is not None
    ]
    if not words or len(words) > _MOST_WORDS or not all(map(_is_for_nothing, words)):
        return None
    nothing = Cell(default_of(column))
    taken = {word for word, _ in words}
    if grammar.profile.missing_words is None:
        listed = ", ".join(shown(word) for word, _ in words)
        asked = question(
            "missing-words", "missing_words", ["empty", "faulty"], column=column.label,
            words=listed,
            preview=["empty: nothing is known there", "faulty: these cells are faulty"],
        )  # fmt: skip
        return Mended(questions=(asked,))
    return Mended(lambda text: nothing if text.strip(SPACES) in taken else read(text))


def _is_for_nothing(word: tuple[str, int]) -> bool:
    text, n = word
    return text.lower() in NO_VALUE or (n > 1 and not any(c.isdigit() for c in text))


def _with_words(
    column: Column, texts: Sequence[str], read: Callable[[str], Cell], grammar: Grammar
) -> Mended:
    """Words of a closed list: case and spaces do not matter, other words are asked about."""
    same = {normal(word): word for word in column.choices if word}
    own = {
        normal(w): c
        for c, ws in _SAME_WORD.get(column.name, {}).items()
        if c in column.choices
        for w in ws.split()
    }
    answered = grammar.profile.words
    questions: list[Question] = []
    meant: dict[str, str] = {}
    for text in texts:
        word = text.strip(SPACES)
        if not word or read(text).fault is None:
            continue
        key = f"{column.name}.{word}"
        if normal(word) in same:
            meant[word] = same[normal(word)]
        elif key in answered and answered[key] in column.choices:
            meant[word] = answered[key]
        elif column.name in _ASKED_KINDS and key not in answered and len(questions) < _MOST_WORDS:
            near = own.get(normal(word)) or own.get(normal(_NUMBERED.sub("", word)))
            if near is None and column.name in _ONLY_LIKE:
                continue
            choices = [c for c in column.choices if c]
            if near is not None:
                choices = [near, *(c for c in choices if c != near)]
            key = key.replace("=", "%3D")
            questions.append(
                question("word", f"words.{key}", [*choices, KEEP], column=column.label, word=word)
            )

    def read_word(text: str) -> Cell:
        return read(meant.get(text.strip(SPACES), text))

    return Mended(read_word, tuple(questions))
