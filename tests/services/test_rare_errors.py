"""What is rare is worth what its counts say: neither a prior nor the plan holds it back."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.value.mechanism import find_mechanism
from tests.in_use import net_a_year, planned_inputs, results, started, week
from tests.services.test_true_lives import audited, line, realised
from tests.stores import copied


@pytest.fixture
def workspace(tmp_path, empty_folder):
    store = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield store
    store.close()


RARE = {
    "M3": ("selective_error", {"human_error": 0.002, "selective_error": 0.0005,
                               "cost_per_error": 1000}),
    "M7": ("escape_rate", {"defect_rate": 0.01, "escape_rate_model": 0.002, "escape_cost": 1000}),
}  # fmt: skip


@pytest.mark.parametrize("mechanism", RARE)
@pytest.mark.parametrize(
    ("n", "hits", "rates"),
    [
        (30, [25], [(26, "1/26n"), (25, "0")]),
        (30, [3, 40], [(4, "1/4n"), (26, "0"), (11, "1/11n"), (10, "0")]),
        (5, [], [(26, "0"), (25, "0")]),
        (200, [10, 11, 50], [(11, "1/11n"), (1, "1/1n"), (26, "0"), (13, "1/13n")]),
    ],
)
def test_rare_errors_are_worth_what_their_counts_say(workspace, mechanism, n, hits, rates):
    """51 weeks with an error in a few of them. Weeks are taken together until there is one, half a
    year (26 weeks) at most; k weeks with one error are 1 / kn, so that the sum says what all counts
    say. k weeks without any are half an error in kn cases and the .5 (1 - p) / p that the plan p
    expects beside it: Beta(.5, kn + .5 (1 - p) / p).
    """
    metric, changed = RARE[mechanism]
    name = next(i.name for i in find_mechanism(mechanism).metrics if i.reported_as == metric)
    inputs = planned_inputs(mechanism) | changed
    started(workspace, mechanism, week(51), inputs)
    rows = [{"week": i, "metric": metric, "value": (i in hits) / n, "n": n} for i in range(51)]
    results(workspace, rows)
    net, years = realised(workspace)
    planned, total = inputs[name], 0.0
    for weeks, rate in rates:
        cases = weeks * n
        without = 0.5 / (cases + 0.5 + 0.5 * (1 - planned) / planned)
        total += weeks * (without if rate == "0" else 1 / cases)
    expected = net_a_year(mechanism, inputs | {name: total / 51})
    assert net / years == pytest.approx(expected, rel=0.01)


def test_a_rare_error_that_becomes_frequent_is_noticed_in_full(workspace):
    """At .0005 for half a year, then one error in each week of 30, which is .033: the plan does not
    hold it back. 31 m a year times .033 are 1 m lost in the second half.
    """
    inputs = planned_inputs("M3") | RARE["M3"][1]
    started(workspace, "M3", week(52), inputs)
    results(workspace, audited([0] * 26 + [1] * 26, 30))
    net, years = realised(workspace)
    calm, storm = 0.5 / (780 + 0.5 / 0.0005), 1 / 30
    expected = net_a_year("M3", inputs | {"selective_error": (calm + storm) / 2})
    assert net / years == pytest.approx(expected, rel=0.02)
    assert line(workspace).health.health == "sick"
