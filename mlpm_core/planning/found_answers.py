"""What findings answer of an estimate: the newest of each factor goes before what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mlpm_core.planning.factors import FACTORS, PROBABILITY_ON
from mlpm_core.quantity import in_percent
from mlpm_core.quantity.words import day_in_words
from mlpm_core.records import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlpm_core.records import EstimateRecord, FindingRecord


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """A factor, how likely it applies by a finding, and what the estimate says of it.

    ``written`` is None where no estimate was made.
    """

    name: str
    probability: float
    written: Answer | None
    finding: FindingRecord

    @property
    def label(self) -> str:
        """What the factor is called."""
        return FACTORS[self.name].label

    @property
    def sentence(self) -> str:
        """What was found, when, how certain it is, and what it goes before."""
        found, said = self.finding, in_words(self.probability)
        on = f", {day_in_words(found.found_on)}" if found.found_on else ""
        before = ""
        if self.written is not None and PROBABILITY_ON[self.written] != self.probability:
            before = f" The estimate itself says {self.written.value}."
        statement = found.statement.strip().rstrip(".")
        return f"{self.label}: {said}, by “{statement}” ({found.confidence.value}{on}).{before}"


def in_words(probability: float) -> str:
    """How likely a factor applies, as the answer to its question.

    Examples
    --------
    >>> [in_words(p) for p in (1, 0, 0.5, 0.2)]
    ['yes', 'no', 'unknown', '20% likely']
    """
    said = {p: answer.value for answer, p in PROBABILITY_ON.items()}
    return said.get(probability) or f"{in_percent(probability)} likely"


def found_answers(
    findings: Iterable[FindingRecord], estimate: EstimateRecord | None = None
) -> tuple[FoundAnswer, ...]:
    """What the findings of a project say of each factor, in the order of the waterfall.

    Of several findings the one found last counts; one that is archived, or says neither whether
    the factor applies nor how likely it does, answers nothing.
    """
    newest: dict[str, FindingRecord] = {}
    for finding in sorted(findings, key=lambda f: f.found_on or date.min):
        is_said = finding.applies is not Answer.UNKNOWN or finding.probability is not None
        if finding.factor and is_said and not finding.archived:
            newest[str(finding.factor)] = finding
    return tuple(
        FoundAnswer(
            name=name,
            probability=_probability(newest[name]),
            written=None if estimate is None else Answer(getattr(estimate, name)),
            finding=newest[name],
        )
        for name in FACTORS
        if name in newest
    )


def _probability(finding: FindingRecord) -> float:
    if finding.applies is Answer.UNKNOWN and finding.probability is not None:
        return finding.probability
    return PROBABILITY_ON[finding.applies]
