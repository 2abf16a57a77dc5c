"""Long training runs: how many tries a week there can be, and what those cost that fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlpm_core.errors import InputError
from mlpm_core.planning.checks import check_number
from mlpm_core.quantity.written import fig

HOURS_A_WEEK: Final = 168.0
HOURS_A_DAY: Final = 24.0
_MOST_HOURS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Campaign:
    """A series of training runs, as it was counted.

    Parameters
    ----------
    gpu_hours_planned, gpu_hours_used, gpu_hours_failed : float
        The budget (0 when there is none), what all runs used, and those that failed.
    price : float
        What a GPU-hour costs, in money.
    runs, runs_failed : int
        Runs that ended, and those of them without a result.
    run_hours_p50, run_hours_p95 : float, optional
        Hours that a run takes, as likely more as less; and within which 19 of 20 end.

    Raises
    ------
    InputError
        When a number is out of its range, or a part is larger than its whole.

    Examples
    --------
    >>> done = Campaign(480, 240, 120, price=2.5, runs=3, runs_failed=1, run_hours_p50=20)
    >>> done.share_used, done.cost, done.failed_cost, done.per_run, done.per_result
    (0.5, 600.0, 300.0, 200.0, 300.0)
    >>> done.per_week, done.per_week_to_be_safe
    (8.4, None)
    >>> done.is_ordinary, done.gpus_at_once
    (True, 4.0)
    """

    gpu_hours_planned: float
    gpu_hours_used: float
    gpu_hours_failed: float
    price: float
    runs: int
    runs_failed: int
    run_hours_p50: float | None = None
    run_hours_p95: float | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("GPU-hours planned", self.gpu_hours_planned),
            ("GPU-hours used", self.gpu_hours_used),
            ("GPU-hours of failed runs", self.gpu_hours_failed),
        ):
            check_number(name, value, low=0, upto=_MOST_HOURS)
        check_number("price of a GPU-hour", self.price, low=0, upto=1e6)
        check_number("runs", self.runs, low=0, upto=1e9, is_whole=True)
        check_number("failed runs", self.runs_failed, low=0, upto=1e9, is_whole=True)
        for name, hours in (
            ("hours of a run", self.run_hours_p50),
            ("hours of a long run", self.run_hours_p95),
        ):
            if hours is not None:
                check_number(name, hours, above=0, upto=100_000)
        if self.runs_failed > self.runs:
            raise InputError(
                f"{fig(self.runs_failed):,} of {fig(self.runs):,} runs failed; count again."
            )
        if self.gpu_hours_failed > self.gpu_hours_used:
            raise InputError(
                f"Failed runs used {fig(self.gpu_hours_failed):,g} of "
                f"{fig(self.gpu_hours_used):,g} GPU-hours; count again."
            )
        p50, p95 = self.run_hours_p50, self.run_hours_p95
        if p50 is not None and p95 is not None and p95 < p50:
            raise InputError(
                f"19 of 20 runs end within {fig(p95):g} hours and half take more than "
                f"{fig(p50):g}; the first is the larger one."
            )

    @property
    def share_used(self) -> float | None:
        """Share of the planned GPU-hours that is used; above 1 where more was; None unplanned."""
        return self.gpu_hours_used / self.gpu_hours_planned if self.gpu_hours_planned else None

    @property
    def cost(self) -> float:
        """What was used, in money."""
        return self.gpu_hours_used * self.price

    @property
    def failed_cost(self) -> float:
        """What failed runs used, in money."""
        return self.gpu_hours_failed * self.price

    @property
    def per_run(self) -> float | None:
        """What a run cost; None before one ended."""
        return self.cost / self.runs if self.runs else None

    @property
    def per_result(self) -> float | None:
        """What a run with a result cost, failed ones counted in; None before there is one."""
        results = self.runs - self.runs_failed
        return self.cost / results if results else None

    @property
    def runs_left(self) -> int | None:
        """Runs that the rest of the plan pays for, at what a run used so far; None if unknown."""
        if not self.gpu_hours_planned or not self.runs or not self.gpu_hours_used:
            return None
        left = max(0.0, self.gpu_hours_planned - self.gpu_hours_used)
        return int(left * self.runs / self.gpu_hours_used)

    @property
    def is_ordinary(self) -> bool | None:
        """Whether runs end within a day, so that they are planned like any other long job.

        By the length within which 19 of 20 end, else by the median; None when nobody said either.
        That Thompson (2023, Managing machine learning projects, Manning) tells hours from days is
        where this comes from; the day is the product's own.
        """
        hours = self.run_hours_p95 or self.run_hours_p50
        return None if hours is None else hours <= HOURS_A_DAY

    @property
    def gpus_at_once(self) -> float | None:
        """GPUs that a run keeps busy, by what runs used and the median length; None if unknown."""
        if not self.runs or not self.run_hours_p50 or not self.gpu_hours_used:
            return None
        return self.gpu_hours_used / self.runs / self.run_hours_p50

    @property
    def per_week(self) -> float | None:
        """Runs one after the other in a week of days and nights, at the median length."""
        return HOURS_A_WEEK / self.run_hours_p50 if self.run_hours_p50 else None

    @property
    def per_week_to_be_safe(self) -> float | None:
        """The same at the length within which 19 of 20 end."""
        return HOURS_A_WEEK / self.run_hours_p95 if self.run_hours_p95 else None
