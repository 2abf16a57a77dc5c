"""The words of docs/glossary.md: what each means, what to do with it, and the unit it has.

The page of the repository is the one place where they are written. The screen Glossary shows it and
help texts of figures are taken from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlpm_core.quantity.written import in_form

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE: Final = Path(__file__).parents[3] / "docs" / "glossary.md"
_ALSO: Final = re.compile(r"(.+?) \((.+)\)")
NAMED, NAMED_IN_PART, EXPLAINED = range(3)
"""How well a text names a word: by its name, by a part of it, or only in what it means."""
_HEADS: Final = ("word", "kind", "number")
_UNIT: Final = re.compile(r" ?\[([^\]]+)\]")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: what it means, what to do with it, and where it stands.

    ``also`` holds its other names. ``meaning`` and ``to_do`` are Markdown of ours; ``unit`` is a
    text, empty for none.
    """

    word: str
    also: tuple[str, ...]
    meaning: str
    to_do: str
    unit: str
    section: str

    @property
    def names(self) -> tuple[str, ...]:
        """All that it is called by."""
        return self.word, *self.also

    @property
    def said(self) -> str:
        """What it means, as a sentence."""
        end = "" if self.meaning.endswith(".") else "."
        return f"{self.meaning[:1].upper()}{self.meaning[1:]}{end}"

    @property
    def help(self) -> str:
        """The help text of a figure: its meaning, what to do with it, and its other names."""
        also = f"Also called {', '.join(self.also)}." if self.also else ""
        return in_form(" ".join(filter(None, (self.said, self.to_do, also))))

    def rank(self, wanted: str) -> int | None:
        """How well a text names it, whatever its case; None where it does not."""
        text, names = wanted.casefold(), [name.casefold() for name in self.names]
        if text in names:
            return NAMED
        if any(text in name for name in names):
            return NAMED_IN_PART
        return EXPLAINED if text in self.meaning.casefold() else None


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Every word, in the order of the page."""
    return tuple(read(PAGE.read_text("utf-8")))


def read(page: str) -> list[Term]:
    r"""The words of a page in Markdown, from its tables of word, meaning and what to do.

    Examples
    --------
    >>> table = "| word | meaning |\n|---|---|\n| gap (lag) | a loss [EUR] |"
    >>> (term,) = read(f"## Value\n{table}")
    >>> term.section, term.word, term.also, term.unit, term.help
    ('Value', 'gap', ('lag',), 'EUR', 'A loss. Also called lag.')
    """
    found, section = [], ""
    for line in page.splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if line.startswith("| ") and cells[0] not in _HEADS:
            found.append(_term(section, cells))
    return found


def _term(section: str, cells: Sequence[str]) -> Term:
    """A row of a table: word, meaning and what to do; or number, id and meaning."""
    first, second, third = (*cells, "")[:3]
    if second.startswith("`"):
        word, also, meaning, to_do = second.strip("`"), first, third, ""
    else:
        named = _ALSO.fullmatch(first)
        word, also = named.groups() if named else (first.strip("`"), "")
        meaning, to_do = second, third
    unit = _UNIT.search(meaning)
    return Term(
        word=word,
        also=tuple(also.split(", ")) if also else (),
        meaning=_UNIT.sub("", meaning),
        to_do=to_do,
        unit=unit[1] if unit else "",
        section=section,
    )


def term(name: str) -> Term:
    """The word that has a name.

    Examples
    --------
    >>> term("P10 to P90").word
    'likely range'
    """
    return _by_name()[name.casefold()]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Term]:
    return {name.casefold(): t for t in terms() for name in t.names}


def help_of(name: str) -> str | None:
    """The help text of a figure by its name as screens write it; None where no word is called so.

    Examples
    --------
    >>> print(help_of("roc auc").split(".")[0], help_of("Somebody's own score"), sep="; ")
    How often the model scores a positive case above a negative one; None
    """
    found = _by_name().get(name.casefold())
    return found.help if found else None


def about(wanted: str) -> list[Term]:
    """The words that a text names or that say it, the best first; all for an empty text.

    Examples
    --------
    >>> [t.word for t in about("wape")][:1], about("no such word")
    (['WAPE'], [])
    """
    ranks = {t: t.rank(wanted.strip()) for t in terms()}
    found = [t for t, rank in ranks.items() if rank is not None]
    return sorted(found, key=lambda t: ranks[t] or 0) if wanted.strip() else found
