"""The value of a case, as planned and as it is now: computed once for all that it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from mlpm_core.in_life.periods import Monitored, Period
from mlpm_core.in_life.window import Window
from mlpm_core.quantity.written import for_everybody
from mlpm_core.services.session.computing import FAILED, or_reason
from mlpm_core.services.valuation.maths_version import maths_version
from mlpm_core.services.valuation.now import Computed, Now, Result, Stretch, now_of
from mlpm_core.store import Figures
from mlpm_core.value.draws import DRAWS, SEED
from mlpm_core.value.formula import Formula
from mlpm_core.value.kept import (
    LARGEST_ADDED,
    Revaluation,
    can_be_added,
    draws_to_add,
    figures_of,
    kept_worth,
)
from mlpm_core.value.worth import Worth, worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.store import Reader
    from mlpm_core.value.mechanism import Mechanism

_DEFINITIONS: Final[dict[int, tuple[Mechanism, str]]] = {}
_MOST_DEFINITIONS: Final = 256
_STATED: Final = attrgetter(*(f.name for f in fields(Monitored)))


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """All that the value of a case rests on; nothing else is looked at to answer it.

    ``texts`` are what is planned of each input that is asked, or its default; ``monitored`` is as
    ``recent_periods`` has it.
    """

    mechanism: Mechanism
    baseline: str
    currency: str
    texts: Mapping[str, str]
    monitored: Mapping[Period, Mapping[str, Monitored]]

    @property
    def digest(self) -> str:
        """A hash of the question and of the maths that answers it."""
        rows = [
            (period.start.isoformat(), period.granularity, name, *_STATED(result))
            for period, metrics in self.monitored.items()
            for name, result in metrics.items()
        ]
        rests_on = (
            maths_version(),
            _definition(self.mechanism),
            self.baseline,
            self.currency,
            DRAWS,
            SEED,
            list(self.texts.items()),
            rows,
        )
        return hashlib.sha256(repr(rests_on).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What follows: the value as planned and now, or the sentence that says why there is none.

    ``is_final`` unless an error of ours stood in the way, which may be gone at the next try.
    """

    planned: Worth | None
    now: Now | None
    current: Worth | None
    problem: str | None
    is_final: bool = True


def answered(
    reader: Reader, question: CaseQuestion, place: tuple[str, str] | None = None
) -> CaseAnswer:
    """The answer to a question, from the figures kept at a place or computed and kept there.

    Its values make their draws when they are asked for. Without a place nothing is kept.
    """
    table = reader.figures
    if table is None or place is None:
        return _computed(question)
    digest = question.digest
    kept = table.find(reader.rows, place, digest)
    if kept is not None:
        answer, _ = or_reason(f"Figures kept of {place}", partial(_read, question, kept))
        if answer is not None:
            return answer
    answer = _computed(question)
    if answer.is_final:
        table.keep(place, digest, _written(answer))
    return answer


def written_worth(
    mechanism: Mechanism,
    written: Mapping[str, str | None],
    baseline: str,
    currency: str,
    draws: int,
) -> tuple[Worth | None, str | None]:
    """The worth of written inputs, or None with the sentence that says what is wrong."""
    given = {name: text for name, text in written.items() if text}
    return or_reason(
        f"The worth by {mechanism.id}",
        lambda: worth(mechanism, given, baseline=baseline or None, currency=currency, draws=draws),
    )


@for_everybody()
def _computed(question: CaseQuestion) -> CaseAnswer:
    planned, problem = _worth(question, question.texts)
    now = now_of(
        question.mechanism,
        question.monitored,
        planned,
        question.texts,
        baseline=question.baseline,
        currency=question.currency,
    )
    light = _light(question, planned, question.texts)
    if now is None:
        return CaseAnswer(light, None, None, problem, problem != FAILED)
    texts, of_plan = _texts_now(question, now), problem
    full, problem = _worth(question, texts)
    current = _light(question, full, texts, is_now=True)
    return CaseAnswer(light, now, current, problem, FAILED not in (of_plan, problem))


def _worth(question: CaseQuestion, texts: Mapping[str, str]) -> tuple[Worth | None, str | None]:
    """As ``written_worth``; one that is too large to be added to others has no value either."""
    mechanism, baseline, currency = question.mechanism, question.baseline, question.currency
    found, problem = written_worth(mechanism, texts, baseline, currency, DRAWS)
    if found is not None and not can_be_added(found):
        return None, (
            f"The value is beyond {LARGEST_ADDED:.0e} a year for these inputs; look for one with "
            "too many digits or in another unit."
        )
    return found, problem


def _texts_now(question: CaseQuestion, now: Now) -> dict[str, str]:
    """What each input is now: as monitored, else as planned."""
    asked = question.mechanism.inputs_for(question.baseline or None)
    texts = {
        entry.name: now.results[entry.name].text
        if entry.name in now.results
        else question.texts.get(entry.name, "")
        for entry in asked
    }
    return {name: text for name, text in texts.items() if text}


