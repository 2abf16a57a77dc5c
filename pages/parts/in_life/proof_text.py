"""What Promised and realised says of experiments and of planned proofs, made from their numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from mlpm_core.services.in_life.before_after import ControlReason
from mlpm_core.services.in_life.experiments import Doubt, Lack, ProofDesign, ProofState, Verdict
from pages.parts.common.format import (
    NOTHING,
    counted,
    day,
    digits_beside,
    listed,
    literal,
    number,
    percent,
    plain,
    written_unit,
)

if TYPE_CHECKING:
    from mlpm_core.services.in_life.experiments import (
        Experiment,
        KpiBeforeAfter,
        KpiExperiment,
        Proof,
    )
    from mlpm_core.services.in_life.rollouts import KpiRollout

EVER = (
    "The true value lies in this range 95 times in 100, however often and whenever somebody looks. "
    "An ordinary 95% range that is read every week for a year misses in a third of experiments; "
    "this one is wider, and need not wait for a planned end."
)
_VERDICTS = {
    Verdict.WORKS: "the model works",
    Verdict.HARMS: "the model does harm",
    Verdict.DOES_NOT_WORK: "the model does not work as planned",
    Verdict.CANNOT_TELL: "too early to tell",
}
_LACKS = {
    Lack.CASES: "The measured values do not say how many cases they rest on. Upload them with the "
    "column n.",
    Lack.SUMS: "The measured values do not say how much single cases differ. Upload them with the "
    "columns sum and sum_sq: the sum over the cases, and the sum of their squares.",
    Lack.LENGTH: "The measured values do not say how long their periods are. Upload them with the "
    "column granularity, such as P1W.",
}
_DESIGNS = {
    ProofDesign.HALVES: "half of all cases held out",
    ProofDesign.HOLDOUT: "{share} of all cases held out",
    ProofDesign.SWITCHBACK: "weeks with and without the model taking turns",
    ProofDesign.BEFORE_AFTER: "before and after, with a control series",
}


def verdict(measured: KpiExperiment) -> str:
    """What one experiment says, in a sentence or two that can be read out."""
    title, found = literal(measured.title), measured.experiment
    if found is None:
        why = _LACKS[measured.lack] if measured.lack else measured.reason or ""
        return f"**{title}** was measured by group, but cannot be compared. {literal(why)}"
    if found.effect is None:
        return f"**{title}** cannot be judged by experiment. {literal(_doubt(measured, found))}"
    word = _VERDICTS[found.verdict]
    text = f"Measured by experiment (grade A): **{word}**. {_difference(measured, found)}"
    if found.verdict is Verdict.CANNOT_TELL:
        return f"{text} {literal(_doubt(measured, found))}"
    if found.verdict is Verdict.DOES_NOT_WORK and measured.plan:
        planned = _amount(measured.plan.proof_effect or 0.0, measured.unit)
        text += f" An effect as large as the planned {literal(planned)} is ruled out."
    return f"{text} {literal(_in_total(measured, found))}".strip()


def _difference(measured: KpiExperiment, found: Experiment) -> str:
    """How far apart the groups are."""
    if found.effect is None:
        return ""
    effect, title = found.effect, literal(measured.title)
    digits = digits_beside(effect.mean, effect.low, effect.high)
    size = literal(_amount(abs(effect.mean), measured.unit, digits))
    ends = f"{number(effect.low, digits)} to {number(effect.high, digits)}"
    way = "higher" if effect.mean > 0 else "lower"
    head = f"With the model, “{title}” is **{size}** {way} than without it"
    if effect.mean == 0:
        head = f"With and without the model, “{title}” is the same"
    return f"{head} (difference {literal(ends)})."


class Proven(NamedTuple):
    """The figure of an experiment on a card, and what it rests on."""

    value: str
    evidence: str


def figure_of(measured: KpiExperiment) -> Proven:
    """What the model changed by experiment: money over all treated cases, or else on one case."""
    found = measured.experiment
    if found is None or found.effect is None:
        return Proven(NOTHING, "")
    is_money = len(measured.total_unit) == 3 and found.total is not None
    shown = found.total if is_money and found.total is not None else found.effect
    digits = digits_beside(shown.mean, shown.low, shown.high)
    size, sign = number(abs(shown.mean), digits), "−" if shown.mean < 0 else "+"
    value = f"{measured.total_unit} {sign}{size}" if is_money else f"{sign}{size}"
    per = "" if is_money else f"{written_unit(measured.unit)}; "
    better = "higher" if measured.higher_is_better else "lower"
    return Proven(
        value,
        f"{per}likely {number(shown.low, digits)} to {number(shown.high, digits)} (95 times in "
        f"100), grade A. {measured.title}, with the model minus without it ({better} is better): "
        f"{_VERDICTS[found.verdict]}. {plain(found.n_treated)} treated and "
        f"{plain(found.n_holdout)} held-out cases of {_days(found.days)} to "
        f"{day(measured.until - timedelta(days=1))}. It is not added to what is implied.",
    )


def _amount(value: float, unit: str, digits: int = 3) -> str:
    """A figure of one case with its unit.

    Examples
    --------
    >>> _amount(30.2, "1/kcase"), _amount(1794.3, "EUR/case")
    ('30.2 per 1,000 cases', 'EUR 1,794 per case')
    """
    currency, _, per = unit.partition("/")
    if per == "case" and len(currency) == 3 and currency.isupper():
        return f"{currency} {number(value, digits)} per case"
    if unit == "1/kcase":
        return f"{number(value, digits)} {written_unit(unit)}"
    return f"{number(value, digits)} {written_unit(unit)}"


def _in_total(measured: KpiExperiment, found: Experiment) -> str:
    """What the effect makes over all treated cases."""
    if found.total is None:
        return ""
    total, unit = found.total, measured.total_unit
    digits = digits_beside(total.mean, total.low, total.high)
    low, high = sorted((abs(total.low), abs(total.high)))
    if total.low < 0 < total.high:
        return ""
    word = "more" if total.mean > 0 else "less" if unit != "case" else "fewer"
    if len(unit) == 3 and unit.isupper():
        size = f"{unit} {number(abs(total.mean), digits)}"
    else:
        size = f"{number(abs(total.mean), digits)} {unit}s"
    return (
        f"Over the {plain(found.n_treated)} treated cases of {_days(found.days)} that makes {size} "
        f"{word} ({number(low, digits)} to {number(high, digits)})."
    )


def _days(days: float) -> str:
    return counted(round(days), "day")


def _doubt(measured: KpiExperiment, found: Experiment) -> str:
    """Why there is no verdict, and what would bring one."""
    match found.doubt:
        case Doubt.NO_HOLDOUT:
            return (
                "Only treated cases were measured. Nothing says what would have happened without "
                "the model: hold some cases out at random, and upload them as the group holdout."
            )
        case Doubt.NO_TREATED:
            return "Only held-out cases were measured; upload the group treated as well."
        case Doubt.NEVER_SHARED:
            return (
                "The groups were never measured in the same period, so what changed in between "
                "cannot be told from the model."
            )
        case Doubt.NO_SPREAD:
            return "All cases of a group are the same, so nothing says what chance alone does."
        case Doubt.TOO_FEW:
            return (
                f"There are too few cases yet: {plain(found.n_treated)} treated and "
                f"{plain(found.n_holdout)} held out."
            )
        case Doubt.SAMPLE_RATIO:
            return _uneven(measured, found)
        case Doubt.TOO_SHORT:
            return "Nothing is judged before two whole weeks, for weekdays differ."
        case _:
            return f"Chance alone could explain the difference. {_weeks_left(found.weeks_left)}"


def _uneven(measured: KpiExperiment, found: Experiment) -> str:
    held_out = measured.plan.proof_held_out if measured.plan else None
    meant = f" where {percent(held_out)} were to be held out" if held_out is not None else ""
    return (
        f"The cases are not split as planned: {plain(found.n_treated)} treated and "
        f"{plain(found.n_holdout)} held out{meant}. Chance does that less than once in "
        f"{plain(2000)} times, so something decides who is treated. No figure is shown until that "
        "is found."
    )


def _weeks_left(weeks: int | None) -> str:
    if weeks is None:
        return "At this rate not even ten more years would tell."
    return (
        f"If the difference stays as it is, {counted(weeks, 'more week')} at this rate "
        f"{'brings' if weeks == 1 else 'bring'} a verdict."
    )


def rests_on(measured: KpiExperiment) -> str:
    """Cases, periods, checks and batches behind an experiment."""
    found, parts = measured.experiment, []
    if found is not None:
        turns = ", the groups taking turns" if found.is_switchback else ""
        parts.append(
            f"{plain(found.n_treated)} treated and {plain(found.n_holdout)} held-out cases in "
            f"{counted(found.n_periods, 'period')}{turns}, to {day(measured.until)}."
        )
        if found.decided_after_days is not None:
            parts.append(f"The verdict was first reached after {_days(found.decided_after_days)}.")
        if found.effect is not None and found.sample_ratio_p is None and not found.is_switchback:
            parts.append("No plan says how the cases were to be split, so that is not checked.")
        if found.effect is not None:
            parts.append("Grade A holds where chance decided which cases were held out.")
        if found.n_left_out:
            parts.append(
                f"{counted(found.n_left_out, 'period')} with one group only "
                f"{'is' if found.n_left_out == 1 else 'are'} left out."
            )
    if found is not None and measured.n_unread:
        parts.append(
            f"{counted(measured.n_unread, 'measured value')} could not be used: without cases or "
            "sums, or of a time that others cover."
        )
    if measured.plan is not None:
        parts.append(f"Counted from the day of decision {measured.plan.decision_id}.")
    parts.append(f"From {listed(measured.batches[-3:])}.")
    return literal(" ".join(parts))


def followed(proof: Proof) -> str:
    """How far the proof of a decision has come, in a sentence or two."""
    decision = proof.decision
    name = literal(decision.decision_id)
    if proof.state is ProofState.NO_PLAN:
        return (
            f"**{name}** was recorded without a plan of proof, so nothing says when it will be "
            "known whether the model works."
        )
    share = "" if decision.proof_held_out is None else percent(decision.proof_held_out)
    design = _DESIGNS[decision.proof_by].format(share=share)
    head = f"**{name}** is to be proven on “{literal(proof.kpi_title)}”: {literal(design)}."
    left = literal(_left(proof))
    match proof.state:
        case ProofState.PROVEN:
            grade = "B" if decision.proof_by is ProofDesign.BEFORE_AFTER else "A"
            return f"{head} The verdict is in (grade {grade})."
        case ProofState.NEVER if decision.proof_by is ProofDesign.BEFORE_AFTER and proof.due_on:
            return f"{head} Its day has come without a verdict: it cannot be known this way."
        case ProofState.NEVER:
            return f"{head} It cannot be known this way: the effect is too small for the cases."
        case ProofState.WAITING:
            return f"{head} No group has been measured yet. {left}"
        case _:
            return f"{head} It is running. {left}"


def _left(proof: Proof) -> str:
    if proof.state is ProofState.RUNNING:
        return (
            "" if proof.weeks_left is None else f"About {counted(proof.weeks_left, 'week')} left."
        )
    if proof.due_on is None:
        return ""
    by = f"By {day(proof.due_on)} 8 of 10 such proofs have a verdict"
    return f"{by}; {counted(proof.weeks_left or 0, 'week')} left." if proof.weeks_left else f"{by}."


_CONTROL_REASONS = {
    ControlReason.NO_CONTROLS: "No group that was left alone is measured.",
    ControlReason.FEW_BEFORE: "Too few periods were measured in both groups before the model.",
    ControlReason.FEW_AFTER: "Too few periods were measured in both groups since the model.",
    ControlReason.NO_NOISE: "The groups hardly scatter, so nothing says how much is chance.",
    ControlReason.PRE_TRENDS_DIFFER: "The groups already moved apart before the model, so the "
    "group left alone does not say what would have happened without it.",
    ControlReason.PLACEBO_IN_TIME: "The same computation finds a change before the model, where "
    "none can be, so its figure would mean nothing.",
    ControlReason.PLACEBO_ON_CONTROLS: "A group that the model cannot move changed at its start "
    "too, so something else came at that time.",
    ControlReason.TOO_NOISY: "Chance alone could explain the change.",
}


def before_after(told: KpiBeforeAfter) -> str:
    """What before and after beside a group left alone says of a KPI, in sentences to read out."""
    title, seen = literal(told.title), told.seen
    if seen is None:
        return f"**{title}** cannot be compared before and after. {literal(told.reason or '')}"
    if seen.change is None:
        why = _CONTROL_REASONS[seen.reason] if seen.reason else ""
        return f"**{title}** cannot be judged before and after. {literal(why)}"
    word = "cannot be told"
    if told.works is not None:
        word = "the model works" if told.works else "the model does harm"
    digits = digits_beside(seen.change.mean, seen.change.low, seen.change.high)
    way = "rose" if seen.change.mean > 0 else "fell"
    size = literal(_amount(abs(seen.change.mean), told.unit, digits))
    ends = literal(f"{number(seen.change.low, digits)} to {number(seen.change.high, digits)}")
    text = (
        f"Measured before and after (grade B): **{word}**. Since {day(told.live_on)} “{title}” "
        f"{way} by **{size}** more than the group left alone (change {ends})."
    )
    if not told.is_due:
        text += f" It is judged once, on {day(told.due_on)}: judged every week, chance would pass."
    elif told.works is None and seen.reason:
        text += f" {literal(_CONTROL_REASONS[seen.reason])}"
    return text


def before_after_rests_on(told: KpiBeforeAfter) -> str:
    """Periods, checks and batches behind a comparison before and after."""
    parts = []
    if told.seen is not None:
        seen = told.seen
        parts.append(
            f"{counted(seen.n_before, told.word)} before and {counted(seen.n_after, told.word)} "
            f"since, to {day(told.until - timedelta(days=1))}."
        )
        passed = sum(p.is_passed for p in seen.placebos)
        if seen.placebos:
            parts.append(
                f"{passed} of {counted(len(seen.placebos), 'check')} with a pretended start before "
                "the model found no change, as it should."
            )
    parts.append("Grade B: chance did not choose the group that was left alone.")
    parts.append(
        f"Planned with decision {told.plan.decision_id}. From {listed(told.batches[-3:])}."
    )
    return literal(" ".join(parts))


def figure_before_after(told: KpiBeforeAfter) -> Proven:
    """The change of a KPI beyond the group left alone, for a card."""
    word = {True: "the model works", False: "the model does harm", None: "no verdict"}[told.works]
    title = f"{told.title}, beyond the group left alone"
    return of_grade_b(told, title, word)


def of_grade_b(proof: KpiBeforeAfter | KpiRollout, title: str, word: str) -> Proven:
    """The change by a proof of grade B, for a card; nothing without one."""
    change = proof.seen.change if proof.seen else None
    if change is None:
        return Proven(NOTHING, "")
    digits = digits_beside(change.mean, change.low, change.high)
    sign = "−" if change.mean < 0 else "+"
    better = "higher" if proof.higher_is_better else "lower"
    return Proven(
        f"{sign}{number(abs(change.mean), digits)}",
        f"{written_unit(proof.unit)}; likely {number(change.low, digits)} to "
        f"{number(change.high, digits)} (95 times in 100), grade B. {title} ({better} is better): "
        f"{word}. To {day(proof.until - timedelta(days=1))}. It is not added to what is implied.",
    )


def nothing() -> str:
    """What to do where no KPI was measured by group."""
    return (
        "Nothing here is proven yet: no KPI was measured with some cases held out at random. "
        "Upload measured KPIs with the groups treated and holdout, and this section says whether "
        "the model works (grade A). Where units take it up at different times, upload "
        "roll-out results (grade B)."
    )
