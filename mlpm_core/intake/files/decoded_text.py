"""A file as text, and which of its rows each line is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlpm_core.intake.files.table import Codes
    from mlpm_core.intake.row_parts import Parts
    from mlpm_core.records import Reject, Warned


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text as UTF-8; bytes that its encoding does not know stand in it as they are.

    ``rows``, ``left``, ``parts`` and ``part`` are those of ``Unpacked``, where it was unpacked;
    ``unread`` is that of ``Report``, where it was made from the report of another tool,
    ``warnings`` what must be said of how it was made, and ``n_left`` how many records of the file
    are not in it.
    """

    data: bytes
    encoding: str
    bom: bytes
    has_bad_bytes: bool
    rows: dict[int, int] | None = None
    left: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    parts: Parts | None = None
    n_left: int = 0
    part: str = ""

    def of_part(self, part: str) -> Text:
        """The same, said to be of a part of the file, or of a part of the one that it is of."""
        return replace(self, part=", ".join(filter(None, (part, self.part))))

    def with_lines(self, rejects: Iterable[Reject]) -> Iterator[tuple[int, Reject]]:
        """Rejects of single records, each with the line of the text, from 0, that it is of."""
        starts = self.starts()
        for reject in rejects:
            number = reject.row if self.parts is None else self.parts.number_of(reject)
            if number is not None:
                yield starts.get(number, number) - 1, reject

    def starts(self) -> dict[int, int]:
        """The line of the text for the number of a record, where they differ."""
        return {row: line for line, row in (self.rows or {}).items()}

    def row_at(self, line: int) -> int:
        """The number of the record on a line of the text, both from 1."""
        return line if self.rows is None else self.rows.get(line, line)

    def rows_of(self, lines: Codes) -> Codes:
        """The rows (from 0) of the file on which the records of some lines (from 0) start."""
        if self.rows is None:
            return lines
        return np.array([self.row_at(i + 1) - 1 for i in lines.tolist()], dtype=np.int64)

    def place_in_words(self, line: int) -> str:
        """The row of the file that a line of the text, from 1, is of, as a sentence names it.

        Examples
        --------
        >>> from mlpm_core.intake.row_parts import Parts
        >>> parts = Parts(100, ("column Jan", "column Feb"))
        >>> Text(b"", "utf-8", b"", False, {3: 102}, parts=parts).place_in_words(3)
        'line 2, column Feb'
        """
        number = self.row_at(line)
        row, part = (number, "") if self.parts is None else self.parts.place(number)
        return f"line {row}, {part}" if part else f"line {row}"

    def bytes_of(self, text: str, *, is_ours: bool = False) -> bytes:
        r"""A part of the text as it stood in the file; what is ours may lose a letter.

        Examples
        --------
        >>> Text(b"m\x81", "utf-8", b"", True).bytes_of("m\udc81")
        b'm\x81'
        """
        codec = self.encoding
        if self.bom and codec in ("utf-16", "utf-32"):
            codec += "-le" if self.bom.startswith(b"\xff\xfe") else "-be"
        return text.encode(codec, "replace" if is_ours else "surrogateescape")
