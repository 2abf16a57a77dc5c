"""Another way to read the cells of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.intake.columns.cell_parser import is_missing
from mlpm_core.intake.files.lines import SPACES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlpm_core.intake.columns.cell_parser import Cell
    from mlpm_core.records import Question


class Mended(NamedTuple):
    """Another way to read the cells of a column, or the questions that it takes."""

    read: Callable[[str], Cell] | None = None
    questions: tuple[Question, ...] = ()


def filled(texts: Sequence[str]) -> list[str]:
    """The cells that hold something, without the spaces about them."""
    return [t for text in texts if not is_missing(t := text.strip(SPACES))]
