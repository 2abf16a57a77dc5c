"""Short names for links and files, made of titles."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST: Final = 40  # characters


def short_name(title: str, otherwise: str) -> str:
    """A name made of a title; ``otherwise`` when nothing of it can be used.

    Examples
    --------
    >>> short_name("Rückläufer & Claims 2026", "project"), short_name("返品", "project")
    ('rucklaufer-claims-2026', 'project')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    return "-".join(words)[:_LONGEST].strip("-") or otherwise


def free_name(stem: str, is_taken: Callable[[str], bool]) -> str:
    """The name, or the first one with a number behind it that nothing has yet.

    Examples
    --------
    >>> free_name("churn", {"churn", "churn-2"}.__contains__)
    'churn-3'
    """
    name, n = stem, 1
    while is_taken(name):
        n += 1
        name = f"{stem}-{n}"
    return name
