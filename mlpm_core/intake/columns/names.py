"""Names: how they are written, and which of them only look alike."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mlpm_core.errors import InputError
from mlpm_core.intake.messages import Fault, shown

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 200

_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_EDGES = " \u00a0\u202f\u2007" + _ZERO_WIDTH
_NUMBER_LIKE = re.compile(r"[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. ]*")
_NOT_ADDRESSED = {
    "*": "it stands for every name",
    ".": "an address cannot hold it",
    "..": "an address cannot hold it",
}
_NO_PART = frozenset({"", ".", "..", "imports", "export"})
_WORD = re.compile(r"[^\W_]+")
_SHORTEST_WORD = 4

# Letters of other scripts that print like Latin ones (Unicode TR39 confusables.txt, letters only).
_LOOKS_LIKE: dict[int, int] = (
    str.maketrans("аеорсухіјѕһԁԛԝвкмнтьӏүѵгп", "aeopcyxijshdqwbkmhtblyvrn")
    | str.maketrans("αορνικτυχγωϲηεβμ", "aopviktuxywcnebm")
    | str.maketrans("օսոհցք", "ounhgp")
    | str.maketrans("ıɩɡɑɒ", "iigaa")
)


def invisible(text: str, allowed: str = "") -> str | None:
    """The first control or format character of a text, or None."""
    if text.isprintable():
        return None
    return next((c for c in text if c not in allowed and unicodedata.category(c) in _UNSEEN), None)


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def read_name(
    text: str,
    *,
    is_free_to_begin: bool = False,
    is_in_paths: bool = False,
    reserved: Collection[str] = (),
) -> tuple[str, bool] | Fault:
    r"""A name in NFC without spaces at its edges, and whether invisible ones were dropped.

    Parameters
    ----------
    is_free_to_begin : bool
        May it begin with a sign or hold angle brackets, as bands such as ``<30`` do?
    is_in_paths : bool
        Is it a part of addresses, as a project's is? Then no part of it between slashes may be
        read as a part of the address itself.
    reserved : collection of str
        Words that mean something else where it is read.

    Examples
    --------
    >>> read_name("\u00a0m1\u200b")
    ('m1', True)
    >>> read_name("=1+1").code
    'unsafe-name'
    >>> read_name("..").code, read_name("a/../b", is_in_paths=True).code
    ('reserved-name', 'reserved-name')
    """
    if _PLAIN.fullmatch(text) and len(text) <= LONGEST and text[-1] != " " and not reserved:
        return text, False
    name = text.strip(_EDGES)
    is_unsafe = not is_free_to_begin and (
        text.startswith(("=", "+", "-", "@", "\t"))
        or name.startswith(("=", "+", "-", "@", "\t"))
        or "<" in name
        or ">" in name
    )
    if is_unsafe:
        return Fault("unsafe-name", {})
    hidden = invisible(name)
    if hidden is not None:
        return Fault("control-char", {"hex": f"{ord(hidden):04X}"})
    name = unicodedata.normalize("NFC", name)
    if len(name) > LONGEST:
        return Fault("too-long", {"got": len(name)})
    word = unicodedata.normalize("NFKC", name).casefold()
    if word in reserved:
        return Fault("reserved-name", {"why": "the word has a meaning of its own there"})
    if word in _NOT_ADDRESSED and not is_free_to_begin:
        return Fault("reserved-name", {"why": _NOT_ADDRESSED[word]})
    if is_in_paths and name and not _NO_PART.isdisjoint(name.casefold().split("/")):
        return Fault("reserved-name", {"why": "an address with it would mean something else"})
    return name, text.strip(" ") != text.strip(_EDGES)


def check_project(project: str) -> None:
    """See that a project may be called this.

    Raises
    ------
    InputError
        When it may not.
    """
    name = read_name(project, is_in_paths=True)
    if isinstance(name, Fault) or name[0] != project:
        raise InputError(
            f"'{shown(project)}' is no name for a project: at most {LONGEST} letters and "
            "digits, spaces only inside, none of < > or a leading = + - @, and not *, nor dots or "
            "imports alone between slashes."
        )


def is_number_like(name: str) -> bool:
    """Whether a name looks like a number that a spreadsheet rewrote.

    Examples
    --------
    >>> is_number_like("1.2E+11"), is_number_like("007")
    (True, False)
    """
    return _NUMBER_LIKE.fullmatch(name) is not None


def is_slip(name: str, other: str) -> bool:
    """Whether two names differ by one slip of the finger in one word of them.

    A slip is one letter changed, added or left out, or two neighbours that changed places. Words of
    fewer than four letters and numbers are never taken for slips: they tell variants apart.

    Examples
    --------
    >>> is_slip("demand-forcast", "demand-forecast"), is_slip("Demnad forecast", "demand_forecast")
    (True, True)
    >>> is_slip("model-a", "model-b"), is_slip("churn-2024", "churn-2025")
    (False, False)
    """
    words: list[str] = _WORD.findall(name.casefold())
    others: list[str] = _WORD.findall(other.casefold())
    apart = [(a, b) for a, b in zip(words, others, strict=False) if a != b]
    if len(words) != len(others) or len(apart) != 1:
        return False
    a, b = apart[0]
    if not (a.isalpha() and b.isalpha() and min(len(a), len(b)) >= _SHORTEST_WORD):
        return False
    start = next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )
    if (
        a[start + 1 :] == b[start + 1 :]
        or a[start + 1 :] == b[start:]
        or a[start:] == b[start + 1 :]
    ):
        return True
    return a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]


def skeleton(name: str) -> str:
    r"""What two names that look alike have in common.

    Examples
    --------
    >>> skeleton("p\u0430y") == skeleton("Pay") == skeleton("p_a-y")
    True
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_LOOKS_LIKE)
    return re.sub(r"[\s_\-\u2010-\u2015]", "", folded)
