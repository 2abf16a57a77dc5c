"""Rows of a file of which several records come: one of each sheet, or one of each of its numbers.

All of them stand in a row of the same number. Inside the intake each record has a number of its
own, so that what is said of one never falls upon another; people are told the row and its part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlpm_core.records import Reject

_LARGEST: Final = 2**31  # of a stored number of a line


class Parts(NamedTuple):
    """How numbers of records are made: the row, and so many times ``stride`` as its part.

    Examples
    --------
    >>> parts = Parts(100, ("sheet Jan", "sheet Feb"))
    >>> parts.number(5, 1), parts.place(105), parts.in_words(105)
    (105, (5, 'sheet Feb'), '5 (sheet Feb)')
    """

    stride: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, most_rows: int, names: Sequence[str]) -> Parts | None:
        """Parts of rows up to a number; None where there would be too many to number."""
        stride = most_rows + 1
        apart = tuple(
            f"{name}, number {i}" if names.count(name) > 1 else name
            for i, name in enumerate(names, start=1)
        )
        return cls(stride, apart) if stride * len(names) < _LARGEST else None

    def within(self, names: Sequence[str]) -> Parts | None:
        """Further parts within each of these."""
        both = [f"{outer}, {inner}" for inner in names for outer in self.names]
        return Parts.of(self.stride - 1, both)

    def number(self, row: int, part: int) -> int:
        """The number of a record."""
        return row + self.stride * part

    def place(self, number: int) -> tuple[int, str]:
        """The row of a record and its part."""
        part, row = divmod(number, self.stride)
        return row, self.names[part]

    def in_words(self, number: int) -> str:
        """The row of a record and its part, as a sentence names it."""
        row, part = self.place(number)
        return f"{row} ({part})"

    def number_of(self, reject: Reject) -> int | None:
        """The number of the record that a reject is of."""
        if reject.row is None or not reject.part:
            return reject.row
        return self.number(reject.row, self.names.index(reject.part))

    def placed(self, rejects: Iterable[Reject]) -> list[Reject]:
        """Rejects by number of record as people read them: by row and part."""
        return [r if r.row is None else self._placed(r, r.row) for r in rejects]

    def _placed(self, reject: Reject, number: int) -> Reject:
        row, part = self.place(number)
        return reject.model_copy(update={"row": row, "part": part})


def numbered(
    rows: Mapping[int, int] | None, outer: Parts | None, n_lines: int, names: Sequence[str]
) -> tuple[Parts | None, int]:
    """The parts of records of which several are made of each line, and the stride between them.

    Parameters
    ----------
    rows : mapping of int to int, optional
        The row of the file for a line of the text, where they differ.
    outer : Parts, optional
        The parts that these rows have already.
    """
    if outer is not None:
        return outer.within(names), outer.stride * len(outer.names)
    most = max([n_lines, *(rows or {}).values()])
    return Parts.of(most, names), most + 1
