"""Grade A: what is said of groups held out is right, however often somebody looks."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.stats import binom

from mlpm_core.errors import InputError
from mlpm_core.proof.always_valid import multiple
from mlpm_core.proof.cells import Reading, Sums
from mlpm_core.proof.experiment import Doubt, Verdict, experiment
from mlpm_core.proof.grown import Compared
from mlpm_core.proof.plan import DesignKind, Setting, information, proof_plan

SOAK = int(os.environ.get("SOAK", "1"))
MANY = 200 if SOAK == 1 else 1000
MONDAY, WEEK = datetime(2026, 1, 5), timedelta(weeks=1)


def of(cases) -> Sums:
    y = np.asarray(cases, dtype=float)
    return Sums(len(y), float(y.sum()), float((y * y).sum()))


def weekly(pairs, days=7.0):
    return [Compared(MONDAY + k * WEEK, days, t, h) for k, (t, h) in enumerate(pairs)]


def shares(rng, n, treated, holdout, weeks, held_out=0.5):
    out, cases = round(n * held_out), round(n * (1 - held_out))
    hits = rng.binomial([[cases, out]], [[treated, holdout]], (weeks, 2))
    return weekly([(Sums.shares(cases, int(a)), Sums.shares(out, int(b))) for a, b in hits])


def is_eighty(came):
    """Whether luck explains so many of the roll-outs, if 80 +- 3 % come to a verdict."""
    return binom.cdf(came, MANY, 0.77) > 0.001 and binom.sf(came - 1, MANY, 0.83) > 0.001


def test_the_effect_is_the_difference_of_means_and_its_error_that_of_two_samples():
    """Treated 3, 5, 7 ... against 2, 4, 6 ...: one period, 1.5 apart; s^2/n by hand from numpy."""
    rng = np.random.default_rng(5)
    t, h = rng.normal(11.5, 3, 400), rng.normal(10, 2, 300)
    told = experiment(weekly([(of(t), of(h))], days=31.0), tuned_weeks=31 / 7)
    error = np.sqrt(t.var(ddof=1) / 400 + h.var(ddof=1) / 300)
    assert told.effect.mean == pytest.approx(t.mean() - h.mean())
    assert told.effect.high - told.effect.mean == pytest.approx(float(multiple(1)) * error)
    assert told.total.mean == pytest.approx(400 * told.effect.mean)
    assert told.verdict is Verdict.WORKS
    worse = experiment(weekly([(of(t), of(h))], days=31.0), higher_is_better=False)
    assert worse.verdict is Verdict.HARMS


def test_a_share_held_out_that_changes_in_time_is_no_bias():
    """Nine in ten are treated in a good week, one in ten in a bad one; the model does nothing."""
    good, bad = (0.5, 900, 100), (0.1, 100, 900)
    cells = [(Sums.shares(t, t * p), Sums.shares(h, h * p)) for p, t, h in (good, bad) * 4]
    told = experiment(weekly(cells))
    assert told.effect.mean == pytest.approx(0, abs=1e-12)
    assert told.verdict is Verdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("n", "held_out", "rate"), [(2350, 0.5, 0.1123), (600, 0.2, 0.3), (4000, 0.1, 0.02)]
)
def test_what_does_nothing_is_called_working_or_harmful_in_at_most_one_of_twenty(n, held_out, rate):
    """Read every week for a year; the ordinary interval would err in a third of all."""
    rng = np.random.default_rng(11)
    wrong = naive = 0
    for _ in range(MANY):
        told = experiment(shares(rng, n, rate, rate, 52, held_out))
        wrong += told.verdict in (Verdict.WORKS, Verdict.HARMS)
        naive += any(
            abs(look.effect.mean) > (look.effect.high - look.effect.mean) * 1.96 / m
            for look, m in zip(told.looks[1:], multiple(np.arange(2, 53) / 8), strict=True)
        )
    assert wrong <= binom.ppf(0.999, MANY, 0.05)
    assert naive > MANY * 0.15


def test_skewed_amounts_are_not_called_working_either():
    """Baskets: nine in ten buy nothing, the others log-normal amounts."""
    rng = np.random.default_rng(12)
    wrong = 0
    for _ in range(MANY):
        cases = rng.lognormal(3, 1, (30, 2, 60)) * (rng.random((30, 2, 60)) < 0.1)
        wrong += experiment(weekly([(of(a), of(b)) for a, b in cases])).verdict is Verdict.WORKS
    assert wrong <= binom.ppf(0.999, MANY, 0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("held_out", "weeks"), [(0.5, 35), (0.2, 55)])
def test_the_stated_week_brings_a_verdict_in_eight_of_ten(held_out, weeks):
    """The A/B of the plan's story, read week by week by the product's own rule."""
    setting = Setting(effect=0.0081, spread=0.3196, cases_per_week=2350, review_weeks=26)
    design = next(
        d for d in proof_plan(setting).designs
        if d.held_out == held_out and d.kind is not DesignKind.SWITCHBACK
    )  # fmt: skip
    assert design.weeks == pytest.approx(weeks, abs=1)
    rng = np.random.default_rng(13)
    by_week = [
        experiment(
            shares(rng, 2350, 0.1204, 0.1123, design.weeks, held_out),
            smallest=0.0081, tuned_weeks=design.tuned_weeks,
        ).verdict is not Verdict.CANNOT_TELL
        for _ in range(MANY)
    ]  # fmt: skip
    assert is_eighty(sum(by_week))


@pytest.mark.slow
def test_turns_bring_their_verdict_by_the_stated_week_too():
    """Weekly noise of .1 with autocorrelation .3; a coin decides which of two weeks comes first."""
    setting = Setting(
        effect=0.05, spread=0.1, cases_per_week=1e6, review_weeks=26, weekly_noise=0.1,
        autocorrelation=0.3,
    )  # fmt: skip
    design = next(d for d in proof_plan(setting).designs if d.kind is DesignKind.SWITCHBACK)
    rng = np.random.default_rng(14)

    def run(effect, weeks, **options):
        noise, level = rng.normal(0, 0.1 * np.sqrt(1 - 0.09), weeks + 50), 0.0
        levels = np.array([level := 0.3 * level + e for e in noise])[50:]
        first = np.repeat(rng.random(weeks // 2) < 0.5, 2) ^ (np.arange(weeks) % 2 == 1)
        y = 10 + levels + effect * first
        sums = [Sums(100, 100 * v, 100 * v * v * 1.01) for v in y]
        pairs = [(s, None) if on else (None, s) for s, on in zip(sums, first, strict=True)]
        return experiment(weekly(pairs), **options)

    weeks = design.weeks - design.weeks % 2
    options = {"smallest": 0.05, "tuned_weeks": design.tuned_weeks}
    came = sum(run(0.05, weeks, **options).verdict is not Verdict.CANNOT_TELL for _ in range(MANY))
    assert is_eighty(came)
    wrong = sum(run(0.0, 60).verdict in (Verdict.WORKS, Verdict.HARMS) for _ in range(MANY))
    assert wrong <= binom.ppf(0.999, MANY, 0.05)


def test_an_effect_too_small_to_matter_does_not_work():
    rng = np.random.default_rng(15)
    told = experiment(shares(rng, 20_000, 0.2, 0.2, 20), smallest=0.05)
    assert told.verdict is Verdict.DOES_NOT_WORK
    assert experiment(shares(rng, 20_000, 0.2, 0.2, 20)).verdict is Verdict.CANNOT_TELL


def test_the_weeks_left_bring_a_verdict_if_the_effect_stays():
    pair = (Sums.shares(1000, 115), Sums.shares(1000, 100))
    told = experiment(weekly([pair] * 4))
    assert told.doubt is Doubt.WIDE
    later = experiment(weekly([pair] * (4 + told.weeks_left)))
    before = experiment(weekly([pair] * (3 + told.weeks_left)))
    assert later.verdict is Verdict.WORKS
    assert before.verdict is Verdict.CANNOT_TELL
    same = (Sums.shares(1000, 100), Sums.shares(1000, 100))
    assert experiment(weekly([same] * 4)).weeks_left is None


def test_a_verdict_once_reached_stays_and_says_since_when():
    strong = (Sums.shares(1000, 200), Sums.shares(1000, 100))
    flat = (Sums.shares(1000, 100), Sums.shares(1000, 195))
    told = experiment(weekly([strong] * 3 + [flat] * 3))
    assert told.verdict is Verdict.WORKS
    assert told.decided_after_days == 14
    assert told.effect.low < 0 < told.effect.high


A, B = Sums.shares(1000, 130), Sums.shares(1000, 100)


@pytest.mark.parametrize(
    ("periods", "doubt"),
    [
        ([], Doubt.NO_TREATED),
        (weekly([(A, None)] * 4), Doubt.NO_HOLDOUT),
        (weekly([(None, B)] * 4), Doubt.NO_TREATED),
        (weekly([(None, B)] * 4 + [(A, None)] * 4), Doubt.NEVER_SHARED),  # before and after
        (weekly([(Sums.shares(500, 0), Sums.shares(500, 0))] * 4), Doubt.NO_SPREAD),
            (weekly([(Sums.shares(500, 3), Sums.shares(500, 0))] * 3), Doubt.TOO_FEW),
        (weekly([(of([5] * 200), of([4] * 200))] * 4), Doubt.NO_SPREAD),
        (weekly([(of([1, 2, 3.5]), of([2, 2, 1]))] * 4), Doubt.TOO_FEW),
        (weekly([(A, B)]), Doubt.TOO_SHORT),
        (weekly([(A, B)] * 4, days=0.0), Doubt.TOO_SHORT),
        (weekly([(Sums(1, 3e17, 9e34), Sums(1, 2e17, 4e34))] * 4), Doubt.NO_SPREAD),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_says_why_and_gives_no_verdict(periods, doubt):
    told = experiment(periods)
    assert (told.verdict, told.doubt) == (Verdict.CANNOT_TELL, doubt)
    assert told.effect is None or doubt is Doubt.TOO_SHORT


def test_a_week_without_one_of_the_groups_is_left_out_and_counted():
    told = experiment(weekly([(A, B), (A, None), (A, B), (None, B)]))
    whole = experiment(weekly([(A, B), (A, B)]))
    assert told.n_left_out == 2
    assert (told.effect.mean, told.n_treated) == (whole.effect.mean, 2000)


@pytest.mark.parametrize(("treated", "is_fine"), [(1000, True), (1060, True), (1400, False)])
def test_groups_that_were_not_split_as_planned_are_not_judged(treated, is_fine):
    """Of 2,400 cases 1,400 treated where half were meant: chi-squared 66.7, p = 3e-16."""
    periods = weekly([(Sums.shares(treated, treated // 5), B)] * 2)
    told = experiment(periods, planned_share=0.5)
    assert (told.doubt is not Doubt.SAMPLE_RATIO) == is_fine
    assert (told.effect is not None) == is_fine
    assert experiment(periods).sample_ratio_p is None


def test_what_cases_did_before_takes_their_noise_out():
    """y = x + effect + noise: the variance of one case falls from 10 to 1 (CUPED)."""
    rng = np.random.default_rng(16)

    def group(shift):
        x = rng.normal(0, 3, 500)
        y = x + rng.normal(0, 1, 500) + shift
        return Sums(500, y.sum(), (y * y).sum(), x.sum(), (x * x).sum(), (x * y).sum())

    periods = weekly([(group(0.3), group(0)) for _ in range(4)])
    plain, adjusted = (experiment(periods, reading=r) for r in (Reading.MEAN, Reading.ADJUSTED))

    def width(told):
        return told.effect.high - told.effect.low

    assert width(adjusted) / width(plain) == pytest.approx(10**-0.5, rel=0.05)
    assert adjusted.effect.low < 0.3 < adjusted.effect.high
    with pytest.raises(InputError, match="sum of its products"):
        experiment(weekly([(A, B)] * 2), reading=Reading.ADJUSTED)


@pytest.mark.slow
def test_a_ratio_of_two_sums_has_the_error_of_the_delta_method():
    """Clicks per view of users with 1 to 30 views: against the spread of 1,000 such ratios."""
    rng = np.random.default_rng(17)

    def group():
        views = rng.integers(1, 31, 300)
        clicks = rng.binomial(views, np.clip(rng.normal(0.3, 0.1, 300), 0, 1))
        x, y = views.astype(float), clicks.astype(float)
        return Sums(300, y.sum(), (y * y).sum(), x.sum(), (x * x).sum(), (x * y).sum())

    told = [
        experiment(weekly([(group(), group())], 14.0), reading=Reading.RATIO, tuned_weeks=2)
        for _ in range(1000)
    ]
    errors = [(t.effect.high - t.effect.mean) / float(multiple(1)) for t in told]
    assert np.std([t.effect.mean for t in told]) == pytest.approx(np.mean(errors), rel=0.08)


def test_weeks_in_which_all_cases_are_alike_are_no_proof():
    """Two weeks of equal values, then weeks that differ: nothing was known after the two."""
    alike = (of([5] * 200), of([4] * 200))
    rng = np.random.default_rng(18)
    apart = [(of(rng.normal(4, 9, 200)), of(rng.normal(5, 9, 200))) for _ in range(3)]
    told = experiment(weekly([alike] * 2 + apart))
    assert told.verdict is Verdict.CANNOT_TELL


def test_squares_that_cannot_belong_to_their_sum_are_refused():
    with pytest.raises(InputError, match="sum of squares 20 is too small"):
        Sums(4, 10, 20)
    with pytest.raises(InputError, match="at least one case"):
        Sums(0, 0, 0)


def test_half_and_half_knows_most_of_all_shares():
    setting = Setting(effect=1, spread=3, cases_per_week=100, review_weeks=9)
    known = [information(setting, DesignKind.HOLDOUT, h)[0] for h in (0.1, 0.3, 0.5)]
    assert known == sorted(known)
    assert known[-1] == pytest.approx(100 / 4 / 9)
