"""What makes the work larger than it looks: the factors of an estimate and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlpm_core.records import Answer, Documentation

PROBABILITY_ON: Final = {Answer.YES: 1.0, Answer.NO: 0.0, Answer.UNKNOWN: 0.5}


@dataclass(frozen=True, slots=True)
class Factor:
    """What multiplies the effort when it applies: log-normal, with that median and log spread.

    ``categories`` are the kinds of tasks it acts on once the work is split into tasks; a guess of
    the whole is multiplied as a whole. ``is_published`` says that the median is Thompson's; every
    other figure is the product's own.
    """

    name: str
    label: str
    question: str
    median: float
    log_sd: float
    categories: tuple[str, ...]
    is_published: bool = False


FACTORS: Final = {
    factor.name: factor
    for factor in (
        Factor(
            "data_complex",
            "Complex data",
            "Is the data complex?",
            2.0,
            0.25,
            ("data", "feature"),
            is_published=True,
        ),
        Factor(
            "data_big",
            "Big data",
            "Is the data big?",
            2.0,
            0.25,
            ("data", "feature", "train"),
            is_published=True,
        ),
        Factor(
            "platform_complex",
            "Complex platform",
            "Is the platform complex or distributed?",
            2.0,
            0.25,
            ("infra", "deploy", "train"),
            is_published=True,
        ),
        Factor(
            "data_dirty",
            "Dirty data",
            "Does the data need cleaning?",
            1.5,
            0.25,
            ("data", "feature"),
        ),
        Factor(
            "ethics_privacy",
            "Ethics and privacy",
            "Are there questions of ethics, security or privacy?",
            1.3,
            0.20,
            ("governance", "data", "deploy"),
        ),
        Factor(
            "unstructured",
            "Unstructured data",
            "Is the data unstructured, such as text, images or sound?",
            1.5,
            0.25,
            ("data", "feature", "train"),
        ),
        Factor(
            "eval_complicated",
            "Complicated evaluation",
            "Is it complicated to tell whether the model is good?",
            1.5,
            0.25,
            ("evaluate",),
        ),
    )
}
"""In the order of the waterfall. The three doubles are published: Thompson, S. (2023). Managing
machine learning projects. Manning. The other medians, and every spread, are the product's own."""

_DOCUMENTATION_QUESTION: Final = "Which documentation of the model is required?"
DOCUMENTATION: Final = {
    level: Factor("documentation", label, _DOCUMENTATION_QUESTION, median, 0.20, ("document",))
    for level, label, median in (
        (Documentation.CARD, "Model card", 1.3),
        (Documentation.FULL, "Full documentation", 2.0),
    )
}
"""Documentation that costs effort; none costs none."""

MODELS_CATEGORIES: Final = ("train", "evaluate")
"""The kinds of tasks that a further model multiplies."""
MODELS_EXPONENT: Final = 0.7
"""The product's own: a second model shares data and platform with the first."""
