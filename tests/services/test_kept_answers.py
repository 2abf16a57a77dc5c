"""Answers are kept for files of the same shape, and for no others."""

import tracemalloc

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from mlpm_core.services.ingest import row_rules, scale_rules
from tests.services.test_imports import put, stored

HEAD = "model;metric;week;value;n\n"
DATED = "model,metric,day,value\n"
NEUTRAL = "model,metric,date,value\n"


def answered(*answers):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    return profile


def committed(workspace, text, *answers):
    receipt = put(workspace, text, profile=answered(*answers))
    assert receipt.status is Status.COMMITTED, receipt
    return receipt


def keys(receipt):
    return [q.key for q in receipt.questions]


def test_a_decimal_comma_is_not_kept_for_a_file_with_points(workspace):
    """1.287 after a German file is asked about again, and never 1287 without a word."""
    committed(workspace, f"{HEAD}f;mae;2024-02-05;1,2345;410\n", "decimal=,")
    assert keys(put(workspace, f"{HEAD}f;mae;2024-02-19;1.287;410\n")) == ["decimal"]
    kept = put(workspace, f"{HEAD}f;mae;2024-02-12;1,3;405\n")
    assert kept.status is Status.COMMITTED
    assert [w.code for w in kept.warnings] == ["answered-before"]


def test_a_day_first_answer_is_not_kept_against_what_the_next_file_says(workspace):
    committed(workspace, f"{DATED}f,mae,03/02/2024,1\n", "date_order=dmy")
    assert put(workspace, f"{DATED}f,mae,04/02/2024,1\n").status is Status.COMMITTED
    assert keys(put(workspace, f"{DATED}f,mae,02/05/2024,1\nf,mae,02/19/2024,1\n")) == [
        "date_order"
    ]
    other = "metric,model,date,value\nmae,f,06/02/2024,1\n"
    assert keys(put(workspace, other)) == ["date_order"]


def test_that_only_the_first_table_counts_is_never_kept(workspace):
    first, second = (
        f"model,metric,week,value\nm,recall,2024-02-{d},0.8\n\nmodel,metric,week,value\n"
        f"o,recall,2024-02-{d},0.5\n"
        for d in ("05", "12")
    )
    done = committed(workspace, first, "second_table=first")
    assert (done.lines, done.accepted, done.blank, done.ignored) == (4, 1, 1, 2)
    assert keys(put(workspace, second)) == ["second_table"]


def test_the_length_of_periods_is_kept_for_one_date_of_the_same_shape(workspace):
    weeks = "".join(f"f,mae,2024-01-{d:02},1\n" for d in (7, 14, 21))
    committed(workspace, NEUTRAL + weeks, "period=P1W", "dates_are=end")
    done = put(workspace, f"{NEUTRAL}f,mae,2024-01-28,1\n")
    assert done.status is Status.COMMITTED
    assert "1 week, Monday to Sunday, from 22 Jan 2024 to 28 Jan 2024" in done.read_as
    assert {r["granularity"] for r in stored(workspace)} == {"P1W"}
    other = put(workspace, "model,metric,timestamp,value\nf,rmse,2024-01-28,1\n")
    assert keys(other) == ["period"]


def test_that_one_date_is_a_day_is_asked_once_for_files_of_the_same_shape(workspace):
    """A source that sends a row a day is not asked every day."""
    first = f"{NEUTRAL}f,mae,2024-01-08,1\n"
    assert keys(put(workspace, first)) == ["period"]
    committed(workspace, first, "period=P1D")
    done = put(workspace, f"{NEUTRAL}f,mae,2024-01-15,1\n")
    assert done.status is Status.COMMITTED
    assert {r["granularity"] for r in stored(workspace)} == {"P1D"}
    assert any("period is P1D" in w.message for w in done.warnings)


def test_a_mapping_is_kept_per_shape(workspace):
    given = ("fields.model_id=Modell", "fields.metric=Kennzahl", "fields.period_start=Woche")
    head = "Modell;Kennzahl;Woche;value\n"
    committed(workspace, f"{head}m;recall;2024-02-05;0.8\n", *given)
    assert put(workspace, f"{head}m;recall;2024-02-12;0.8\n").status is Status.COMMITTED
    assert len(keys(put(workspace, f"{head}m;recall;2024-02-12;0.8\n".replace(";", ",")))) == 3