def _light(
    question: CaseQuestion, full: Worth | None, texts: Mapping[str, str], *, is_now: bool = False
) -> Worth | None:
    """A worth without its draws, which are made again when they are asked for."""
    if full is None:
        return None
    again = _again(question, texts)
    again.hold(full)
    return _kept(question, figures_of(full), draws_to_add(full) if is_now else {}, again)


def _again(question: CaseQuestion, texts: Mapping[str, str]) -> Revaluation:
    return Revaluation(
        partial(
            worth,
            question.mechanism,
            texts,
            baseline=question.baseline or None,
            currency=question.currency,
        )
    )


def _kept(
    question: CaseQuestion,
    figures: Mapping[str, Any],
    draws: Mapping[str, Any],
    again: Revaluation,
) -> Worth:
    return kept_worth(
        figures,
        draws,
        again,
        mechanism=question.mechanism,
        baseline=question.mechanism.baseline(question.baseline or None).name,
        n_draws=DRAWS,
        seed=SEED,
    )


def _written(answer: CaseAnswer) -> Figures:
    """An answer as it is kept; of the value now also what totals over projects add."""
    draws: dict[str, list[int]] = {}
    parts: dict[bytes, list[int]] = {}
    end = 0
    for name, ordered in draws_to_add(answer.current).items() if answer.current else ():
        part = ordered.tobytes()
        if part not in parts:
            parts[part] = [end, end + ordered.size]
            end += ordered.size
        draws[name] = parts[part]
    text = {
        "planned": figures_of(answer.planned) if answer.planned else None,
        "current": figures_of(answer.current) if answer.current else None,
        "now": _now_written(answer.now) if answer.now else None,
        "problem": answer.problem,
        "draws": draws,
    }
    return Figures(json.dumps(text), b"".join(parts))


def _read(question: CaseQuestion, kept: Figures) -> CaseAnswer:
    text = json.loads(kept.text)
    ordered = np.frombuffer(kept.draws, np.float32)
    draws = {name: ordered[start:end] for name, (start, end) in text["draws"].items()}

    def value(
        figures: Mapping[str, Any] | None, texts: Mapping[str, str], draws: Mapping[str, Any]
    ) -> Worth | None:
        return _kept(question, figures, draws, _again(question, texts)) if figures else None

    planned = value(text["planned"], question.texts, {})
    if text["now"] is None:
        return CaseAnswer(planned, None, None, text["problem"])
    now = _now_read(text["now"])
    current = value(text["current"], _texts_now(question, now), draws)
    return CaseAnswer(planned, now, current, text["problem"])


def _now_written(now: Now) -> dict[str, Any]:
    def period(of: Period) -> tuple[str, str]:
        return of.start.isoformat(), of.granularity

    window, stretch = now.window, now.stretch
    return {
        "newest": period(now.newest),
        "stretch": (period(stretch.first), period(stretch.last), stretch.n),
        "results": {
            n: (r.text, r.value, r.when, r.batch, r.computed) for n, r in now.results.items()
        },
        "batches": now.batches,
        "window": (window.length, window.settled_net, window.settled_loss, window.differing),
    }


def _now_read(text: Mapping[str, Any]) -> Now:
    def period(of: tuple[str, str]) -> Period:
        return Period(datetime.fromisoformat(of[0]), of[1])

    first, last, n = text["stretch"]
    length, settled_net, settled_loss, differing = text["window"]
    return Now(
        period(text["newest"]),
        Stretch(period(first), period(last), n),
        {name: _result_read(*result) for name, result in text["results"].items()},
        tuple(text["batches"]),
        Window(length, settled_net, settled_loss, tuple(differing)),
    )


def _result_read(
    text: str, value: float, when: str, batch: str, computed: Sequence[int] | None
) -> Result:
    return Result(text, value, when, batch, Computed(*computed) if computed else None)


def _definition(mechanism: Mechanism) -> str:
    """All that a mechanism says, as text; of those that stay the same object it is at hand."""
    of_same = _DEFINITIONS.get(id(mechanism))
    if of_same is not None and of_same[0] is mechanism:
        return of_same[1]
    text = repr(_content(mechanism))
    if len(_DEFINITIONS) >= _MOST_DEFINITIONS:
        _DEFINITIONS.clear()
    _DEFINITIONS[id(mechanism)] = mechanism, text
    return text


def _content(of: object) -> object:
    """A definition as plain values, however deep; a formula is its text."""
    if isinstance(of, Formula):
        return of.name, of.text
    if is_dataclass(of):
        return [_content(getattr(of, f.name)) for f in fields(of)]
    if isinstance(of, Mapping):
        return [(str(key), _content(value)) for key, value in of.items()]
    if isinstance(of, tuple):
        return [_content(value) for value in of]
    return of
