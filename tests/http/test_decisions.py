"""A decision is what MLPM recorded itself; nothing from outside passes for one, nothing is lost."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from mlpm_core.errors import InputError, StoreError
from mlpm_core.intake import Profile
from mlpm_core.records import Decision, Status, columns
from mlpm_core.services.admin.exports import export
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.evaluate.decisions import DecisionState
from mlpm_core.services.ingest import batches, imports, registers, uploads
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recorded_decisions import Origin
from mlpm_core.services.lifecycle import open_workspace
from tests.meeting import (
    CASE,
    GOOD,
    TOLD,
    WINBACK,
    before_the_meeting,
    decide,
    decision,
    told_by_file,
)

ROW = f"D900,Adopt it,{CASE},challenger-1.1,we say so,The board,2026-06-01"


@pytest.fixture
def shop(filled):
    return filled(before_the_meeting)


def real_evidence(shop):
    """Evidence as MLPM writes it: the JSON, and its hash."""
    decide(shop)
    (row,) = registers.records(shop, WINBACK, "decisions")
    return shop.ledger.raw(row["evidence"]).decode(), row["evidence"]


def exported(shop, table):
    data = export(shop.acting_as("ada"), WINBACK, table, "csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(data)))


def is_no_promise(view):
    return (view.promised, view.realised, view.options, view.is_promise) == (None, None, (), False)


@pytest.mark.parametrize("channel", ["http", "command", "screen", "demo"])
def test_a_file_brings_neither_evidence_nor_a_promise(shop, channel):
    evidence, sha256 = real_evidence(shop)
    quoted = '"' + evidence.replace('"', '""') + '"'
    for i, forged in enumerate((sha256, quoted)):
        receipt = told_by_file(
            shop, f"{ROW.replace('D900', f'D90{i}')},{forged}", f"{TOLD},evidence", channel
        )
        assert receipt.status is Status.COMMITTED
        warnings = {w.code: w.message for w in receipt.warnings}
        assert warnings["extra-column"] == "Not used: evidence."
        assert "no promise" in warnings["imported-decision"]
        view = decision(shop, f"D90{i}")
        assert view.origin is Origin.IMPORTED
        assert is_no_promise(view)
        assert "imported" in view.promised_reason


@pytest.mark.parametrize("answer", ["constants.evidence={}", "columns.proof=evidence"])
def test_no_answer_smuggles_evidence_in(shop, answer):
    _, sha256 = real_evidence(shop)
    upload = uploads.Upload(
        WINBACK, "decisions", "d.csv", answers=(answer.format(sha256),), profile=None
    )
    data = f"{TOLD},proof\n{ROW},{sha256}\n".encode()
    with pytest.raises(InputError, match="decisions has no field 'evidence'"):
        uploads.import_upload(shop.acting_as("eve"), upload, data, channel="http")
    with pytest.raises(InputError, match="no field 'evidence'"):
        told_by_file(shop, ROW, profile=Profile(constants={"evidence": sha256}))


def test_neither_form_nor_template_writes_a_decision(shop):
    with pytest.raises(InputError, match="Adoption screen"):
        registers.save(shop.acting_as("eve"), WINBACK, "decisions", [GOOD | {"decision_id": "D1"}])
    assert "evidence" not in registers.template_csv("decisions")
    assert [c.name for c in columns(Decision) if c.by_application] == ["evidence"]


def test_an_imported_decision_is_marked_wherever_it_is_told(shop):
    decide(shop)
    told_by_file(shop, ROW)
    origins = {r["decision_id"]: r["origin"] for r in exported(shop, "decisions")}
    assert origins == {"D001": "recorded", "D900": "imported"}
    history = {r["decision_id"]: r for r in exported(shop, "decisions_history")}
    assert history["D900"]["origin"] == "imported"
    assert history["D900"]["channel"] == "http"
    assert history["D900"]["evidence"] == ""
    assert len(history["D001"]["evidence"]) == 64
    assert {r["decision_id"] for r in exported(shop, "decision_options")} == {"D001"}
    (imported,) = [r for r in exported(shop, "decisions") if r["decision_id"] == "D900"]
    assert imported["promised"] == imported["realised"] == ""
    assert "imported" in imported["promised_reason"]


def test_the_routes_mark_an_imported_decision(client, workspace):
    client.upload(registers.template_csv("value_cases").encode(), kind="value_cases")
    row = f"{TOLD},evidence\nD1,t,triage-of-tickets,x,w,b,2024-01-31,{'a' * 64}\n".encode()
    answer = client.upload(row, kind="decisions")
    assert "imported-decision" in {w["code"] for w in answer.json()["warnings"]}
    told = client.get("/api/v1/projects/shop/export", params={"table": "decisions"}).text
    (line,) = csv.DictReader(io.StringIO(told.removeprefix("\ufeff")))
    assert (line["origin"], line["promised"]) == ("imported", "")
    assert "evidence" not in line
    assert open_workspace() is workspace


def test_what_is_recorded_says_when_by_the_clock(shop):
    before = shop.now()
    decide(shop, decided_on=date(2026, 5, 4), review_on=date(2026, 5, 5))
    view = decision(shop, "D001")
    assert view.decided_on == date(2026, 5, 4)
    assert before <= view.recorded_at <= shop.now()
    assert view.recorded_by == "ada"
    receipt = batches.receipt(shop, WINBACK, view.batch)
    assert receipt.received_at == view.recorded_at
    (row,) = exported(shop, "decisions")
    assert row["recorded_at"].startswith(str(before.date()))


def test_no_decision_is_of_tomorrow(shop):
    tomorrow = shop.today(WINBACK) + timedelta(days=1)
    with pytest.raises(InputError, match="lies ahead"):
        decide(shop, decided_on=tomorrow)
    receipt = told_by_file(shop, ROW.replace("2026-06-01", str(tomorrow)))
    assert (receipt.status, receipt.rejects[0].column) == (Status.REJECTED, "decided_on")
    assert registers.records(shop, WINBACK, "decisions") == []


@pytest.mark.parametrize("chosen", ["", " ", "None", "nobody", "challenger-1.2", "none "])
def test_what_is_chosen_is_one_of_the_options_to_the_letter(shop, chosen):
    with pytest.raises(InputError, match="not one of the options"):
        decide(shop, chosen=chosen)


def test_an_archived_value_case_is_not_decided_on(shop):
    case = registers.records(shop, WINBACK, "value_cases")[0]
    registers.save(shop.acting_as("ada"), WINBACK, "value_cases", [case | {"archived": True}])
    with pytest.raises(InputError, match="archived"):
        decide(shop)


def test_a_copy_that_only_reads_keeps_no_evidence_either(shop):
    raw = sorted((shop.settings.data / "raw").iterdir())
    past = shop.as_of(f"B{shop.version:05}")
    with pytest.raises(StoreError, match="go back to now"):
        decide(past)
    assert sorted((shop.settings.data / "raw").iterdir()) == raw


def test_a_recorded_decision_is_never_changed_by_a_file(shop):
    decide(shop)
    was = decision(shop, "D001")
    text = export(shop.acting_as("ada"), WINBACK, "decisions", "csv").data
    for data in (text, text.replace(b"champion-1.0", b"challenger-1.1")):
        receipt = imports.import_file(
            shop.acting_as("eve"), WINBACK, "decisions", "d.csv", data, channel="http",
            profile=Profile(restatement="confirm"),
        )  # fmt: skip
        assert receipt.status is Status.REJECTED
        assert "never changed" in receipt.rejects[0].message
    assert decision(shop, "D001") == was


def test_an_undo_withdraws_and_takes_nothing_away(shop):
    made = decide(shop, review_on=date(2026, 9, 30))
    was = decision(shop, "D001")
    undone = undoing.undo(shop.acting_as("ben"), WINBACK, made.batch)
    assert "D001 is withdrawn" in {w.code: w.message for w in undone.warnings}["decision-withdrawn"]
    view = decision(shop, "D001")
    assert view.state is DecisionState.WITHDRAWN
    assert (view.withdrawn_by, view.withdrawn_in) == ("ben", undone.batch)
    assert view.withdrawn_at == undone.received_at
    assert view.options == was.options
    assert (view.promised, view.realised, view.is_review_due) == (None, None, False)
    assert "withdrawn" in view.promised_reason
    (row,) = exported(shop, "decisions")
    assert (row["state"], row["withdrawn_by"], row["promised"]) == ("withdrawn", "ben", "")
    assert {r["state"] for r in exported(shop, "decision_options")} == {"withdrawn"}
    assert shop.ledger.raw(evidence_of(shop, "D001"))
    with pytest.raises(InputError, match="stays withdrawn"):
        undoing.undo(shop.acting_as("ben"), WINBACK, undone.batch)


def evidence_of(shop, decision_id):
    rows = registers.history(shop, WINBACK, "decisions")
    return next(r["evidence"] for r in rows if r["decision_id"] == decision_id)


def test_an_id_is_never_used_again(shop):
    made = decide(shop)
    undoing.undo(shop.acting_as("ben"), WINBACK, made.batch)
    receipt = told_by_file(shop, ROW.replace("D900", "D001"))
    assert receipt.status is Status.REJECTED
    assert "nor is its id used again" in receipt.rejects[0].message
    decide(shop)
    states = {d.decision_id: d.state for d in decisions.decisions(shop, WINBACK)}
    assert states == {"D001": DecisionState.WITHDRAWN, "D002": DecisionState.IN_FORCE}


def test_an_imported_decision_may_be_told_again_but_not_otherwise(shop):
    first = told_by_file(shop, ROW)
    undoing.undo(shop.acting_as("ben"), WINBACK, first.batch)
    assert decision(shop, "D900").state is DecisionState.WITHDRAWN
    other = told_by_file(shop, ROW.replace("challenger-1.1", "champion-1.0"))
    assert other.status is Status.REJECTED
    assert told_by_file(shop, ROW).status is Status.COMMITTED
    view = decision(shop, "D900")
    assert (view.state, view.batch) == (DecisionState.IN_FORCE, first.batch)


@pytest.mark.parametrize("taken", ["D" + "9" * 199, "D٣", "D000000001", "D999999999", "Dx"])
def test_no_imported_id_stands_in_the_way_of_the_next(shop, taken):
    assert told_by_file(shop, ROW.replace("D900", taken)).status is Status.COMMITTED
    assert decide(shop).status is Status.COMMITTED
    assert decide(shop).status is Status.COMMITTED


def test_two_decisions_at_once_get_an_id_each(shop):
    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(lambda i: decide(shop, title=f"No. {i}"), range(6)))
    assert {r.status for r in receipts} == {Status.COMMITTED}
    ids = [d.decision_id for d in decisions.decisions(shop, WINBACK)]
    assert sorted(ids) == [f"D00{i}" for i in range(1, 7)]


def test_what_was_said_beside_the_decision_is_kept(shop):
    said = {"attendees": "Ines, Tom", "conditions": "Two a week", "dissent": "Tom: too early"}
    decide(shop, **said)
    view = decision(shop, "D001")
    assert {name: getattr(view, name) for name in said} == said


def test_of_a_chain_only_the_newest_promises(shop):
    decide(shop, review_on=date(2026, 7, 1))
    decide(shop, chosen="none", supersedes="D001", review_on=date(2026, 7, 1))
    decide(shop, supersedes="D002")
    views = {d.decision_id: d for d in decisions.decisions(shop, WINBACK)}
    assert [i for i, d in views.items() if d.is_promise] == ["D003"]
    assert [i for i, d in views.items() if d.promised is not None] == ["D003"]
    assert (views["D001"].superseded_by, views["D002"].superseded_by) == ("D002", "D003")
    assert (views["D003"].supersedes, views["D003"].superseded_by) == ("D002", None)
    assert all(d.options for d in views.values())
    registers.save(
        shop.acting_as("ada"), WINBACK, "projects",
        [{"project": WINBACK, "title": "Member win-back", "clock_on": "2026-08-01"}],
    )  # fmt: skip
    assert not any(d.is_review_due for d in decisions.decisions(shop, WINBACK))


def test_a_withdrawn_link_of_a_chain_brings_nothing_back(shop):
    decide(shop)
    second = decide(shop, supersedes="D001")
    decide(shop, supersedes="D002")
    undoing.undo(shop.acting_as("ben"), WINBACK, second.batch)
    views = {d.decision_id: d for d in decisions.decisions(shop, WINBACK)}
    assert [i for i, d in views.items() if d.is_promise] == ["D003"]
    assert (views["D001"].state, views["D001"].superseded_by) == (DecisionState.SUPERSEDED, "D003")


def test_withdrawing_the_newest_lets_the_one_before_stand_again(shop):
    decide(shop)
    second = decide(shop, supersedes="D001")
    undoing.undo(shop.acting_as("ben"), WINBACK, second.batch)
    assert decision(shop, "D001").is_promise
    assert decide(shop, supersedes="D001").status is Status.COMMITTED


@pytest.mark.parametrize(
    ("supersedes", "told"),
    [
        ("D009", "no earlier decision"),
        ("D004", "no earlier decision"),  # itself
        ("D001", "superseded by D002 already"),
        ("D003", "was withdrawn"),
    ],
)
def test_only_what_stands_is_superseded(shop, supersedes, told):
    decide(shop)
    decide(shop, supersedes="D001")
    undoing.undo(shop.acting_as("ben"), WINBACK, decide(shop).batch)
    receipt = decide(shop, supersedes=supersedes)
    assert receipt.status is Status.REJECTED
    assert told in receipt.rejects[0].message


def test_a_file_cannot_supersede_what_was_recorded_nor_close_a_circle(shop):
    decide(shop)
    header = f"{TOLD},supersedes"
    receipt = told_by_file(shop, f"{ROW},D001", header)
    assert "a file cannot take its place" in receipt.rejects[0].message
    circle = f"{ROW},D901\n{ROW.replace('D900', 'D901')},D900"
    assert told_by_file(shop, circle, header).status is Status.REJECTED
    chain = f"{ROW},\n{ROW.replace('D900', 'D901')},D900"
    assert told_by_file(shop, chain, header).status is Status.COMMITTED
    assert decision(shop, "D900").superseded_by == "D901"
    assert decision(shop, "D001").is_promise


def test_a_past_moment_knows_no_later_withdrawal(shop):
    made = decide(shop)
    undone = undoing.undo(shop.acting_as("ben"), WINBACK, made.batch)
    (then,) = decisions.decisions(shop.as_of(made.batch), WINBACK)
    assert (then.state, then.promised is None) == (DecisionState.IN_FORCE, False)
    (now,) = decisions.decisions(shop.as_of(undone.batch), WINBACK)
    assert now.state is DecisionState.WITHDRAWN
