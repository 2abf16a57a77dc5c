"""Signs that a workbook shows about its numbers though no cell holds them: k€ behind 814."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.workbook_parts import parse
from mlpm_core.quantity import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST: Final = 200  # characters of a format; no program writes a longer one
_PARTS: Final = re.compile(
    r'"(?P<text>[^"]*)"|\\(?P<one>.)|\[\$(?P<money>[^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|(?P<else>.)'
)
_DIGITS: Final = "0#?.,"
_COUNTS: Final = re.compile(
    r"[\u20ac$\u00a3\u00a5\u20b9%]|\b(?:k|K|T|M|mn|bn|[Tt]sd|[Mm]io|[Mm]rd|million|billion)\b"
)
"""What changes the meaning of the number that it stands beside."""
_OF_DAYS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)


def signs_shown(styles: bytes) -> dict[str, tuple[str, str]]:
    """What stands before and behind the numbers of each style of cells, where it counts.

    A unit that is shown in thousands of the number (``#,##0,"k"``) is none of the number itself.

    Parameters
    ----------
    styles : bytes
        The part of a workbook that holds its styles.

    Returns
    -------
    dict
        By the number of the style, as cells name it.
    """
    formats: dict[str, str] = {}
    used: list[str] = []
    is_of_cells = False

    def start(tag: str, has: Mapping[str, str]) -> None:
        nonlocal is_of_cells
        if tag == "numFmt":
            formats[has.get("numFmtId", "")] = has.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyleXfs", "dxfs"):
            is_of_cells = tag == "cellXfs"
        elif tag == "xf" and is_of_cells:
            used.append(has.get("numFmtId", ""))

    parse(styles, start)
    about = {name: _about(code) for name, code in formats.items()}
    return {str(i): signs for i, name in enumerate(used) if (signs := about.get(name))}


def _about(code: str) -> tuple[str, str] | None:
    """The signs about the digits of a format; None where none of them changes what is meant.

    Examples
    --------
    >>> _about('#,##0.0 "k\u20ac"'), _about('[$\u20ac-407]#,##0.00'), _about('0.0"%";[Red]-0.0"%"')
    (('', ' k€'), ('€', ''), ('', '%'))
    >>> _about('0.0%'), _about('#,##0,"k"'), _about('yyyy"m"'), _about('0 "days"')
    (None, None, None, None)
    """
    before, behind, digits = "", "", ""
    for part in _PARTS.finditer(code[:_MOST].partition(";")[0]):
        plain = part["else"]
        if plain is not None and plain in _DIGITS:
            digits += plain
            continue
        if plain is not None and (_OF_DAYS.match(plain) or plain in "%@E/"):
            return None
        shown = part["text"] or part["one"] or part["money"] or plain or ""
        before, behind = (before, behind + shown) if digits else (before + shown, behind)
    words = re.findall("[A-Z]{3}", f"{before} {behind}")
    counts = _COUNTS.search(before) or _COUNTS.search(behind) or not CURRENCIES.isdisjoint(words)
    return (before, behind) if digits and counts and not digits.endswith(",") else None
