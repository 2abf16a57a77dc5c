"""What becomes of a value once it must be realised: ramp-up, decay, cost, and whether it pays.

A mechanism says what a model is worth a year at steady state. Benefits realisation asks what of it
arrives, year by year, against what building and running cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from mlpm_core.errors import InputError, NotEnoughDataError, NotFoundError
from mlpm_core.quantity import Quantity, in_percent
from mlpm_core.quantity.written import fig
from mlpm_core.value.draws import SEED, own_draws, own_generator
from mlpm_core.value.estimate import Estimate
from mlpm_core.value.mechanism import Input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mlpm_core.value.mechanism import Mechanism

    Array = NDArray[np.float64]


_INPUTS: Final[tuple[Input, ...]] = (
    Input("build_cost", "Build cost", "building it costs", "money", low=0),
    Input("run_cost", "Running cost", "running it costs, beyond what the formulas count",
          "money/year", low=0, default="0", is_running_cost=True),
    Input("build_months", "Time to build", "from the first spending until it is used, so many "
          "months pass", "month", low=0, high=120, default="0", typical="3 to 12"),
    Input("horizon_years", "Years of use", "it is used for so many whole years", "year", low=1,
          high=30, default="3", typical="2 to 5"),
    Input("ramp_first_year", "Use in the first year", "of its steady-state use, the first year "
          "has this share", "1", low=0, high=1, default="1", typical="0.3 to 0.8"),
    Input("ramp_second_year", "Use in the second year", "of its steady-state use, the second "
          "year has this share", "1", low=0, high=1, default="1", typical="0.7 to 0.99"),
    Input("deadweight", "Would come anyway", "of the benefit, this share would have come anyway",
          "1", low=0, high=1, default="0", typical="0.05 to 0.3"),
    Input("attribution", "Caused by the model", "of the benefit, this share comes from the model "
          "and not from other changes", "1", low=0, high=1, default="1", typical="0.6 to 0.95"),
    Input("decay", "Yearly decline", "each year, the benefit falls by this share", "1", low=0,
          high=1, default="0", typical="0.02 to 0.2"),
    Input("decay_later", "Yearly decline from the third year", "from the third year on, the "
          "benefit falls by this share each year; as in the second if nobody knows", "1", low=0,
          high=1, typical="0.02 to 0.3", same_as="decay"),
    Input("peak_volume", "Busiest time of the year", "at the busiest time of the year, so many "
          "times the mean volume arrives", "1", low=1, high=2, default="1", typical="1.1 to 1.6"),
    Input("peak_month", "Time to the busiest time", "from the start of use to the middle of the "
          "busiest time, so many months pass", "month", low=0, high=12, default="6"),
    Input("discount_rate", "Discount rate", "money a year later is worth less by this rate",
          "1/year", low=0, high=1, default="0.08", typical="0.03 to 0.12"),
)  # fmt: skip
_MONTHS: Final = 12
_ROUNDING: Final = 1e-9
_BY_NAME: Final = {entry.name: entry for entry in _INPUTS}


def benefit_inputs(mechanism: Mechanism | None = None) -> tuple[Input, ...]:
    """What a value case may be asked to say whether it pays; only the build cost has no default.

    What the mechanism asks itself is not asked again: M5 has a deadweight of its own.
    """
    own = {entry.name for entry in mechanism.all_inputs} if mechanism else ()
    return tuple(entry for entry in _INPUTS if entry.name not in own)


@dataclass(frozen=True, slots=True)
class Year:
    """One year of use, money undiscounted: what arrives, what flows, and the sum so far."""

    number: int
    benefit: Estimate
    flow: Estimate
    cumulative: Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Benefits:
    """Whether a value pays for its building and running over a horizon.

    ``npv`` is in money of today; ``payback_years`` says how long each draw takes to pay back from
    the start of use, undiscounted, infinite when it does not within the horizon, shape (n,);
    ``affordable`` is the most that building may cost on average; ``inputs`` are the answers, and
    ``drawn`` the draws of those that are uncertain, each of shape (n,) and in its unit;
    ``is_built`` says in which draws a usable model comes out.
    """

    horizon_years: int
    build_cost: Estimate
    years: tuple[Year, ...]
    npv: Estimate
    affordable: float
    payback_years: Array = field(repr=False)
    inputs: Mapping[str, Quantity]
    drawn: Mapping[str, Array] = field(repr=False)
    is_built: NDArray[np.bool_] = field(repr=False)

    @property
    def probability_of_gain(self) -> float:
        """Probability that the net present value is above 0."""
        return float(np.mean(self.npv.samples > 0))

    def probability_by(self, years: float) -> float:
        """Probability that it has paid back after so many years of use."""
        return float(np.mean(self.payback_years <= years))

    @property
    def median_years(self) -> float | None:
        """Years of use by which half of the draws have paid back; None when they never have."""
        middle = float(np.quantile(self.payback_years, 0.5, method="inverted_cdf"))
        return middle if math.isfinite(middle) else None

    @property
    def sentence(self) -> str:
        """Whether and when it pays back, in words: months instead of decimals."""
        years = _counted(self.horizon_years, "year")
        if not self.build_cost.samples.any():
            gain = in_percent(float(np.mean(self.years[-1].cumulative.samples > 0)), in_words=True)
            return (
                "Building costs nothing, so there is nothing to pay back; over "
                f"{years} it leaves a gain with a chance of {gain}."
            )
        if not np.isfinite(self.payback_years).any():
            return f"It does not pay back within {years} of use in any outcome that was computed."
        chance = in_percent(self.probability_by(self.horizon_years), in_words=True)
        start = f"It pays back within {years} of use with a chance of {chance}"
        if self.median_years is None:
            return f"{start}; more likely than not it does not by then."
        months = _counted(max(1, math.ceil(self.median_years * 12 - _ROUNDING)), "month")
        if self.payback_years.max() == self.median_years:
            return f"It pays back within {months} of use."
        return f"{start}; half of all outcomes do so within {months}."


def benefits(
    annual_net: Estimate,
    written: Mapping[str, Quantity | str],
    *,
    costs: Estimate | None = None,
    currency: str | None = None,
    build_cost: Array | None = None,
    build_months: Array | None = None,
    p_no_go: float = 0.0,
    no_go_cost: Array | None = None,
    seed: int = SEED,
) -> Benefits:
    """What of a model's value arrives, and whether it pays.

    Parameters
    ----------
    annual_net : Estimate
        Net a year at steady state, as ``Worth.net``.
    written : mapping of str to Quantity or str
        Answers to ``benefit_inputs`` by name; what has a default may be left out.
    costs : Estimate, optional
        The part of ``annual_net`` that is paid whatever the benefit, as ``Worth.costs``, draw by
        draw; nothing when not given.
    currency : str, optional
        The currency in which money is counted; an amount in another one needs its rate.
    build_cost : array of shape (m,), optional
        Draws of the build cost, such as ``QuickEstimate.cost_draws``; instead of a written one.
    build_months : array of shape (m,), optional
        Draws of the time to build; instead of a written one. What takes long is taken to cost much.
    p_no_go : float
        Probability that no usable model comes out, in [0, 1]: then all is cost.
    no_go_cost : array of shape (m,), optional
        The cost in that case; all of the build cost when not given.
    seed : int
        Which draw of a cost meets which of the value.

    Returns
    -------
    Benefits
        With as many draws as ``annual_net``.

    Raises
    ------
    InputError
        When an answer is missing, unknown, unreadable or out of its range; it names all of them.
    NotEnoughDataError
        When there is no draw.

    Notes
    -----
    Year t brings ramp_t * (gross * (1 - deadweight) * attribution * left_t - costs) less the
    running cost, where gross = net + costs and left_t is what decay leaves: 1, then 1 - decay, and
    from the third year on a factor of 1 - decay_later more each year. So what is paid for contacts
    and gifts is paid whether or not the benefit is the model's own. NPV = -build + the sum over t
    of year t / (1 + rate)^(t + build_months / 12). Ramp-up is of use, so it scales benefit and
    costs; it is relative to the steady state, whose own uptake is in ``annual_net`` already.
    Within a year volume is 1 + (peak_volume - 1) * cos(2 pi (u - peak)), and with it all but the
    running cost. It has paid back once it is above its cost for the rest of the horizon. Costs and
    shares are taken as independent of the value.

    Examples
    --------
    >>> sure = Estimate.of(np.full(4, 100_000.0), "money/year")
    >>> plan = benefits(sure, {"build_cost": "60k", "run_cost": "20k", "ramp_first_year": "0.5",
    ...     "deadweight": "0.2", "attribution": "0.8", "decay": "0.1", "discount_rate": "0.08"})
    >>> [round(y.flow.mean) for y in plan.years], round(plan.npv.mean, 2)
    ([12000, 37600, 31840], 8622.67)
    """
    if not 0 <= p_no_go <= 1:
        raise InputError(f"p_no_go is {p_no_go!r}; write a number from 0 to 1.")
    gross = annual_net.samples
    n = gross.size
    if n == 0:
        raise NotEnoughDataError("There is no draw of the value; at least one is needed.")
    read = _read(written, currency, has_build_cost=build_cost is not None)
    drawn = {name: _drawn(name, q, n, seed) for name, q in read.items()}
    drawn.setdefault("decay_later", drawn["decay"])
    horizon = int(drawn["horizon_years"][0])
    build = drawn["build_cost"] if build_cost is None else _met(build_cost, n, seed, "build_cost")
    lost = build if no_go_cost is None else _met(no_go_cost, n, seed, "build_cost")
    if build_months is not None:
        drawn["build_months"] = _met(build_months, n, seed, "build_cost")
    is_built = own_generator(seed, "success").permutation(n) >= round(p_no_go * n)

    paid = np.zeros(n) if costs is None else costs.samples
    if paid.size != n:
        raise InputError(
            f"There are {fig(paid.size):,} draws of the costs and {fig(n):,} of the value."
        )
    kept = (1 - drawn["deadweight"]) * drawn["attribution"]
    spent = np.where(is_built, build, lost)
    present, cumulative = np.zeros(n), -spent
    payback = _Payback(spent, _season(drawn))
    years = []
    for t in range(1, horizon + 1):
        ramp = {1: drawn["ramp_first_year"], 2: drawn["ramp_second_year"]}.get(t, 1.0)
        brought = ramp * ((gross + paid) * kept - paid)
        kept = kept * (1 - drawn["decay" if t == 1 else "decay_later"])
        arrived = np.where(is_built, brought, 0.0)
        running = np.where(is_built, drawn["run_cost"], 0.0)
        payback.add_year(arrived, running)
        flow = arrived - running
        cumulative = cumulative + flow
        present += flow / (1 + drawn["discount_rate"]) ** (t + drawn["build_months"] / 12)
        years.append(
            Year(
                t,
                Estimate.of(arrived, "money/year"),
                Estimate.of(flow, "money/year"),
                Estimate.of(cumulative, "money"),
            )
        )
    return Benefits(
        horizon,
        Estimate.of(spent, "money"),
        tuple(years),
        Estimate.of(present - spent, "money"),
        float(present.mean()),
        payback.years(),
        read,
        {
            **{name: drawn[name] for name, quantity in read.items() if not quantity.is_exact},
            **({} if build_cost is None else {"build_cost": build}),
        },
        is_built,
    )


@dataclass(eq=False)
class _Payback:
    """When cumulative money comes above zero to stay there, month by month of use."""

    spent: Array
    season: Array
    month: int = 0

    def __post_init__(self) -> None:
        self.cumulative = -self.spent
        self.back_at = np.zeros(self.spent.size)

    def add_year(self, arrived: Array, running: Array) -> None:
        """One more year: what arrives by the season, and what running costs evenly."""
        rounding = _ROUNDING * self.spent
        for share in self.season:
            flow = arrived * share - running / _MONTHS
            later = self.cumulative + flow
            crosses = (self.cumulative < -rounding) & (later >= -rounding)
            part = np.divide(-self.cumulative, flow, out=np.zeros_like(flow), where=crosses)
            self.back_at = np.where(crosses, (self.month + part) / _MONTHS, self.back_at)
            self.cumulative = later
            self.month += 1

    def years(self) -> Array:
        """Years of use until then; infinite where the horizon ends below zero, or earns nothing."""
        is_back = self.cumulative >= -_ROUNDING * self.spent
        is_back &= self.cumulative + self.spent > 0
        years = np.where(is_back, self.back_at, np.inf)
        years.setflags(write=False)
        return years


def _season(drawn: Mapping[str, Array]) -> Array:
    """The share of a year's volume that each month of use has; shape (12, n)."""
    edges = np.arange(_MONTHS + 1)[:, None] / _MONTHS
    peak = drawn["peak_month"] / _MONTHS
    turns = np.sin(2 * np.pi * (edges - peak)) / (2 * np.pi)
    return np.asarray(1 / _MONTHS + (drawn["peak_volume"] - 1) * np.diff(turns, axis=0))


