"""Mutated quantities, units, moments, formulas, mechanisms, choices and answers.

Each is read, or refused with a sentence: ``python -m tests.fuzz 100000 --texts``.
"""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mlpm_core.errors import MlpmError
from mlpm_core.intake import Profile
from mlpm_core.intake.columns.dates import moment
from mlpm_core.quantity import LARGEST_RESULT, Quantity, Unit
from mlpm_core.records import FIRST_MECHANISM
from mlpm_core.services.ingest.uploads import Upload
from mlpm_core.services.session import workspace
from mlpm_core.value.case_file import case_from
from mlpm_core.value.formula import Formula
from mlpm_core.value.mechanism import formulas_in, mechanism_from

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
LONGEST_SENTENCE = 3_000
P = np.array([2.0**-31, 0.05, 0.5, 0.95, 1 - 2.0**-31])

NUMBERS = [
    "0", "1", "0.3", "12k", "1.5m", "-4", "+5", ".5", "5.", "1e3", "1e-05", "1e999", "1e-999", "-0",
    "9" * 400, "0" * 5000 + "1", "1e18", "1e19", "1e300", "5e-324", "nan", "inf", "0x10", "1_000",
    "１２", "٣", "1,5", "9**9**9", "1e1e1", "--1", "²", "Ⅷ", "1" + "0" * 10_000, "1e+0000000018",
]  # fmt: skip
UNITS = [
    "EUR", "EUR/hour", "min", "hours", "h", "s", "kcase", "case/year", "1", "1/kcase", "share",
    "money", "__doc__", "EUR/hour/__doc__", "_units", "parse_units", "Quantity", "default_format",
    "UnitRegistry", "__class__", "EUR/USD", "hour*hour", "hour" + "*hour" * 30, "µs", "Ω", "€",
    "/", "*", "//", "hour/", "/hour", "1/1", "dimensionless", "delta_degC", "x" * 10_000,
    "__dict__", "d",
    "EUR/__init__", "case/__hash__", "a.b", "a[0]", "a(b)", "year^2", "%", "\x00", "min\n",
]  # fmt: skip
MOMENTS = [
    "2026-01-31", "2026-01-31T12:00", "2026-01-31 12:00:00", "0001-01-01T00:00+14:00",
    "9999-12-31T23:59-14:00", "0001-01-01", "9999-12-31", "2026-W05", "2026-W53-7", "20260131",
    "20260131T1200", "2026-02-30", "2026-13-01", "B00001", "B" + "9" * 30, "B١٢٣٤٥", "24:00",
    "2026-01-31T24:00", "2026-01-31T12:00:60", "2026-01-31T12:00+99:99", "2026-01-31T12:00+24:00",
    "2026-01-31T12:00:00.123456789", "٢٠٢٦-٠١-٣١", "45292", "45292.5", "45292." + "9" * 400,
    "31/12/2026", "12.31.2026", "now", "", "-", "T", "x" * 10_000, "2026-01-31T12:00+00:00:00.1",
    "1989-12-31T23:59+14:00", "2026-01-31T12:00Z", "2026-01-31T12:00 +01:00", "0000-01-01",
]  # fmt: skip
PIECES = [
    "", " ", "\t", "\n", "\r", "\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\ud800", "é",
    "(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", "\\", "#", ",", ".", "|", "/", "*", "**",
    "+", "-", "=", "%", "^", "_", ":", ";", "<", ">", " to ", " | ", "k", "m", "e", "E9", "__doc__",
    "(" * 300, ")" * 300, "[" * 5_000, "{a=" * 3_000, "-" * 200, "a." * 5_000 + "a=1\n",
    "9" * 5_000, "💶",
    "0x" + "f" * 5_000, "inf", "nan", "1e999", "true", "2026-01-31", "[[", "]]", "\n[a]\n",
    "[" + " " * 9_000,
    "samples(", "triangular(", "beta(", "normal(", "lognormal(", "min(", "exp(", "lambda: ",
]  # fmt: skip
CALLS = ["triangular({}, {}, {})", "beta({}, {})", "lognormal({}, {})", "normal({}, {})",
         "samples({}, {}, {})", "{} to {}", "{} | {} | {}", "{}/{}", "{}",
         "uniform({}, {})"]  # fmt: skip
RANGES = [(None, None), (0.0, None), (0.0, 1.0), (-1.0, 1.0)]
ASKED = ["1", "money", "money/hour", "case/year", "hour/case", "1/year"]
FORMULAS = ["a * b", "a / b - c", "max(a, b, 0)", "sqrt(a) + exp(b)", "min(a, 1) * (1 - b)", "-a",
            "normal_loss(a / b)", "Phi(a) * ppf(b)", "9**9**9", "a" + "+a" * 400]  # fmt: skip
