"""What columns are called that hold statistics of a metric: its mean, and how sure that is."""

from __future__ import annotations

import re
from typing import Final

MEANS: Final = ("mean", "avg", "average")
INTERVAL: Final = "CI"
SURE: Final = (
    ("{} {}", ((INTERVAL,),)),
    ("{} [CI {}; {}]", (("lower", "ci_low", "ci_lower", "low"),
                     ("upper", "ci_high", "ci_upper", "high"))),
    ("{} (SE {})", (("se", "sem", "stderr", "std_err"),)),
    ("{} (SD {})", (("std", "sd", "stdev"),)),
)  # fmt: skip
"""What says how sure a mean is: how it is written behind it, and what its columns are called."""
_OTHERS: Final = ("min", "max", "count", "median", "n", "var", "size", "25%", "50%", "75%")
STATISTICS: Final = frozenset(
    {*MEANS, *_OTHERS, *(word for _, of in SURE for words in of for word in words)}
)
_LEVEL: Final = "[0-9]{2}(?:[.,][0-9])?"
_INTERVAL: Final = (
    rf"(?:{_LEVEL} ?%?[ _-]?)?"
    r"(?:CI|KI|IC|HDI|CrI|conf(?:idence|\.)?[ _]?int(?:erval|\.)?|credible[ _]interval"
    r"|(?:Konfidenz|Vertrauens)intervall|intervalle de confiance|intervalo de confian[z\u00e7]a)"
    rf"(?:[ _]?\(?{_LEVEL} ?%?\)?)?"
)
_IS_INTERVAL: Final = re.compile(_INTERVAL, re.IGNORECASE)
_WORDS: Final = "|".join(
    sorted(
        map(re.escape, STATISTICS - {"low", "high", "n", "size", INTERVAL}), key=len, reverse=True
    )
)
_BESIDE_METRIC: Final = re.compile(
    rf"(?P<before>.+?)[ ._-]+\(?(?P<last>{_INTERVAL}|{_WORDS})\)?"
    rf"|(?P<first>{_INTERVAL}|{_WORDS})[ ._-]+(?P<behind>.+)",
    re.IGNORECASE,
)


def statistic_named(name: str) -> str:
    """A statistic by the name of its column: small letters, and one word for every interval.

    Examples
    --------
    >>> statistic_named("Mean"), statistic_named("97.5% CI"), statistic_named("fold 1")
    ('mean', 'CI', 'fold 1')
    """
    return INTERVAL if interval_level(name) is not None else name.lower()


def interval_level(name: str) -> str | None:
    """The percentage that the name of a column of intervals says; None where it names none.

    Examples
    --------
    >>> [interval_level(n) for n in ("95% CI", "KI (97,5 %)", "Konfidenzintervall", "recall")]
    ['95', '97.5', '', None]
    """
    if not _IS_INTERVAL.fullmatch(name.strip()):
        return None
    level = re.search(_LEVEL, name)
    return level[0].replace(",", ".") if level else ""


def metric_and_statistic(name: str) -> tuple[str, str] | None:
    """What a name is made of that names a metric and a statistic of it.

    Examples
    --------
    >>> metric_and_statistic("recall_std"), metric_and_statistic("Mean F1")
    (('recall', 'std'), ('F1', 'Mean'))
    >>> metric_and_statistic("recall 80 % CI"), metric_and_statistic("recall")
    (('recall', '80 % CI'), None)
    """
    match = _BESIDE_METRIC.fullmatch(name)
    if match is None:
        return None
    return match["before"] or match["behind"], match["last"] or match["first"]
