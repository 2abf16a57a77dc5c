"""Figures and user text as people read them, with the edges where a unit or a word changes."""

from __future__ import annotations

from datetime import date

import pytest

from mlpm_core.in_life.health import Health
from mlpm_core.planning.proxy import ProxyState
from mlpm_core.quantity import Dimension
from pages.parts.common import format
from pages.parts.common.format import (
    counted,
    day,
    digits_beside,
    figure,
    inner,
    listed,
    literal,
    money,
    number,
    percent,
    short_figure,
    spread,
    written_unit,
)

JOINER = "\u2060"


def test_a_dimension_keeps_its_icon():
    assert format.ICONS == {
        Dimension.REVENUE: ":material/payments:",
        Dimension.COST_SAVING: ":material/savings:",
        Dimension.CYCLE_TIME: ":material/timer:",
        Dimension.PEOPLE_INTENSITY: ":material/groups:",
        Dimension.CUSTOMER_EXPERIENCE: ":material/sentiment_satisfied:",
    }


def test_health_in_a_table_is_a_sign_and_a_word():
    assert format.WORDS == {
        Health.HEALTHY: "✓ healthy", Health.WATCH: "! at risk", Health.SICK: "✕ critical",
        Health.UNKNOWN: "? unknown",
    }  # fmt: skip


def test_every_word_has_its_icon_and_its_colour():
    assert format.BADGES == {
        "healthy": (":material/check_circle:", "green"),
        "at risk": (":material/visibility:", "orange"),
        "critical": (":material/error:", "red"),
        "unknown": (":material/help:", "gray"),
        "provisional, agreed": (":material/handshake:", "gray"),
        "provisional, not agreed": (":material/hourglass_top:", "orange"),
        "provisional, expired": (":material/hourglass_disabled:", "red"),
    }
    assert {state.label for state in ProxyState} - {""} <= format.BADGES.keys()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (float("nan"), "–"), (float("inf"), "–"),
        (1, "1"), (-1, "−1"), (0.5, "0.5"), (12.345, "12.3"), (-12.345, "−12.3"),
        (1.5, "1.5"), (100, "100"), (123.4, "123"), (1234, "1,234"), (1234.5, "1,234"),
        (9_999.4, "9,999"), (9_999.5, "10.0k"), (9_999.6, "10.0k"), (10_000, "10.0k"),
        (62_149, "62.1k"), (-62_151, "−62.2k"), (999_949, "1,000k"),
        (999_950, "1.00M"), (999_951, "1.00M"), (1_000_000, "1.00M"), (12_340_000, "12.3M"),
        (999_949_999, "1,000M"), (999_951_000, "1.00G"), (1_000_000_000, "1.00G"),
        (0.0809, "0.0809"), (0.00012345, "0.000123"), (0.0000012345, "0.000001"), (20, "20"),
        (9.4e-7, "9.4e-07"), (-5e-10, "−5e-10"),
        (0.1, "0.1"), (0.99996, "1"), (9.996, "10"), (99.96, "100"),
    ],
)  # fmt: skip
def test_a_number(value, text):
    assert number(value) == text


def test_a_number_to_so_many_digits():
    assert (number(0.24567, 4), number(0.24567, 2), number(62_100, 2)) == ("0.2457", "0.25", "62k")
    assert (number(123.456, 4), number(123.456, 1)) == ("123.5", "123")


@pytest.mark.parametrize(
    ("value", "other", "texts"),
    [
        (62_149, 62_100, ("62.15k", "62.10k")), (62_149, 70_000, ("62.1k", "70.0k")),
        (0.99996, 1, ("0.99996", "1")), (7.9996, 8, ("7.9996", "8")), (8, 8, ("8", "8")),
        (1.9e-6, 1.6e-6, ("0.0000019", "0.0000016")), (4e-9, 5e-9, ("4e-09", "5e-09")),
        (8.0000000000001, 8, ("8", "8")),
    ],
)  # fmt: skip
def test_a_figure_beside_another_has_the_digits_that_tell_them_apart(value, other, texts):
    digits = digits_beside(value, other, None)
    assert (number(value, digits), number(other, digits)) == texts


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (62_100, "EUR/year", "EUR 62.1k / year"),
        (62_100, "EUR/month", "EUR 62.1k / month"),
        (62_100, "EUR/week", "EUR 62.1k / week"),
        (62_100, "EUR/day", "62.1k EUR / day"),
        (5, "abc/year", "5 abc / year"),
        (5, "EURO/year", "5 EURO / year"),
        (12.338, "hour/case", "12.3 h per case"),
        (-3, "hour/case", "−3 h per case"),
        (0.25, "1", "0.25 share"),
    ],
)
def test_a_figure_with_its_unit(value, unit, text):
    assert figure(value, unit) == text


def test_a_figure_to_so_many_digits():
    assert figure(12.3456, "hour/case", 4) == "12.35 h per case"
    assert figure(12.3456, "EUR/year", 4) == "EUR 12.35 / year"
    assert money(62_100, "EUR") == "EUR 62.1k / year"
    assert money(-5, "USD", "week") == "USD −5 / week"


