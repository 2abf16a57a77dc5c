"""Where in a TOML text an entry stands, so that an error can point at it."""

from __future__ import annotations

import re
from typing import Final

_KEY: Final = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_NEAR: Final = 8  # lines in which an entry's formula stands
_FORMULA: Final = ("formula", "floor", "volume")


def located(
    text: str, at: tuple[str, ...], position: int | None = None
) -> tuple[int | None, int | None]:
    r"""Line and column of an entry, both from 1; None where it cannot be told.

    Parameters
    ----------
    text : str
        The whole TOML text.
    at : tuple of str
        The way to the entry: ("flows", "hours"), ("kpis", "revenue"), ("volume",).
    position : int, optional
        A place in the entry's formula, from 1.

    Examples
    --------
    >>> text = 'id = "x"\n[flows]\nhours = { formula = "cases * 2", unit = "hour/year" }'
    >>> located(text, ("flows", "hours")), located(text, ("flows", "hours"), 3)
    ((3, 1), (3, 24))
    """
    lines = text.splitlines()
    entries = _entries(lines)
    depth = next((n for n in range(len(at), 0, -1) if ".".join(at[:n]) in entries), None)
    if depth is None:
        return (1, None) if lines else (None, None)
    line = entries[".".join(at[:depth])]
    if position is None:
        return line + 1, len(lines[line]) - len(lines[line].lstrip()) + 1
    for i in range(line, min(line + _NEAR, len(lines))):
        for key in (at[-1], *_FORMULA):
            opened = re.search(rf"(?:^|[\s,{{]){re.escape(key)}\s*=\s*[\"']", lines[i])
            if opened:
                return i + 1, opened.end() + position
    return line + 1, None


def replaced(text: str, at: tuple[str, ...], formula: str) -> str:
    r"""The text with another formula at an entry; unchanged where it cannot be placed.

    Parameters
    ----------
    text : str
        The whole TOML text.
    at : tuple of str
        The way to the entry, such as ("kpis", "revenue").
    formula : str
        What stands there from now on; quotes and line ends are left out.

    Examples
    --------
    >>> replaced('[kpis]\nrevenue = { formula = "0" }', ("kpis", "revenue"), "sales * margin")
    '[kpis]\nrevenue = { formula = "sales * margin" }'
    """
    line, column = located(text, at, 1)
    if line is None or column is None:
        return text
    lines = text.split("\n")
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    quote = before[-1:]
    if quote not in after or after.startswith(2 * quote):  # text over several lines
        return text
    clean = " ".join(formula.replace(quote, "").replace("\\", "").split())
    lines[line - 1] = before + clean + after[after.index(quote) :]
    return "\n".join(lines)


def _entries(lines: list[str]) -> dict[str, int]:
    """The first line of every table and key, by its way from the top."""
    first_lines: dict[str, int] = {}
    header = ""
    for i, line in enumerate(lines):
        if line.lstrip().startswith("["):
            header = line.lstrip().lstrip("[").partition("]")[0].strip()
            first_lines.setdefault(header, i)
            first_lines.setdefault(header.partition(".")[0], i)
        elif key := _KEY.match(line):
            first_lines.setdefault(f"{header}.{key[1]}" if header else key[1], i)
    return first_lines