def read_benefit(name: str, text: str, currency: str | None = None) -> Quantity:
    """An answer to one of ``benefit_inputs``, where money is counted in a currency.

    Raises
    ------
    InputError
        When it cannot be read or is out of its range.
    NotFoundError
        When there is no such question.
    """
    if name not in _BY_NAME:
        raise NotFoundError.of("question", name, _BY_NAME)
    quantity = _BY_NAME[name].read(text, currency)
    if quantity.moves_with is not None:
        raise InputError(
            f"{name} cannot move with another input: how a value arrives is taken as independent."
        )
    if name == "horizon_years" and not (quantity.is_exact and quantity.median.is_integer()):
        raise InputError(f"horizon_years is {text}; write a whole number of years.")
    return quantity


def _read(
    written: Mapping[str, Quantity | str], currency: str | None, *, has_build_cost: bool
) -> dict[str, Quantity]:
    """Every answer read, the defaults where none was given; or one error that names all faults."""
    faults, read = [], {}
    unknown = [name for name in written if name not in _BY_NAME]
    if unknown:
        faults.append(f"There is no {', '.join(unknown)}; there are {', '.join(_BY_NAME)}.")
    for name, entry in _BY_NAME.items():
        answer = written.get(name, entry.default)
        if answer is None or (name == "build_cost" and has_build_cost):
            if entry.is_needed and not has_build_cost:
                faults.append(f"{name} is missing; write what {entry.question}.")
            continue
        try:
            text = answer.text if isinstance(answer, Quantity) else answer
            read[name] = read_benefit(name, text, currency)
        except InputError as error:
            faults.append(f"{name}: {error}")
    currencies = sorted({q.currency for q in read.values() if q.currency})
    if len(currencies) > 1:
        faults.append(f"Keep one currency: the answers mix {' and '.join(currencies)}.")
    if faults:
        raise InputError(" ".join(faults))
    return read