@pytest.mark.parametrize(
    ("value", "unit", "of", "text", "per"),
    [
        (62_100, "EUR/year", None, "EUR 62.1k", "per year"),
        (62_100, "EUR/year", Dimension.REVENUE, "EUR 62.1k", "per year"),
        (80.6, "hour/kcase", Dimension.PEOPLE_INTENSITY, "80.6 h",
         "staff hours saved per 1,000 cases"),
        (80.6, "hour/year", Dimension.PEOPLE_INTENSITY, "80.6 h", "staff hours saved per year"),
        (2, "hour/case", Dimension.CYCLE_TIME, "2 h", "saved per case"),
        (2, "minute/case", Dimension.CYCLE_TIME, "2", "saved per case"),
        (7, "1/kcase", Dimension.CUSTOMER_EXPERIENCE, "7",
         "bad experiences avoided per 1,000 cases"),
        (7, "1/year", Dimension.CUSTOMER_EXPERIENCE, "7", "bad experiences avoided per year"),
        (7, "EURO/year", None, "7", "per year"),
        (7, "eur/year", None, "7", "per year"),
    ],
)  # fmt: skip
def test_a_short_figure_of_a_dimension(value, unit, of, text, per):
    assert short_figure(value, unit, of) == (text, per)


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("1", "share"), ("kcase", "1,000 cases"), ("hour/case", "h per case"),
        ("minute/case", "min per case"), ("day/case", "days per case"),
        ("hour/kcase", "h per 1,000 cases"), ("1/kcase", "per 1,000 cases"),
        ("hour/year", "h / year"), ("1/year", "/ year"), ("money/contact", "EUR / contact"),
        ("sku_period", "SKU-period"), ("EUR/sku_period", "EUR / SKU-period"),
    ],
)  # fmt: skip
def test_a_unit_in_words(unit, text):
    assert written_unit(unit, "EUR") == text


def test_money_without_a_currency_is_called_money():
    assert written_unit("money/contact") == "money / contact"


def test_ends_shares_and_counts():
    assert spread(1, 2) == "likely 1 to 2 (8 times in 10)"
    assert spread(2, 2) == "exact"
    shares = [
        0,
        0.004,
        0.00999,
        0.01,
        0.2345,
        0.99,
        0.991,
        0.999,
        1,
        1.5,
        -0.2,
        10,
        10.01,
        1e9,
        -10,
        -1e9,
    ]
    assert [percent(s) for s in shares] == [
        "0%", "<1%", "<1%", "1%", "23%", "99%", ">99%", ">99%", "100%", "150%", "-20%",
        "1,000%", ">1,000%", ">1,000%", "-1,000%", "<-1,000%",
    ]  # fmt: skip
    assert (counted(1, "line"), counted(0, "line"), counted(1200, "line")) == (
        "1 line", "0 lines", "1,200 lines",
    )  # fmt: skip
    assert (counted(1, "batch", "batches"), counted(2, "batch", "batches")) == (
        "1 batch", "2 batches",
    )  # fmt: skip


def test_names_and_words_in_a_sentence():
    assert [inner(n) for n in ("Value case", "KPIs", "X", "KPi", "")] == [
        "value case", "KPIs", "X", "KPi", "",
    ]  # fmt: skip
    assert (listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == (
        "", "a", "a and b", "a, b and c",
    )  # fmt: skip
    assert (day(date(2026, 6, 1)), day(date(2026, 12, 31)), day(None)) == (
        "1 Jun 2026", "31 Dec 2026", "–",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** :red[x] $x$", r"\*\*bold\*\* \:red\[x\] \$x\$"),
        ("two\n lines\t and  more ", "two lines and more"),
        ("https://b.c", rf"https\:{JOINER}//b\.c"),
        ("HTTP://b", rf"HTTP\:{JOINER}//b"),
        ("www.b.c", rf"www{JOINER}\.b\.c"),
        ("ann.b@c", rf"ann\.b{JOINER}@c"),
        (":smile:", rf"\:{JOINER}smile\:"),
        ("a -> b", rf"a \-{JOINER}\> b"),
        ("~~a~~", rf"\~{JOINER}\~a\~{JOINER}\~"),
        (5, "5"),
        ("`a_{b}(c)#+!|<&^=\\", r"\`a\_\{b\}\(c\)\#\+\!\|\<\&\^\=" + "\\\\"),
    ],
)
def test_user_text_is_shown_letter_by_letter(text, shown):
    assert literal(text) == shown


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1e-6, 3, "0.000001"), (9.99e-7, 3, "9.99e-07"), (-5.123e-10, 3, "−5.12e-10"),
        (1.05e-6, 3, "0.000001"), (123e-9, 2, "1.2e-07"),
    ],
)  # fmt: skip
def test_a_number_next_to_nothing_is_in_powers_of_ten(value, digits, text):
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("value", "others", "digits"),
    [
        (0.0, (), 3), (1e-4, (), 3), (9.9e-5, (), 4), (-9.9e-5, (), 4), (1.05e-4, (), 3),
        (0.123456789123, (0.123456789124,), 10), (0.5, (0.7, None), 3),
    ],
)  # fmt: skip
def test_digits_beside_another_figure(value, others, digits):
    assert format.digits_beside(value, *others) == digits


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (10.0, "1,000%"),
        (10.01, ">1,000%"),
        (-10.0, "-1,000%"),
        (-10.01, "<-1,000%"),
        (1e9, ">1,000%"),
    ],
)
def test_a_percentage_beyond_a_thousand_is_only_said_to_be(share, text):
    assert format.percent(share) == text
