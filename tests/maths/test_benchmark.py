"""What the benchmark compares is the same: else its ratios say nothing."""

from __future__ import annotations

from benchmarks import value


def test_mlpm_and_numpy_by_hand_give_the_same_figures():
    models = value.candidates()[:6]
    value.check(value.by_mlpm(models), value.by_hand(models), models)


def test_the_correction_for_luck_values_the_same_candidates():
    models = value.candidates()[:6]
    board = value.corrected_by_mlpm(models)
    measured = {o.name: o.net.mean for o in value.by_mlpm(models)}
    assert board.is_corrected
    assert {o.name: round(o.measured.mean, 6) for o in board.options if o.measured} == {
        name: round(mean, 6) for name, mean in measured.items()
    }
