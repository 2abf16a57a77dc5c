"""What was proven with a control beside what is implied for the same time, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.parts.common.format import digits_beside, literal, number, written_unit

if TYPE_CHECKING:
    from mlpm_core.services.in_life.experiments import KpiBeforeAfter, KpiExperiment
    from mlpm_core.services.in_life.kpi_view import KpiLine
    from mlpm_core.services.in_life.proven_beside_implied import BesideImplied
    from mlpm_core.services.in_life.rollouts import KpiRollout


def beside_implied(told: BesideImplied | None, unit: str) -> str:
    """What the model's metrics imply for the time of a proof, beside it; empty without."""
    if told is None:
        return ""
    implied = told.implied
    digits = digits_beside(implied.mean, implied.low, implied.high)
    verdict = {
        True: "less was measured than is implied, beyond chance",
        False: "more was measured than is implied, beyond chance",
        None: "chance alone could explain how far the two lie apart",
    }[told.is_less]
    return (
        f"For the same time the model's metrics imply a change of "
        f"{literal(f'{number(implied.mean, digits)} {written_unit(unit)}')} "
        f"({number(implied.low, digits)} to {number(implied.high, digits)}, 19 times in 20, grade "
        f"C): **{verdict}**."
    )


def less_than_implied(
    measured: KpiExperiment | KpiBeforeAfter | KpiRollout, told: BesideImplied, line: KpiLine
) -> str:
    """That a KPI's implied level is better than what was proven of it."""
    proven = told.implied.mean + told.difference.mean
    digits = digits_beside(proven, told.implied.mean, told.difference.low, told.difference.high)
    return literal(
        f"“{measured.title}” was changed by {number(proven, digits)} {written_unit(measured.unit)} "
        f"as measured with a control (grade {measured.grade}), where the model's metrics imply "
        f"{number(told.implied.mean, digits)} (grade C). What is implied of this KPI and a promise "
        f"judged by it are better than what was measured{_state(line)}."
    )


def _state(line: KpiLine) -> str:
    if line.is_measured or line.proven is not None:
        return "; its state goes by what was measured"
    return ", and so is its state"
