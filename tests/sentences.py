"""Every sentence that a worth tells, checked against the formulas by brute force.

Inputs are drawn at random, at their limits and beyond all measure, of every mechanism of the
catalogue against every baseline. A sentence is read as a reader would: by its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.planning.conditions import conditions
from mlpm_core.quantity import LARGEST, Quantity, Unit
from mlpm_core.value.benefits import benefits
from mlpm_core.value.mechanism import find_mechanism, mechanisms
from mlpm_core.value.policy import Policy
from mlpm_core.value.worth import worth

if TYPE_CHECKING:
    from mlpm_core.planning.conditions import Condition
    from mlpm_core.value.mechanism import Input
    from mlpm_core.value.worth import Worth

__all__ = ["Tally", "tally"]

_NUMBER: Final = r"(-?[0-9][0-9,]*(?:\.[0-9]+)?(?:e[+-][0-9]+)?)"
_FAR: Final = 2e-3  # numbers are told to four digits
_NOTHING: Final = 1e-12  # of the money that net is the difference of
_DRAWS: Final = 64
_FALSE_WORDS: Final = ("inf ", "nan", "None", "1e+308")


@dataclass
class Tally:
    """How many sentences were checked, by kind, and which were false."""

    counted: dict[str, int] = field(default_factory=dict)
    false: list[str] = field(default_factory=list)

    @property
    def n(self) -> int:
        """How many sentences were checked."""
        return sum(self.counted.values())

    def check(self, kind: str, sentence: str, why: str | None, context: object) -> None:
        """Count a sentence, and keep it with the reason when it is false."""
        self.counted[kind] = self.counted.get(kind, 0) + 1
        if why is None and any(word in f"{sentence} " for word in _FALSE_WORDS):
            why = "it holds a word that no sentence holds"
        if why is not None:
            self.false.append(f"{kind}: {sentence!r} is false: {why}; {context}")


def tally(n_sentences: int, seed: int) -> Tally:
    """Check so many sentences, over all mechanisms and baselines in turn."""
    told, rng = Tally(), np.random.default_rng(seed)
    places = [
        (find_mechanism(name), baseline.name)
        for name in mechanisms()
        for baseline in find_mechanism(name).baselines.values()
        if baseline.reason is None
    ]
    while told.n < n_sentences:
        for mechanism, baseline in places:
            asked = mechanism.inputs_for(baseline)
            given = {e.name: text for e in asked if (text := _written(e, rng)) is not None}
            try:
                found = worth(mechanism, given, baseline=baseline, draws=_DRAWS)
            except (InputError, NotEnoughDataError) as error:
                why = _refusal(str(error), Policy(mechanism, mechanism.baseline(baseline)), given)
                told.check("refusal", str(error), why, given)
                continue
            _worth(told, found, given, rng)
    return told


def _written(entry: Input, rng: np.random.Generator) -> str | None:
    """An input as somebody might write it: typical, at a limit, tiny, huge, or uncertain."""
    if not entry.is_needed and rng.random() < 0.6:
        return None
    is_share = entry.high is not None
    kind = rng.random()
    if kind < 0.1:
        return repr(float(entry.low or 0))
    if kind < 0.16 and is_share:
        return repr(float(entry.high))
    if kind < 0.2:
        return repr(float(f"{10.0 ** rng.uniform(-16, -3):.3g}"))
    if kind < 0.24 and not is_share:
        return repr(float(f"{10.0 ** rng.uniform(6, 18):.3g}"))
    low, high = (0.05, 0.95) if is_share else (1.0, 200.0)
    if entry.typical:
        low, high = (Quantity.read(end, entry.unit).median for end in entry.typical.split(" to "))
    if low <= 0 or rng.random() < 0.3:
        return repr(float(f"{rng.uniform(low, high):.4g}"))
    one, two = sorted(low * (high / low) ** rng.random(2))
    if rng.random() < 0.5:
        return repr(float(f"{one:.4g}"))
    return f"{one:.4g} to {two * 1.01:.4g}" if not is_share or two * 1.01 < 1 else f"{one:.4g}"


def _refusal(sentence: str, policy: Policy, given: dict[str, str]) -> str | None:
    """Why a refusal is false: its floor does not hold, or it names a zero that is none."""
    if re.search(r"Precision must be at least -?0(?![.\d])", sentence):
        return "nothing is below 0"
    floor = re.search(rf"must be at least {_NUMBER} for .*; at {_NUMBER} ", sentence)
    if floor and not _read(floor[2]) <= _read(floor[1]):
        return "what was written is above the floor"
    zero = re.search(r"These are 0: (.*)\.", sentence)
    labels = {entry.label: entry.name for entry in policy.inputs}
    if zero:
        for label in zero[1].split(", "):
            if label in labels and float(given.get(labels[label], "0").split()[0]) != 0:
                return f"{label} is not 0"
    return None


def _worth(told: Tally, found: Worth, given: dict[str, str], rng: np.random.Generator) -> None:
    """Every sentence about one worth."""
    context = (found.mechanism.id, found.baseline, given)
    for condition in conditions(found):
        sentence = condition.sentence("EUR")
        told.check("condition", sentence, _condition(condition, sentence, found, rng), context)
    for name, reason in found.break_even_reasons.items():
        told.check("reason", reason, _reason(name, reason, found, rng), (name, *context))
    for note in found.notes:
        told.check("note", note, _note(note, found), context)
    written = {"build_cost": repr(float(rng.choice([0, 1e4, 1e6]))), "horizon_years": "4"}
    written |= {"run_cost": repr(float(rng.choice([0, 1e4]))), "attribution": "0.7"}
    try:
        paid = benefits(found.net, written, costs=found.costs)
    except InputError as error:
        told.check("pays", str(error), _overflow(found), context)
        return
    told.check("pays", paid.sentence, _pays(paid.sentence, paid), (context, written))


def _read(text: str) -> float:
    return float(text.replace(",", ""))


def _nets(found: Worth, name: str, values: np.ndarray) -> np.ndarray:
    """Net at values of one input in its unit, the others at their medians; NaN where impossible."""
    policy = Policy(found.mechanism, found.mechanism.baseline(found.baseline))
    entry = next(e for e in policy.inputs if e.name == name)
    outcome = policy.outcome({**found.medians, name: values * Unit.read(entry.unit).factor})
    with np.errstate(all="ignore"):
        is_nothing = np.abs(outcome.net) <= _NOTHING * outcome.size
        nets = np.where(outcome.is_possible, np.where(is_nothing, 0.0, outcome.net), np.nan)
    return np.broadcast_to(nets, values.shape)


def _points(found: Worth, name: str, rng: np.random.Generator, *near: float) -> np.ndarray:
    """Values all over what an input can be, and around some of them."""
    policy = Policy(found.mechanism, found.mechanism.baseline(found.baseline))
    entry = next(e for e in policy.inputs if e.name == name)
    low = -LARGEST if entry.low is None else entry.low
    high = LARGEST if entry.high is None else entry.high
    spread = 10.0 ** rng.uniform(-14, 18, 60)
    points = [spread, -spread, low + spread, high - spread, [low, high, found_median(found, name)]]
    if entry.low is not None and entry.high is not None:
        points.append(rng.uniform(low, high, 60))
    for x in near:
        points += [x * rng.uniform(0.5, 1.5, 30), x + (high - x) * rng.random(10) ** 4]
    every = np.unique(np.concatenate([np.asarray(p, dtype=np.float64) for p in points]))
    return every[(every >= low) & (every <= high)]


def found_median(found: Worth, name: str) -> float:
    """The median that an input is taken at, in its unit."""
    return found.quantities[name].median


def _condition(
    condition: Condition, sentence: str, found: Worth, rng: np.random.Generator
) -> str | None:
    """Why a sentence of what must be true is false; None when it is true."""
    now = float(_nets(found, condition.name, np.array([condition.taken]))[0])
    if sentence.startswith("With everything else as assumed,"):
        points = _points(found, condition.name, rng)
        nets = _nets(found, condition.name, points)
        if ("model pays, and no" in sentence) != (now > 0):
            return f"net as taken is {now!r}"
        wrong = (nets < 0) if now > 0 else (nets > 0)
        return f"at {points[wrong][0]!r} net is {nets[wrong][0]!r}" if wrong.any() else None
    low, high = -np.inf, np.inf
    if side := re.search(rf" is at least {_NUMBER}", sentence):
        low = _read(side[1])
    elif side := re.search(rf" is at most {_NUMBER}", sentence):
        high = _read(side[1])
    elif side := re.search(rf" is above {_NUMBER}", sentence):
        low = _read(side[1])
    elif side := re.search(rf" is below {_NUMBER}", sentence):
        high = _read(side[1])
    elif side := re.search(rf" is between {_NUMBER} and {_NUMBER}", sentence):
        low, high = _read(side[1]), _read(side[2])
    else:
        return "it cannot be read"
    points = _points(found, condition.name, rng, *(x for x in (low, high) if np.isfinite(x)))
    nets = _nets(found, condition.name, points)
    inside = (points > low + _FAR * abs(low)) & (points < high - _FAR * abs(high))
    outside = (points < low - _FAR * abs(low)) | (points > high + _FAR * abs(high))
    if (wrong := inside & (nets < 0)).any():
        return f"at {points[wrong][0]!r} it loses {nets[wrong][0]!r}"
    if "It also pays at other values." in sentence:
        outside &= False
    if (wrong := outside & (nets > 0)).any():
        return f"at {points[wrong][0]!r} it gains {nets[wrong][0]!r}"
    if ("still pays" in sentence) != (now > 0) and "It is assumed to be 0." not in sentence:
        return f"net as taken is {now!r}"
    return _distance(condition, sentence)


def _distance(condition: Condition, sentence: str) -> str | None:
    """Why the distance that is told is not that to the break-even."""
    taken, zero = condition.taken, condition.zero_at
    if zero is None or taken == 0:
        return None
    word = "fall" if zero < taken else "rise"
    if zero != taken and not re.search(rf"(may|must) {word} ", sentence):
        return f"from {taken!r} to {zero!r} is a {word}"
    share = abs(taken - zero) / abs(taken)
    if told := re.search(r" by ([0-9]+)%", sentence):
        return None if abs(float(told[1]) / 100 - share) <= 0.0051 else f"it is {share:.1%}"
    if told := re.search(rf" to {_NUMBER} times that", sentence):
        return None if abs(_read(told[1]) / (1 + share) - 1) < 0.06 else f"it is {1 + share!r}"
    return None


def _reason(name: str, reason: str, found: Worth, rng: np.random.Generator) -> str | None:
    points = _points(found, name, rng)
    nets = _nets(found, name, points)
    nets = nets[np.isfinite(nets)]
    if reason == "Net does not depend on it.":
        moved = float(np.ptp(nets)) if nets.size else 0.0
        return None if moved <= 1e-6 * (np.abs(nets).max(initial=0.0) + 1e-9) else f"by {moved!r}"
    if nets.size and nets.min() < 0 < nets.max():
        return f"net is from {nets.min()!r} to {nets.max()!r}"
    return None


def _note(note: str, found: Worth) -> str | None:
    uncertain = [q for q in found.quantities.values() if not q.is_exact]
    if "Every number is taken as exact" in note:
        return None if not uncertain else "some are not"
    if "One number is uncertain" in note:
        return None if len(uncertain) == 1 else f"{len(uncertain)} are"
    if "taken as independent" in note:
        return None if uncertain else "none is uncertain"
    if share := re.search(r"([0-9]+)% of the draws are impossible", note):
        return None if abs(float(share[1]) / 100 - (1 - found.feasible_share)) < 0.006 else "not so"
    if "draws are impossible" in note:
        return None if found.feasible_share < 1 else "all are possible"
    if wide := re.search(rf"spans {_NUMBER} to 1", note):
        spans = [
            float(np.divide(*q.quantile(np.array([0.95, 0.05])))) for q in uncertain if q.low == 0
        ]
        near = any(abs(_read(wide[1]) / span - 1) < 1e-3 for span in spans if span > 100)
        return None if near else f"the spans are {spans}"
    if follows := re.search(r"gave a number for “(.+)”: that of “(.+)” is used", note):
        labels = {entry.name: entry.label for entry in found.mechanism.all_inputs}
        pairs = {(labels[one], labels[other]) for one, other in found.followed.items()}
        return None if follows.groups() in pairs else f"those that follow are {pairs}"
    if limit := re.search(r"“(.+)” is the limit when every number", note):
        names = [e.name for e in found.mechanism.all_inputs if e.label == limit[1]]
        return None if any(_stops(found, name) for name in names) else "it stops nothing"
    return "no such note is known"


def _stops(found: Worth, name: str) -> bool:
    """Whether a little more of a number makes a flow that is the least of some more."""
    policy = Policy(found.mechanism, found.mechanism.baseline(found.baseline))
    more = {**found.medians, name: found.medians[name] * (1 + 1e-9) + 1e-300}
    now, then = policy.model(found.medians), policy.model(more)
    return any(
        "min(" in rule.formula.text and then[flow] > now[flow]
        for flow, rule in found.mechanism.flows.items()
    )


def _overflow(found: Worth) -> str | None:
    return None if np.abs(found.net.samples).max() > 1e17 else "the numbers are not too large"


def _pays(sentence: str, paid: object) -> str | None:
    flows = np.array([year.flow.samples for year in paid.years])
    spent = paid.build_cost.samples
    ends = flows.sum(axis=0) - spent
    if "nothing to pay back" in sentence:
        if spent.any():
            return "building costs something"
        return _chance(sentence, float(np.mean(ends > 0)))
    tiny = 1e-8 * (np.abs(flows).sum(axis=0) + spent)
    low, high = (float(np.mean(ends >= tiny * sign)) for sign in (1, -1))
    if "does not pay back within" in sentence:
        return None if low == 0 else f"it does in {low:.1%}"
    if re.search(r"within [0-9,]+ months? of use\.$", sentence) and "chance" not in sentence:
        return None if high == 1 else f"it does in {high:.1%}"
    return _chance(sentence, low) and _chance(sentence, high)


def _chance(sentence: str, share: float) -> str | None:
    told = re.search(r"a chance of (less than 1|more than 99|[0-9]+)%", sentence)
    if told is None:
        return "it tells no chance"
    if not told[1].isdigit():
        is_so = 0 < share < 0.01 if "less" in told[1] else 0.99 < share < 1
        return None if is_so else f"it is {share!r}"
    return None if abs(float(told[1]) / 100 - share) <= 0.0051 else f"it is {share!r}"