def _counted(n: int, what: str) -> str:
    return f"{fig(n):,} {what}{'' if n == 1 else 's'}"


def _drawn(name: str, quantity: Quantity, n: int, seed: int) -> Array:
    if quantity.is_exact:
        return np.full(n, float(quantity.median))
    return own_draws(quantity.quantile, n, own_generator(seed, "benefits", name))


def _met(draws: Array, n: int, seed: int, whose: str) -> Array:
    """Draws of a cost in as many places as the value has, in an order of their own.

    Every estimate uses the same Sobol points: without this, dear projects would also be good ones.
    """
    if draws.size == 0:
        raise NotEnoughDataError("There is no draw of the build cost; at least one is needed.")
    shuffled = own_generator(seed, "benefits", whose).permutation((np.arange(n) + 0.5) / n)
    return quantiles_at(draws, shuffled)


def quantiles_at(draws: Array, probabilities: Array) -> Array:
    """What ``np.quantile`` gives, which looks for each of many quantiles anew, from sorted draws.

    Examples
    --------
    >>> quantiles_at(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.25, 0.9, 1.0]))
    array([1. , 1.5, 2.8, 3. ])
    """
    ordered = np.sort(draws)
    places = probabilities * (ordered.size - 1)
    below = places.astype(np.intp)
    part = places - below
    low, high = ordered[below], ordered[np.minimum(below + 1, ordered.size - 1)]
    return np.where(part < 0.5, low + (high - low) * part, high - (high - low) * (1 - part))
