"""What every project is asked: packs of questions, the state of each answer, gates and readiness.

The packs lie in ``catalogue/checks/*.csv``, in our own words; yes is always the good answer.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError, quoted
from mlpm_core.records import CheckReply, Phase

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mlpm_core.records import CheckQuestion, CheckResult

_FOLDER: Final = files("mlpm_core") / "catalogue" / "checks"
READINESS: Final = "Readiness"
"""The pack that has a score: the minimum of its sections."""
IMPACT_CHECK: Final = "impact_harm"
"""The question that needs both: who is harmed if it works, and who if it fails."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a pack; ``phases`` is empty when it is asked in every phase.

    ``stale_after_days`` is None for an answer that does not age. ``checked_on`` is the day its
    source was last read, None for one that was not read again.
    """

    check_id: str
    pack: str
    area: str
    question: str
    phases: frozenset[Phase] = frozenset()
    is_gate: bool = False
    stale_after_days: int | None = None
    source: str = ""
    ref: str = ""
    checked_on: date | None = None

    def is_asked_in(self, phase: Phase) -> bool:
        """Whether it is asked in a phase."""
        return not self.phases or phase in self.phases


def phases_of(text: str) -> frozenset[Phase]:
    """The phases that a text names, separated by semicolons; none for every phase.

    Raises
    ------
    InputError
        When one of them is no phase.

    Examples
    --------
    >>> sorted(phases_of("sprint_1; in_life"))
    [<Phase.IN_LIFE: 'in_life'>, <Phase.SPRINT_1: 'sprint_1'>]
    """
    names = [name.strip() for name in text.split(";") if name.strip()]
    known = [p.value for p in Phase if p is not Phase.NONE]
    for name in names:
        if name not in known:
            raise InputError(f"{quoted(name)} is no phase; phases are {', '.join(known)}.")
    return frozenset(Phase(name) for name in names)


@lru_cache(maxsize=1)
def check_packs() -> tuple[Question, ...]:
    """The questions that come with MLPM, pack by pack.

    Examples
    --------
    >>> sum(q.pack == READINESS for q in check_packs())
    28
    """
    tables = sorted((p for p in _FOLDER.iterdir() if p.name.endswith(".csv")), key=lambda p: p.name)
    return tuple(
        _question(row)
        for table in tables
        for row in csv.DictReader(table.read_text("utf-8").splitlines())
    )


def _question(row: dict[str, str]) -> Question:
    days = row["stale_after_days"]
    return Question(
        check_id=row["check_id"],
        pack=row["pack"],
        area=row["area"],
        question=row["question"],
        phases=phases_of(row["phases"]),
        is_gate=row["is_gate"] == "true",
        stale_after_days=int(days) if days else None,
        source=row["source"],
        ref=row["ref"],
        checked_on=date.fromisoformat(row["checked_on"]) if row["checked_on"] else None,
    )


def own_question(record: CheckQuestion) -> Question:
    """A question of the project's own.

    Raises
    ------
    InputError
        When it names a phase that there is not.
    """
    return Question(
        check_id=record.check_id,
        pack=record.pack,
        area=record.area,
        question=record.question,
        phases=phases_of(record.phases),
        is_gate=record.is_gate,
        stale_after_days=record.stale_after_days,
        source=record.source,
        checked_on=record.checked_on,
    )


class CheckState(StrEnum):
    """How a question stands in a phase."""

    UNANSWERED = "unanswered"
    INCOMPLETE = "incomplete"
    OLD = "old"
    OTHER_VERSION = "other_version"
    NO = "no"
    PARTIAL = "partial"
    YES = "yes"
    NOT_APPLICABLE = "not_applicable"

    @property
    def is_settled(self) -> bool:
        """Whether it stops nobody: yes, or with a reason not applicable."""
        return self in {CheckState.YES, CheckState.NOT_APPLICABLE}

    @property
    def is_stale(self) -> bool:
        """Whether it was answered, but must be answered again."""
        return self in {CheckState.OLD, CheckState.OTHER_VERSION}


@dataclass(frozen=True, slots=True)
class Check:
    """A question in a phase, with its answer there; ``result`` is None without one."""

    question: Question
    phase: Phase
    state: CheckState
    result: CheckResult | None = None


def state_of(
    question: Question, result: CheckResult | None, today: date, in_use: Collection[str]
) -> CheckState:
    """How an answer stands on a day.

    Parameters
    ----------
    question : Question
        What was asked.
    result : CheckResult or None
        The answer; one that is dated after today counts as none.
    today : date
        The last day that is known.
    in_use : collection of str
        Versions of data and models in use. An answer about another one is stale; one that names
        none, or while none is known, is not.

    Examples
    --------
    >>> from mlpm_core.records import CheckResult
    >>> question = Question("q", "Own", "", "Is it so?", stale_after_days=30)
    >>> answer = CheckResult(project="p", check_id="q", reply="yes", answered_on=date(2026, 3, 2),
    ...                      about_version="v1")
    >>> [state_of(question, answer, date(2026, 4, d), {"v1"}).value for d in (1, 2)]
    ['yes', 'old']
    >>> state_of(question, answer, date(2026, 3, 2), {"v2"}).value
    'other_version'
    """
    if result is None or result.answered_on > today:
        return CheckState.UNANSWERED
    if what_is_missing(result):
        return CheckState.INCOMPLETE
    if result.about_version and in_use and result.about_version not in in_use:
        return CheckState.OTHER_VERSION
    lasts = question.stale_after_days
    if lasts is not None and today - result.answered_on > timedelta(days=lasts):
        return CheckState.OLD
    return CheckState(result.reply.value)


def what_is_missing(result: CheckResult) -> str:
    """The column that an answer cannot do without and has empty; empty when it has all."""
    if result.reply is CheckReply.NOT_APPLICABLE:
        return "" if result.reason.strip() else "reason"
    if result.check_id == IMPACT_CHECK:
        for column in ("harm_if_works", "harm_if_fails"):
            if not getattr(result, column).strip():
                return column
    return ""


def checks_in(
    questions: Iterable[Question],
    results: Sequence[CheckResult],
    phase: Phase,
    today: date,
    in_use: Collection[str],
) -> tuple[Check, ...]:
    """Every question that is asked in a phase, with how its answer in that phase stands."""
    answers = {r.check_id: r for r in results if r.phase is phase}
    return tuple(
        Check(
            q, phase, state_of(q, answers.get(q.check_id), today, in_use), answers.get(q.check_id)
        )
        for q in questions
        if q.is_asked_in(phase)
    )


def blocking(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The gates that keep a phase from being left."""
    return tuple(c for c in checks if c.question.is_gate and not c.state.is_settled)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The ML Test Score: points of each section, of as many as it has questions.

    ``sections`` has (name, points, questions), in the order of the pack.
    """

    sections: tuple[tuple[str, float, int], ...]

    @property
    def score(self) -> float:
        """The least of the sections, never their mean; 0 without any."""
        return min((points for _, points, _ in self.sections), default=0.0)

    @property
    def weakest(self) -> tuple[str, ...]:
        """The sections that hold the score down."""
        return tuple(name for name, points, _ in self.sections if points == self.score)


def readiness(
    questions: Iterable[Question],
    results: Sequence[CheckResult],
    today: date,
    in_use: Collection[str],
) -> Readiness:
    """The score of production readiness, from the newest answer to each question in any phase.

    A yes that a machine checks again and again is 1 point, one that somebody checked by hand 1/2.
    What is answered in part, with no, not at all, too long ago, about another version or as not
    applicable has no points.

    References
    ----------
    Breck, E., Cai, S., Nielsen, E., Salib, M., Sculley, D. (2017). The ML Test Score: a rubric for
    ML production readiness and technical debt reduction. IEEE Big Data.

    Examples
    --------
    >>> readiness(check_packs(), (), date(2026, 3, 2), ()).sections[0]
    ('Data', 0.0, 7)
    """
    newest: dict[str, CheckResult] = {}
    for result in sorted(results, key=lambda r: r.answered_on):
        if result.answered_on <= today:
            newest[result.check_id] = result
    points: dict[str, list[float]] = {}
    for question in questions:
        if question.pack == READINESS:
            answer = newest.get(question.check_id)
            is_met = state_of(question, answer, today, in_use) is CheckState.YES
            worth = (1.0 if answer and answer.is_automated else 0.5) if is_met else 0.0
            points.setdefault(question.area, []).append(worth)
    return Readiness(tuple((area, sum(of), len(of)) for area, of in points.items()))