def test_a_series_that_jumps_a_thousandfold_is_a_question(workspace):
    committed(workspace, f"{DATED}f,mae,2024-02-05,1.28\nf,mae,2024-02-06,1.31\n")
    text = f"{DATED}f,mae,2024-02-07,1287\nf,mae,2024-02-08,1301\n"
    (question,) = put(workspace, text).questions
    assert (question.key, question.choices) == ("scale", ["as written", "times 0.001"])
    committed(workspace, text, "scale=times 0.001")
    values = sorted(r["value"] for r in stored(workspace))
    assert [round(v, 3) for v in values] == [1.28, 1.287, 1.301, 1.31]
    steady = put(workspace, f"{DATED}f,mae,2024-02-09,2.5\n")
    assert steady.status is Status.COMMITTED


def test_how_a_series_is_scaled_is_kept_and_named_and_that_it_is_right_is_not(workspace):
    committed(workspace, f"{DATED}f,mae,2024-02-05,1.28\n")
    committed(workspace, f"{DATED}f,mae,2024-02-07,1287\n", "scale=times 0.001")
    kept = put(workspace, f"{DATED}f,mae,2024-02-08,1301\n")
    assert kept.answers == ["scale=times 0.001"]
    assert any("scale is times 0.001" in w.message for w in kept.warnings)
    assert keys(put(workspace, f"{DATED}f,mae,2024-02-09,131\n")) == ["scale"]
    committed(workspace, f"{DATED}f,mae,2024-02-09,131\n", "scale=as written")
    assert sorted(round(r["value"], 3) for r in stored(workspace)) == [1.28, 1.287, 1.301, 131]


def test_series_that_jump_by_several_factors_are_each_named_and_never_taken_by_another(workspace):
    committed(workspace, f"{DATED}f,mae,2024-02-05,1.28\nf,rmse,2024-02-05,1.9\n")
    committed(workspace, f"{DATED}f,mae,2024-02-06,1281\n", "scale=times 0.001")
    both = f"{DATED}f,mae,2024-02-07,1287\nf,rmse,2024-02-07,190\n"
    (question,) = put(workspace, both).questions
    assert question.choices == ["as written", "each as before"]
    assert question.preview[2:] == [
        "each as before: mae of f is now about 1.287 (times 0.001)",
        "each as before: rmse of f is now about 1.9 (times 0.01)",
    ]
    given = answered("scale=times 0.001")
    assert keys(put(workspace, both, profile=given)) == ["scale"]
    receipt = committed(workspace, both, "scale=each as before")
    assert any(
        "mae of f (times 0.001), rmse of f (times 0.01)" in w.message for w in receipt.warnings
    )
    assert sorted(round(r["value"], 3) for r in stored(workspace)) == [
        1.28, 1.281, 1.287, 1.9, 1.9,
    ]  # fmt: skip
    again = both.replace("2024-02-07", "2024-02-08")
    assert keys(put(workspace, again)) == ["scale"], "it is never answered by itself"


def test_a_kept_factor_names_every_series_that_it_moves(workspace):
    committed(workspace, f"{DATED}f,mae,2024-02-05,1.28\nf,rmse,2024-02-05,1.9\n")
    committed(workspace, f"{DATED}f,mae,2024-02-06,1281\n", "scale=times 0.001")
    kept = put(workspace, f"{DATED}f,rmse,2024-02-07,1903\n")
    assert any("rmse of f (times 0.001)" in w.message for w in kept.warnings)


def test_a_jump_that_is_meant_is_stored_and_asked_about_again(workspace):
    committed(workspace, f"{DATED}f,mae,2024-02-05,1.28\n")
    committed(workspace, f"{DATED}f,mae,2024-02-07,128\n", "scale=as written")
    assert keys(put(workspace, f"{DATED}g,mae,2024-02-07,1\n")) == []


def test_of_many_series_only_one_at_a_time_is_held_beside_the_rows(workspace, monkeypatch):
    """A flag for every row of each of them had been held at once: of 2,000 models gigabytes."""
    n_models, n_days = 300, 60
    days = [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(n_days)]
    rows = "".join(f"m{k},mae,{day},1.28\n" for day in days for k in range(n_models))
    committed(workspace, DATED + "".join(rows.splitlines(keepends=True)[:n_models]))
    peaks = []

    def settled(*asked):
        tracemalloc.start()
        file = scale_rules.settled_scale(*asked)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        return file

    monkeypatch.setattr(row_rules, "settled_scale", settled)
    put(workspace, DATED + rows)
    assert max(peaks) < n_models * n_days * n_models / 2
