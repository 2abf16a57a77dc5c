"""Whose the figures of an estimate are: what the book says, and what the product adds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlpm_core.planning.factors import DOCUMENTATION, FACTORS, MODELS_EXPONENT
from mlpm_core.planning.found_answers import in_words
from mlpm_core.planning.quick import OPTIMISM, OPTIMISM_LOG_SD
from mlpm_core.quantity import Z90

if TYPE_CHECKING:
    from mlpm_core.planning.quick_inputs import QuickInputs


@dataclass(frozen=True, slots=True)
class Assumption:
    """What multiplies the guess, by how much, and who says so.

    ``times`` is the median; ``low`` and ``high`` hold it eight times in ten, and are the same as
    ``times`` where it has no spread. ``is_published`` says that ``times`` is Thompson's; every
    other figure is the product's own. ``answer`` is what was answered or found, empty where nothing
    is asked; ``is_found`` says that it was found.
    """

    label: str
    times: float
    low: float
    high: float
    is_published: bool
    answer: str = ""
    is_found: bool = False


def assumptions(inputs: QuickInputs) -> tuple[Assumption, ...]:
    """Everything that multiplies the guess, in the order of the waterfall.

    Examples
    --------
    >>> from mlpm_core.planning.quick_inputs import QuickInputs
    >>> rows = assumptions(QuickInputs(raw_days=12, day_rate=600, p_success=0.4))
    >>> [row.label for row in rows if row.is_published]
    ['Complex data', 'Big data', 'Complex platform', 'Usual optimism']
    """
    rows = [
        replace(
            _spread(f.label, f.median, f.log_sd, is_published=f.is_published),
            answer=in_words(inputs.likely[name]),
            is_found=name in inputs.found,
        )
        for name, f in FACTORS.items()
    ]
    rows += [
        _spread(
            f.label, f.median, f.log_sd, answer="yes" if level == inputs.documentation else "no"
        )
        for level, f in DOCUMENTATION.items()
    ]
    rows.append(_spread("Usual optimism", OPTIMISM, OPTIMISM_LOG_SD, is_published=True))
    for label, times in (
        (f"{inputs.n_models} models", inputs.n_models**MODELS_EXPONENT),
        ("Each further cycle", 1 + inputs.loop_share * inputs.repeat_share),
    ):
        rows.append(_spread(label, times, 0.0))
    return tuple(rows)


def _spread(
    label: str, median: float, log_sd: float, *, is_published: bool = False, answer: str = ""
) -> Assumption:
    wide = math.exp(Z90 * log_sd)
    return Assumption(label, median, median / wide, median * wide, is_published, answer)
