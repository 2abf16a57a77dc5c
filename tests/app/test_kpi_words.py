"""What a KPI says of the periods it rests on, and with how many digits."""

from __future__ import annotations

import pytest

from mlpm_core.services.in_life.kpi_view import line_of
from mlpm_core.services.valuation.now import Stretch
from pages.parts.common import text as say
from tests.by_hand import TODAY, WEEK, kpi

OLD = "no results since 1 Jun 2026"


def plain(text):
    return text.replace("\\", "")


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (kpi(9.0, rests_on=Stretch(WEEK, WEEK, 1)), "Data to 21 Jun 2026, 8 days old."),
        (kpi(9.0, rests_on=Stretch(WEEK, WEEK, 2)), "Over the 2 weeks to 21 Jun 2026, 8 days old."),
        (kpi(9.0, uncounted=OLD),
         f"Data to 21 Jun 2026, 8 days old. It is not judged: {OLD}."),
    ],
)  # fmt: skip
def test_a_kpi_says_which_periods_it_rests_on(told, text):
    head = "Target 8 h per case by 31 Dec 2026; 20 without the model. "
    assert plain(say.kpi(line_of(told, {}, (), TODAY), TODAY)) == head + text


def test_a_kpi_has_the_digits_that_tell_it_from_its_target():
    near = kpi(None, 8.00049, target=8.0)
    assert plain(say.kpi(line_of(near, {}, (), TODAY), TODAY)).startswith("Target 8 h per case")
    far = kpi(None, None, target=12.3456)
    assert plain(say.kpi(line_of(far, {}, (), TODAY), TODAY)).startswith("Target 12.3 h per case")
    close = kpi(8.0004, 5.0, target=8.0009)
    assert plain(say.kpi(line_of(close, {}, (), TODAY), TODAY)).startswith(
        "Target 8.001 h per case"
    )
    without = kpi(20.0004, baseline=20.0009)
    assert "; 20.001 without the model" in plain(say.kpi(line_of(without, {}, (), TODAY), TODAY))
