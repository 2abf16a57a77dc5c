"""Labels whose ids or classes are written otherwise than those of the predictions."""

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import Status
from tests.intake.real_cases import FOLDER
from tests.services.test_imports import put


def log(ids, model="churn", classes=("1", "0")):
    rows = "".join(
        f"{i},2024-02-05T10:00:00Z,{model},{classes[k % len(classes)]}\n" for k, i in enumerate(ids)
    )
    return f"prediction_id,ts,model,prediction\n{rows}".encode()


def labels(ids, classes=("1", "0")):
    ids = [f'"{i}"' if "," in i else i for i in ids]
    rows = "".join(f"{i},{classes[k % len(classes)]}\n" for k, i in enumerate(ids))
    return f"id,label\n{rows}".encode()


def put_labels(workspace, data, *answers):
    profile = Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    return put(workspace, data, kind="labels", profile=profile)


def put_log(workspace, data):
    assert put(workspace, data, kind="prediction_log").status is Status.COMMITTED


def orphans(receipt):
    return [w.rows for w in receipt.warnings if w.code == "orphan-label"]


def test_ids_of_floats_are_asked_about_with_their_nearest_form(workspace):
    put_log(workspace, (FOLDER / "j00_log.csv").read_bytes())
    data = (FOLDER / "j01_float_ids.csv").read_bytes()
    asked = put_labels(workspace, data)
    assert [(q.code, q.key, q.choices) for q in asked.questions] == [
        ("label-ids", "ids", ["without .0", "as written"])
    ]
    assert "10000.0 is none, 10000 is one" in asked.questions[0].message
    done = put_labels(workspace, data, "ids=without .0")
    assert (done.status, done.accepted, orphans(done)) == (Status.COMMITTED, 60, [])


@pytest.mark.parametrize(
    ("stored", "given", "form"),
    [
        (["00017", "00018"], ["17", "18"], "with zeros in front, 5 digits"),
        (["17", "18"], ["00017", "00018"], "without zeros in front"),
        (["100000", "200000"], ["1E5", "2E+05"], "without exponent"),
        (["AB-1", "AB-2"], ["ab-1", "ab-2"], "in capitals"),
        (["1", "2"], ["cust-1", "cust-2"], "without its prefix"),
        (["1001", "1002"], ["1,001", "1,002"], "without signs"),
        (["1001", "1002"], ["'1001", "'1002"], "without signs at its ends"),
        (
            ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c3302"],
            ["{3F2504E0-4F89-11D3-9A0C-0305E82C3301}", "3f2504e04f8911d39a0c0305e82c3302"],
            "as a UUID",
        ),
    ],
)
def test_ids_that_a_spreadsheet_rewrote_are_found_again(workspace, stored, given, form):
    put_log(workspace, log(stored))
    (question,) = put_labels(workspace, labels(given)).questions
    assert question.choices[0] == form
    done = put_labels(workspace, labels(given), f"ids={form}")
    assert (done.status, orphans(done)) == (Status.COMMITTED, [])


def test_the_form_of_ids_and_the_classes_are_kept_for_files_of_the_shape_and_named(workspace):
    put_log(workspace, log(["00017", "00018", "00019", "00020"]))
    first, second = labels(["17", "18"], ("yes", "no")), labels(["19", "20"], ("yes", "no"))
    form = "with zeros in front, 5 digits"
    put_labels(workspace, first, f"ids={form}", "outcomes.yes=1", "outcomes.no=0")
    kept = put_labels(workspace, second)
    assert (kept.status, orphans(kept)) == (Status.COMMITTED, [])
    assert {*kept.answers} == {f"ids={form}", "outcomes.yes=1", "outcomes.no=0"}
    said = " ".join(w.message for w in kept.warnings if w.code == "answered-before")
    assert form in said
    assert "outcomes.no is 0" in said
    other = second.replace(b"id,label", b"id,actual").replace(b"19,yes\n", b"")
    assert [q.key for q in put_labels(workspace, other).questions] == ["ids"]


def test_labels_that_come_first_need_no_question(workspace):
    assert put_labels(workspace, labels(["a", "b"])).status is Status.COMMITTED
    put_log(workspace, log(["x", "y"]))
    kept = put_labels(workspace, labels(["c", "d"]))
    assert (kept.status, orphans(kept)) == (Status.COMMITTED, [2])


def test_ids_as_written_are_kept(workspace):
    put_log(workspace, log(["17", "18"]))
    kept = put_labels(workspace, labels(["017", "018"]), "ids=as written")
    assert (kept.status, orphans(kept)) == (Status.COMMITTED, [2])


