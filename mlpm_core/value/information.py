"""What it is worth to know more before deciding: perfectly, about one input, or from a study.

Everything here works on draws of the net benefit of options, and on draws of what is uncertain
about them, so it serves a value case, a board of candidates and a file alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import gammaln, ndtri

from mlpm_core.errors import InputError, NotEnoughDataError
from mlpm_core.value.draws import SEED, own_generator, parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Truths = tuple[Array, Array]


_N_KNOTS: Final = 6
_N_SHUFFLES: Final = 60
_N_STRATA: Final = 512
_MOST_COUNTED: Final = 4096
_BAND: Final = 0.95  # of what shuffled draws seem to be worth
_LOG_OF_ZERO: Final = -1e300  # times no case at all it is 0, as it must be


@dataclass(frozen=True, slots=True)
class ValueOfInformation:
    """What knowing something is worth, in the unit of the nets.

    ``noise`` is what an input that tells nothing would seem to be worth, 95 times in 100.
    """

    value: float
    noise: float

    @property
    def is_detectable(self) -> bool:
        """Whether it is worth more than chance would make it seem."""
        return self.value > self.noise


@dataclass(frozen=True, slots=True)
class Study:
    """Looking at n more cases to learn about one uncertain input.

    Parameters
    ----------
    name : str
        What is done, such as "audit 1,000 automatic cases".
    observes : str
        The input, such as "cost_per_error"; an option's own is "A.coverage".
    n : int
        How many cases are looked at; of recall only the positives among them tell something.
    cost : float
        What the study costs, in money.
    sd : float, optional
        For what is no share: the standard deviation of one observation, in the input's unit.
    log_sd : float, optional
        Or that of its logarithm; 1 when neither is given.
    weeks : float
        How long the choice waits for its result.

    Raises
    ------
    InputError
        When a number is out of its range.
    """

    name: str
    observes: str
    n: int
    cost: float = 0.0
    sd: float | None = None
    log_sd: float | None = None
    weeks: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.n, bool) or not isinstance(self.n, int) or not 1 <= self.n <= 10**9:
            raise InputError(f"{self.name}: n is {self.n!r}; write a whole number of at least 1.")
        if not (math.isfinite(self.cost) and self.cost >= 0):
            raise InputError(f"{self.name}: cost is {self.cost!r}; write a number of at least 0.")
        if not (math.isfinite(self.weeks) and self.weeks >= 0):
            raise InputError(f"{self.name}: weeks is {self.weeks!r}; write a number of at least 0.")
        for name, spread in (("sd", self.sd), ("log_sd", self.log_sd)):
            if spread is not None and not 0 < spread < math.inf:
                raise InputError(f"{self.name}: {name} is {spread!r}; write a number above 0.")
        if self.sd is not None and self.log_sd is not None:
            raise InputError(f"{self.name}: give sd or log_sd, not both.")


def compared(nets: Array) -> tuple[Array, Array]:
    """How likely each option is the best, and what choosing it loses on average.

    Parameters
    ----------
    nets : array of shape (options, draws)
        Net benefit; NaN where an option is not possible.

    Returns
    -------
    tuple of array of shape (options,)
        P(best), which ties share, and expected regret in the unit of ``nets``.

    Examples
    --------
    >>> chance, regret = compared(np.array([[0.0, 0.0, 0.0], [3.0, -1.0, 0.0]]))
    >>> chance.round(3).tolist(), regret.round(3).tolist()
    ([0.5, 0.5], [1.0, 0.333])
    """
    best = np.nanmax(nets, axis=0)
    n_best = np.zeros(best.shape, dtype=np.intp)
    for part in parts(nets, best.size):
        n_best += (part == best).sum(axis=0)
    chance, regret = np.empty(len(nets)), np.empty(len(nets))
    for part, likely, lost in zip(
        *(parts(rows, best.size) for rows in (nets, chance, regret)), strict=True
    ):
        likely[:] = np.mean((part == best) / n_best, axis=1)
        lost[:] = np.nanmean(best - part, axis=1)
    return chance, regret


def evpi(nets: Array) -> float:
    """Expected value of perfect information: what is lost on average by deciding now.

    Parameters
    ----------
    nets : array of shape (options, draws)
        Net benefit of every option in every draw.

    Raises
    ------
    NotEnoughDataError
        When there is no option or no draw.

    References
    ----------
    Raiffa & Schlaifer (1961). Applied Statistical Decision Theory.

    Examples
    --------
    >>> evpi(np.array([[0.0, 0.0], [30.0, -10.0]]))  # adopt: 10; knowing: 30 or 0, so 15
    5.0
    """
    return float(np.max(_against_best(nets), axis=0).mean())


def evppi(nets: Array, *inputs: Array, seed: int = SEED) -> ValueOfInformation:
    """Expected value of knowing some inputs exactly and the others not at all.

    Parameters
    ----------
    nets : array of shape (options, draws)
        Net benefit of every option in every draw.
    *inputs : arrays of shape (draws,)
        The inputs that would be known, in any unit; together, not one by one.
    seed : int
        Which shuffles make the band of noise.

    Returns
    -------
    ValueOfInformation
        Between 0 and ``evpi(nets)``, for a set at least that of each member.

    Raises
    ------
    NotEnoughDataError
        When there is no option or no draw.

    Notes
    -----
    Net benefit is regressed on natural cubic splines of the inputs, with knots at six quantiles,
    and on products of them, so that a set is never poorer in shapes than its members. The order
    of the draws plays no part. The band is what the same inputs, shuffled, seem to be worth.

    References
    ----------
    Strong, Oakley & Brennan (2014). Estimating multiparameter partial expected value of perfect
    information from a probabilistic sensitivity analysis sample. Medical Decision Making 34(3).

    Examples
    --------
    >>> x = np.linspace(-1, 1, 1001)
    >>> learned = evppi(np.array([np.zeros(1001), x]), x)  # known: take it half of the time
    >>> round(learned.value, 3), learned.is_detectable
    (0.25, True)
    """
    gains = _against_best(nets)
    bases = [basis for x in inputs if (basis := _basis(x)).shape[1] > 1]
    if len(gains) == 1 or not bases:
        return ValueOfInformation(0.0, 0.0)
    basis_of_all = _together(bases)
    value = _worth_of(_fitted(basis_of_all, gains))
    if len(bases) > 1:  # knowing more is never worth less, whatever the draws say
        value = max(value, *(_worth_of(_fitted(_together([basis]), gains)) for basis in bases))
    shuffled = [
        _worth_of(_fitted(basis_of_all, gains[:, order]))
        for order in _shuffles(gains.shape[1], seed)
    ]
    return ValueOfInformation(min(value, evpi(nets)), float(np.quantile(shuffled, _BAND)))


@lru_cache(maxsize=4)
def _shuffles(draws: int, seed: int) -> tuple[NDArray[np.int64], ...]:
    """The orders in which draws are shuffled: the same ones for every input."""
    rng = own_generator(seed, "shuffled")
    return tuple(rng.permutation(draws) for _ in range(_N_SHUFFLES))


def truths(nets: Array, observed: Array) -> Truths:
    """What an input may truly be, and how far each option is then ahead of the best one.

    Parameters
    ----------
    nets : array of shape (options, draws)
        Net benefit of every option in every draw.
    observed : array of shape (draws,)
        Draws of the input.

    Returns
    -------
    tuple of array
        Equally likely values in the unit of the input, of shape (truths,), and what each is worth
        in the unit of the nets, of shape (truths, options).

    Raises
    ------
    NotEnoughDataError
        When there is no option or no draw.

    Examples
    --------
    >>> p = (np.arange(4096) + 0.5) / 4096
    >>> [array.shape for array in truths(np.array([np.zeros(4096), p - 0.5]), p)]
    [(512,), (512, 2)]
    """
    gains = _fitted(_together([_basis(observed)]), _against_best(nets))
    strata = np.array_split(np.argsort(observed), min(_N_STRATA, observed.size))
    values = np.array([observed[rows].mean() for rows in strata])
    return values, np.array([gains[:, rows].mean(axis=1) for rows in strata])


def evsi(
    nets: Array,
    study: Study,
    observed: Array,
    *,
    is_share: bool,
    counted: float = 1.0,
    perfect: ValueOfInformation | None = None,
    known: Truths | None = None,
) -> ValueOfInformation:
    """Expected value of a study: of its result, not of the truth behind it.

    Parameters
    ----------
    nets : array of shape (options, draws)
        Net benefit of every option in every draw.
    study : Study
        What is observed, how often.
    observed : array of shape (draws,)
        Draws of the input that is observed; a share in 0 to 1, else in the unit of ``study.sd``.
    is_share : bool
        Whether each observation is a yes or a no.
    counted : float
        Of the cases looked at, the share that is observed at all: recall needs the positives among
        them. Fewer than one is worth that share of one.
    perfect : ValueOfInformation, optional
        What knowing the input exactly is worth, when it was computed before.
    known : Truths, optional
        ``truths`` of these nets and draws, when they were computed before.

    Returns
    -------
    ValueOfInformation
        At most ``perfect``; with the noise of that.

    Raises
    ------
    InputError
        When a logarithm is asked of what is not above 0.
    NotEnoughDataError
        When there is no option or no draw.

    Notes
    -----
    A study of one input tells of the nets only through that input, so E[net | result] is the mean
    of E[net | input], which the spline gives, over the input's posterior. Inputs and results are
    summed over grids, not simulated, so the only noise is that of the spline. Hits among many
    cases are counted one by one up to 4,096, and taken as normal above.

    Examples
    --------
    >>> p = (np.arange(4096) + 0.5) / 4096
    >>> pilot = Study("pilot", "acceptance", 10)
    >>> round(evsi(np.array([np.zeros(4096), p - 0.5]), pilot, p, is_share=True).value, 3)
    0.114
    """
    perfect = perfect or evppi(nets, observed)
    n, share = study.n * counted, 1.0
    if n < 1:
        n, share = 1.0, max(0.0, n)
    study = replace(study, n=round(n))
    values, by_truth = known or truths(nets, observed)
    is_counted = is_share and study.n <= _MOST_COUNTED
    joint = _hits(study, values) if is_counted else _means(study, values, is_share=is_share)
    by_result = joint @ by_truth
    value = max(0.0, float(by_result.max(axis=1).sum() - by_result.sum(axis=0).max()))
    return ValueOfInformation(min(value * share, perfect.value), perfect.noise)


def _hits(study: Study, values: Array) -> Array:
    """Joint probability of each count of hits and each equally likely truth; (n + 1, truths)."""
    hits = np.arange(study.n + 1.0)
    misses = study.n - hits
    ways = gammaln(study.n + 1) - gammaln(hits + 1) - gammaln(misses + 1)
    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log([values, 1 - values]), _LOG_OF_ZERO)
    # a product of matrices: ways times hits times misses of each, without an array for either
    log = np.column_stack([hits, misses, ways]) @ np.vstack([logs, np.ones(values.size)])
    return np.asarray(np.exp(log, out=log) / values.size)


def _means(study: Study, truths: Array, *, is_share: bool) -> Array:
    """The same of equally likely means of normal observations; (results, truths)."""
    centre = truths
    if is_share:
        sd = np.sqrt(truths * (1 - truths)).clip(1e-12)
    elif study.sd is not None:
        sd = np.full_like(truths, study.sd)
    elif (truths <= 0).any():
        raise InputError(
            f"{study.name}: {study.observes} can be 0 or below, which has no logarithm; give sd."
        )
    else:
        centre, sd = np.log(truths), np.full_like(truths, study.log_sd or 1.0)
    error = sd / math.sqrt(study.n)
    luck = ndtri((np.arange(_N_STRATA) + 0.5) / _N_STRATA)
    results = np.quantile(
        centre[:, None] + error[:, None] * luck, (np.arange(_N_STRATA) + 0.5) / _N_STRATA
    )
    log = -0.5 * ((results[:, None] - centre) / error) ** 2 - np.log(error)
    likely = np.exp(log - log.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True) / _N_STRATA)


def _against_best(nets: Array) -> Array:
    """Nets less those of the option with the highest mean: small where little is lost."""
    if nets.ndim != 2 or 0 in nets.shape:
        raise NotEnoughDataError("There is no option or no draw; at least one of each is needed.")
    best: Array = nets[int(np.argmax(nets.mean(axis=1)))]
    return nets - best


def _fitted(columns: Array, gains: Array) -> Array:
    """Gains as far as orthonormal columns tell them; shapes (draws, k) and (options, draws)."""
    return np.asarray(gains @ columns @ columns.T)


def _worth_of(fitted: Array) -> float:
    """What choosing by fitted gains is worth; shape (options, draws)."""
    return max(0.0, float(fitted.max(axis=0).mean() - fitted.mean(axis=1).max()))


def _basis(x: Array) -> Array:
    """A natural cubic spline of one input, 1 in the first column; one column for a constant.

    Few different values are told apart one by one, which is exact.
    """
    values = np.unique(x)
    one = np.ones((x.size, 1))
    if values.size <= _N_KNOTS:
        return np.hstack([one, (x[:, None] == values[1:]).astype(np.float64)])
    x = x / np.abs(x).max()  # squares of tiny numbers would be 0
    z = (x - x.mean()) / x.std()
    knots = np.unique(np.quantile(z, np.linspace(0, 1, _N_KNOTS + 2)[1:-1]))
    knots = np.unique(np.concatenate([[z.min()], knots[1:-1], [z.max()]]))
    cubes = np.maximum(z[:, None] - knots, 0.0) ** 3
    slopes = (cubes[:, :-1] - cubes[:, -1:]) / (knots[-1] - knots[:-1])
    return np.hstack([one, z[:, None], slopes[:, :-1] - slopes[:, -1:]])


def _together(bases: Sequence[Array]) -> Array:
    """The bases of several inputs and the products of their straight lines, made orthonormal."""
    columns = [bases[0], *(basis[:, 1:] for basis in bases[1:])]
    columns += [bases[i][:, 1:2] * bases[j][:, 1:2] for j in range(len(bases)) for i in range(j)]
    return np.asarray(np.linalg.qr(np.hstack(columns)).Q)
