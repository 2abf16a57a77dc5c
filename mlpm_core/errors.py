"""Everything MLPM raises on purpose.

::

    MlpmError                            str(error) is a sentence fit for the user
    ├── InputError (also ValueError)     the caller can fix a value
    ├── NotEnoughDataError               the answer is undefined, not wrong
    ├── NotFoundError (also LookupError) no such project, model or KPI; lists near names
    └── StoreError                       the store refused; raised ``from`` the driver's error
        └── InUseError                   another process holds the data
"""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_QUOTED = 200


def quoted(text: object) -> str:
    r"""What somebody wrote, as a sentence repeats it: in quotes, and not more than fits in one.

    Examples
    --------
    >>> print(quoted("a\nb"), len(quoted("x" * 10_000)))
    'a\nb' 205
    """
    written = str(text)
    if len(written) <= _LONGEST_QUOTED:
        return repr(written)
    return f"{written[:_LONGEST_QUOTED]!r}..."


def printable(text: str) -> str:
    r"""Text with every character written out that does not show, or changes what stands around it.

    A terminal obeys control characters, and marks of direction turn words around; see Unicode TR36.

    Examples
    --------
    >>> print(printable("a\x1b[31m.csv"), printable("b\u202ecsv"), printable("Größe 5 µm"))
    a\x1b[31m.csv b\u202ecsv Größe 5 µm
    """
    if text.isprintable():
        return text
    # what does not show is escaped as Python writes it; other blanks than the plain one do show
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else ascii(c)[1:-1] for c in text
    )


class MlpmError(Exception):
    """An error whose text is a sentence fit for the user."""


class InputError(MlpmError, ValueError):
    """A value the caller can fix; the sentence names it and what is allowed."""


class NotEnoughDataError(MlpmError):
    """The answer is undefined for want of data; the sentence says how much is needed."""


class NotFoundError(MlpmError, LookupError):
    """Nothing of that name exists.

    ``what`` is the kind of thing that was looked for, and ``without_hint`` the sentence for
    somebody who may not be told what there is instead; both are empty when nothing else was named.

    Examples
    --------
    >>> error = NotFoundError.of("mechanism", "triage", ["triage_automation", "fraud_blocking"])
    >>> str(error)
    "There is no mechanism 'triage'. Did you mean triage_automation?"
    >>> error.without_hint
    "There is no mechanism 'triage'."
    """

    what: str = ""
    without_hint: str = ""

    @classmethod
    def of(cls, what: str, name: str, names: Iterable[str]) -> NotFoundError:
        """The error for a ``name`` that is not among the ``known`` ones."""
        names = sorted(names)
        near = get_close_matches(name[:_LONGEST_QUOTED], names, n=3, cutoff=0.5)
        hint = (
            f"Did you mean {' or '.join(near)}?"
            if near
            else f"There are: {', '.join(names[:12])}."
            if names
            else "There are none yet."
        )
        error = cls(f"There is no {what} {quoted(name)}. {hint}")
        error.what, error.without_hint = what, f"There is no {what} {quoted(name)}."
        return error


class StoreError(MlpmError):
    """The store refused or could not be reached; nothing was half done."""


class InUseError(StoreError):
    """Another process holds the data; the sentence says which."""