ANSWERS = ["date_order=dmy", "columns.value(%)=value", "constants.model_id=m", "wide=recall,auc",
           "skip_lines=3", "encoding=utf-8-sig", "decimal=,", "thousands=space"]  # fmt: skip


@cache
def seeds() -> list[str]:
    """Mechanisms to begin with."""
    folder = ROOT / "mlpm_core" / "catalogue" / "mechanisms"
    return [FIRST_MECHANISM, *(path.read_text("utf-8") for path in sorted(folder.glob("*.toml")))]


CASE = """\
mechanism = "triage_automation"
horizon_years = 3
[quantities]
population = "40k to 60k"
uptake = "beta(6, 4)"
[options.none]
[options.A]
fixed_cost = 40000
[options.A.metrics]
coverage = "62/100"
selective_error = "15/1000"
[[studies]]
name = "audit"
observes = "A.selective_error"
n = 1000
cost = 900
"""


def mutated(text: str, rng: random.Random) -> str:
    """A few cuts, copies and insertions."""
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3, 6])):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice([0, 1, 1, 3, 10, 60]))
        piece = rng.choice([*PIECES, *NUMBERS, text[at:end] * rng.choice([2, 50])])
        text = text[:at] + piece + text[rng.choice([at, end]) :]
    return text


def quantity(rng: random.Random) -> None:
    pattern = rng.choice(CALLS)
    numbers = NUMBERS[:11] if rng.random() < 0.6 else NUMBERS
    text = pattern.format(*(rng.choice(numbers) for _ in range(pattern.count("{}"))))
    text = f"{text} {rng.choice(UNITS)}" if rng.random() < 0.3 else text
    text = mutated(text, rng) if rng.random() < 0.6 else text
    low, high = rng.choice(RANGES)
    read = Quantity.read(text, rng.choice(ASKED), low=low, high=high)
    drawn = read.quantile(P)
    assert (np.abs(drawn) <= LARGEST_RESULT).all(), (text, drawn)
    assert read.describe()


def unit(rng: random.Random) -> None:
    units = UNITS[:12] if rng.random() < 0.5 else UNITS
    text = "/".join(rng.choices(units, k=rng.choice([1, 1, 2, 3])))
    read = Unit.read(mutated(text, rng) if rng.random() < 0.7 else text)
    assert 0 < read.factor < float("inf"), read


def known_at(rng: random.Random) -> None:
    assert workspace._moment(mutated(rng.choice(MOMENTS), rng)).tzinfo is None


def date_of_a_file(rng: random.Random) -> None:
    order, serial = rng.choice([None, "dmy", "mdy"]), rng.choice([None, "1900", "1904"])
    moment(mutated(rng.choice(MOMENTS), rng), order, serial)


def formula(rng: random.Random) -> None:
    text = rng.choice(FORMULAS)
    text = mutated(text, rng) if rng.random() < 0.8 else text
    read = Formula.read("kpis.revenue", text)
    read.check_names({"a", "b", "c"})
    money, hour = Unit.read("money/hour").dimension, Unit.read("hour/case").dimension
    read.dimension({"a": money, "b": hour, "c": money})
    read(dict.fromkeys("abc", np.array([-1.0, 0.0, 1e18])))


def mechanism(rng: random.Random) -> None:
    text = mutated(rng.choice(seeds()), rng)
    formulas_in(text)
    mechanism_from(text, rng.choice(["", "mine.toml"]))


def choice(rng: random.Random) -> None:
    case_from(mutated(CASE, rng).encode("utf-8", "surrogatepass"), "case.toml")


def answer(rng: random.Random) -> None:
    said = tuple(mutated(a, rng) for a in rng.sample(ANSWERS, 2))
    profile = mutated(Profile(date_order="dmy").model_dump_json(), rng)
    Upload("p", "metric_results", "r.csv", answers=said, profile=profile).check()


KINDS: tuple[Callable[[random.Random], None], ...] = (
    *(quantity, quantity, quantity, unit, known_at, date_of_a_file, formula, mechanism, choice),
    answer,
)


def check(number: int) -> str:
    """Read the text of a number; what became of it.

    Raises
    ------
    AssertionError
        When what was read cannot be computed with, or a refusal is no sentence.
    """
    read = KINDS[number % len(KINDS)]
    try:
        read(random.Random(number))
    except MlpmError as error:
        sentence = str(error)
        assert sentence, number
        assert len(sentence) < LONGEST_SENTENCE, sentence
        return f"{read.__name__} refused"
    return f"{read.__name__} read"
