"""TOML from people, held to bounds before it is read, so that no text of it is endless work."""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any, Final

from mlpm_core.errors import InputError
from mlpm_core.quantity.written import fig

_LONGEST: Final = 100_000  # characters
_DEEPEST: Final = 20  # brackets one inside the other, or parts of a dotted key
_LONGEST_KEY: Final = 200
_LARGEST_INTEGER: Final = 2**63
_QUOTED: Final = re.compile(
    r"""\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''.*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*""", re.DOTALL
)
_PLACE: Final = re.compile(r"\(at line (\d+), column (\d+)\)")


class TomlFault(InputError):
    """A text that is no TOML that is read; ``line`` and ``column`` from 1, None if unknown."""

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(sentence)
        self.line, self.column = line, column


def toml_table(text: str, name: str) -> dict[str, Any]:
    """The table that a text describes.

    Parameters
    ----------
    text : str
        TOML without dates far apart in depth: at most 20 brackets one inside the other.
    name : str
        What the text is called in errors, such as its file.

    Raises
    ------
    TomlFault
        With the place of what cannot be read.

    Examples
    --------
    >>> toml_table('a = [1, "["]', "x.toml")
    {'a': [1, '[']}
    >>> toml_table("a = " + "[" * 5000, "x.toml")
    Traceback (most recent call last):
    mlpm_core.value.toml_text.TomlFault: x.toml, line 1: nested deeper than 20; write it flatter.
    """
    _check_bounds(text, name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (_n_lines(text), None)
        raise TomlFault(f"{name} is not TOML: {error}.", line, column) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise TomlFault(f"{name} is not TOML: {type(error).__name__}.") from None
    _check_numbers(table, name)
    return table


def _check_bounds(text: str, name: str) -> None:
    if len(text) > _LONGEST:
        raise TomlFault(
            f"{name} has {fig(len(text)):,} characters; at most {fig(_LONGEST):,} are read."
        )
    depth = 0
    for number, line in enumerate(_QUOTED.sub(_emptied, text).split("\n"), start=1):
        for bracket in re.findall(r"[\[\]{}]", line):
            depth += 1 if bracket in "[{" else -1
            if depth > _DEEPEST:
                sentence = (
                    f"{name}, line {number}: nested deeper than {_DEEPEST}; write it flatter."
                )
                raise TomlFault(sentence, number)
        if any(key.count(".") >= _DEEPEST for key in re.split(r"[=,{]", line)):
            sentence = f"{name}, line {number}: a key of more than {_DEEPEST} parts; shorten it."
            raise TomlFault(sentence, number)
        if max(map(len, re.split(r"[^0-9A-Za-z_]+", line)), default=0) > _LONGEST_KEY:
            sentence = f"{name}, line {number}: a word of more than {_LONGEST_KEY} characters."
            raise TomlFault(sentence, number)


def _emptied(quoted: re.Match[str]) -> str:
    """Nothing in the place of a text in quotes or a note, but the lines that it spans."""
    return '""' + "\n" * quoted[0].count("\n")


def _check_numbers(table: dict[str, Any], name: str) -> None:
    """Every number is one that a double can hold."""
    waiting: list[Any] = [table]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
            raise TomlFault(f"{name} holds a number of {len(hex(value))} digits; check it.")
        elif isinstance(value, float) and not math.isfinite(value):
            raise TomlFault(f"{name} holds {value}, which is no number to compute with.")


def _n_lines(text: str) -> int:
    return len(text.splitlines()) or 1