def test_true_and_false_against_one_and_nought_are_a_question_each(workspace):
    put_log(workspace, (FOLDER / "j00_log.csv").read_bytes())
    data = (FOLDER / "j05_bool.csv").read_bytes()
    asked = put_labels(workspace, data)
    assert [(q.key, q.choices[0]) for q in asked.questions] == [
        ("outcomes.True", "1"),
        ("outcomes.False", "0"),
    ]
    done = put_labels(workspace, data, "outcomes.True=1", "outcomes.False=0")
    assert done.status is Status.COMMITTED
    with workspace.store.reader() as reader:
        (row,) = [
            r
            for r in reader.rows("log_by_segment", project="shop", model_id="churn",
                                 model_version="", by="P1Y", until=workspace.now())
            if r["segment"] == "south"
        ][:1]  # fmt: skip
    assert row["n_wrong"] < row["n_judged"]


def test_a_class_that_only_some_labels_have_is_left_alone(workspace):
    put_log(workspace, log(["1", "2", "3"], classes=("cat", "dog")))
    done = put_labels(workspace, labels(["1", "2", "3"], classes=("cat", "dog", "cow")))
    assert done.status is Status.COMMITTED


def test_pending_is_not_known_yet_and_counted(workspace):
    put_log(workspace, log(["1", "2", "3"]))
    data = labels(["1", "2", "3"], classes=("1", "0", "pending"))
    (question,) = put_labels(workspace, data).questions
    assert (question.key, question.choices[0]) == ("outcomes.pending", "not known yet")
    done = put_labels(workspace, data, "outcomes.pending=not known yet")
    assert (done.lines, done.accepted, done.ignored) == (3, 2, 1)


def test_a_file_of_the_other_class_alone_needs_no_question(workspace):
    put_log(workspace, log(["1", "2"], classes=("1",)))
    assert put_labels(workspace, labels(["1", "2"], classes=("0",))).status is Status.COMMITTED


def test_ids_of_which_only_some_lost_their_zeros_are_asked_about(workspace):
    put_log(workspace, log(["0997", "0998", "0999", "1000", "1001"]))
    data = labels(["997", "998", "999", "1000", "1001"])
    (question,) = put_labels(workspace, data).questions
    assert question.choices[0] == "with zeros in front, 4 digits"
    assert "3 of the first 5 labels have no stored prediction" in question.message
    done = put_labels(workspace, data, f"ids={question.choices[0]}")
    assert (done.status, orphans(done)) == (Status.COMMITTED, [])


def test_a_few_labels_that_come_early_need_no_question(workspace):
    put_log(workspace, log(["a1", "a2", "A3"]))
    kept = put_labels(workspace, labels(["a1", "a2", "a3", "b7", "b8"]))
    assert (kept.status, orphans(kept)) == (Status.COMMITTED, [3])


def test_ids_that_a_spreadsheet_made_one_are_not_told_to_name_their_version(workspace):
    put_log(workspace, log(["900000000001", "900000000002"]))
    rejects = put_labels(workspace, labels(["9.00E+11", "9.00E+11"])).rejects
    assert {r.code for r in rejects} == {"conflict"}
    assert "export them as text" in rejects[0].hint
    assert "9.00E+11" in rejects[0].message


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (("1", "2"), ["1", "2"]),
        (("1", "-1"), ["1", "-1"]),
        (("yes", "0"), ["yes", "0"]),
        (("1", "0", "True"), ["True"]),
        (("1", "0", "1.0"), []),
    ],
)
def test_beside_yes_and_no_every_other_class_is_asked_about(workspace, given, asked):
    put_log(workspace, log(["1", "2", "3", "4", "5", "6"]))
    said = put_labels(workspace, labels(["1", "2", "3", "4", "5", "6"], given))
    assert sorted(q.key for q in said.questions) == sorted(f"outcomes.{c}" for c in asked)
    if "2" in given:  # 1 is paid and 2 is not: what was 1 here is 0 there
        done = put_labels(workspace, labels(["1", "2", "3"], given), "outcomes.1=0", "outcomes.2=1")
        assert done.status is Status.COMMITTED


def test_a_class_in_other_letters_is_asked_about_though_others_match(workspace):
    """It would be counted as an error of the model."""
    put_log(workspace, log(["1", "2", "3"], classes=("invoice", "order", "other")))
    written = labels(["1", "2", "3"], ("Invoice", "order", "OTHER"))
    asked = put_labels(workspace, written).questions
    assert [(q.key, q.choices[0]) for q in asked] == [
        ("outcomes.Invoice", "invoice"), ("outcomes.OTHER", "other"),
    ]  # fmt: skip
    told = put_labels(workspace, written, "outcomes.Invoice=invoice", "outcomes.OTHER=keep")
    assert told.status is Status.COMMITTED


def test_a_class_in_other_letters_within_a_log_is_asked_about(workspace):
    text = "id,ts,model,y_pred,y_true\n1,2024-02-05,churn,a b,A-B\n2,2024-02-06,churn,c,c\n"
    (question,) = put(workspace, text, kind="prediction_log").questions
    assert (question.key, question.choices[:2]) == ("outcomes.A-B", ["a b", "c"])
