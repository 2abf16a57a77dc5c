"""A column of its own that tells credits from debits, as ledgers have it beside their amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.columns.signs import without_signs
from mlpm_core.intake.files.lines import SPACES, is_blank
from mlpm_core.intake.files.table import DictionaryColumn
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.records import Cost

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlpm_core.intake.columns.header import Fields, Header
    from mlpm_core.intake.files.table import Table

_CREDITS: Final = frozenset(
    {
        *("cr", "c", "credit", "credits", "refund", "haben", "h", "gutschrift", "cr\u00e9dit"),
        *("avoir", "haber", "abono", "cr\u00e9dito", "avere", "\u8cb8", "\u8cb8\u65b9"),
    }
)
_DEBITS: Final = frozenset(
    {
        *("dr", "d", "debit", "debits", "charge", "soll", "s", "lastschrift", "d\u00e9bit"),
        *("debe", "cargo", "d\u00e9bito", "dare", "\u501f", "\u501f\u65b9"),
    }
)


def with_credits(records: Table, header: Header, fields: Fields) -> tuple[Table, Collection[int]]:
    """The records with their credits as negative amounts, and the columns that say which.

    A file that says so by the signs of its amounts is left as it is.

    Raises
    ------
    Refusal
        With the question whether credits are refunds.
    """
    profile = fields.profile
    is_open = profile.reads_layouts and profile.credits != "positive"
    if fields.record is not Cost or "amount" not in header.fields or not is_open:
        return records, ()
    side = next((j for j, name in enumerate(header.fields) if _is_side(records, j, name)), None)
    if side is None or header.is_ignored(side, fields):
        return records, ()
    at = header.fields.index("amount")
    amounts = records.columns[at]
    numbers = [cell.strip(SPACES) for cell in amounts.cells]
    if any(map(_is_negative, numbers)):
        return records, ()
    sides = records.columns[side]
    is_credit = np.array([_word(cell) in _CREDITS for cell in sides.cells])[sides.codes]
    if profile.credits is None:
        i = int(np.flatnonzero(is_credit)[0])
        word, amount = shown(sides.cell(i)), shown(amounts.cell(i).strip(SPACES))
        asked = question(
            "credits", "credits", ["negative", "positive"],
            column=header.label(side), word=word, n=int(is_credit.sum()),
            preview=[f"negative: {amount} with {word} is -{amount}", f"positive: it is {amount}"],
        )  # fmt: skip
        raise Refusal(questions=[asked])
    texts = [numbers[code] for code in amounts.codes.tolist()]
    records.columns[at] = DictionaryColumn.of(
        [
            f"-{text}" if credit and not is_missing(text) else text
            for text, credit in zip(texts, is_credit.tolist(), strict=True)
        ]
    )
    return records, (side,)


def _word(cell: str) -> str:
    return cell.strip(SPACES).rstrip(".").casefold()


def _is_side(records: Table, j: int, name: str | None) -> bool:
    """Whether a column that no field takes says of every amount on which side it stands."""
    if name is not None or j >= len(records.columns) or records.columns[j].has_many:
        return False
    words = {_word(cell) for cell in records.columns[j].cells if not is_blank(cell)}
    return bool(words & _CREDITS) and words <= _CREDITS | _DEBITS


def _is_negative(text: str) -> bool:
    number, factor, _ = without_signs(text)
    return (number.startswith("-") and factor > 0) or (factor < 0 and not number.startswith("-"))
