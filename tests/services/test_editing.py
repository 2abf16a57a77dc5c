"""Two people change one record: what either changed is kept, and neither is overwritten unseen."""

import threading

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, record_of
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.editing import Edit, EditConflictError, save_edits

P = "p"


@pytest.fixture
def store(workspace):
    """A project with a KPI, and a quantity of a value case."""
    ann, save = workspace.acting_as("ann"), registers.save
    save(ann, P, "projects", [{"project": P, "title": "P", "owner": "Ann"}])
    save(ann, P, "models", [{"model_id": "m"}])
    save(ann, P, "value_cases",
         [{"value_case_id": "c", "mechanism": "demand_forecast"}])  # fmt: skip
    save(ann, P, "kpis", [
        {"kpi_id": "k", "title": "K", "dimension": "revenue", "unit": "EUR/year",
         "direction": "higher", "baseline": 1, "target": 2, "owner": "Ann"}])  # fmt: skip
    return workspace


def one(workspace, kind, record_id):
    record = record_of(kind)
    rows = registers.records(workspace, P, kind)
    return next(r for r in rows if r[record.key[-1]] == record_id)


def edit(workspace, actor, kind, read, **changes):
    return save_edits(workspace.acting_as(actor), P, kind, [Edit(read, changes)])


def test_each_writes_what_it_changed_and_the_second_is_told(store):
    read = one(store, "kpis", "k")
    assert edit(store, "ben", "kpis", read, owner="Ben").meanwhile == ()
    saved = edit(store, "cy", "kpis", read, target=5.0)
    assert saved.receipt.status == "committed"
    now = one(store, "kpis", "k")
    assert (now["owner"], now["target"]) == ("Ben", 5.0)
    (kept,) = saved.meanwhile
    assert (kept.column, kept.theirs, kept.origin.actor) == ("owner", "Ben", "ben")
    assert "Owner of k was changed to “Ben” by ben on 20" in kept.sentence


def test_a_field_that_both_changed_is_not_overwritten_and_both_are_shown(store):
    read = one(store, "kpis", "k")
    edit(store, "ben", "kpis", read, target=7.0, owner="Ben")
    edit(store, "eve", "kpis", one(store, "kpis", "k"), title="KK")
    with pytest.raises(EditConflictError) as refused:
        edit(store, "cy", "kpis", read, target=5.0, definition="Counted twice")
    conflict = refused.value.conflict
    (field,) = conflict.fields
    assert (field.read, field.theirs, field.mine) == (2.0, 7.0, 5.0)
    assert field.origin.actor == "ben"  # eve wrote the record last, and not this field
    message = str(refused.value)
    assert "Target of k was changed to 7 by ben" in message
    assert "yours is 5" in message
    assert "Nothing was saved" in message
    now = one(store, "kpis", "k")
    assert (now["target"], now["definition"], now["title"]) == (7.0, "", "KK")

    theirs = conflict.settled({(0, "target")})
    save_edits(store.acting_as("cy"), P, "kpis", theirs)
    now = one(store, "kpis", "k")
    assert (now["target"], now["definition"], now["owner"]) == (7.0, "Counted twice", "Ben")
    save_edits(store.acting_as("cy"), P, "kpis", conflict.settled(()))
    assert one(store, "kpis", "k")["target"] == 5.0


def test_the_same_change_twice_is_no_conflict(store):
    read = one(store, "kpis", "k")
    edit(store, "ben", "kpis", read, target=7.0)
    assert edit(store, "cy", "kpis", read, target=7).receipt.ignored == 1
    assert edit(store, "cy", "kpis", read, target=7, owner="Cy").receipt.status == "committed"


def test_a_file_is_somebody_else_too(store):
    read = one(store, "kpis", "k")
    text = (
        "kpi_id,title,dimension,unit,direction,baseline,target,owner\n"
        "k,K,revenue,EUR/year,higher,1,9,Ann\n"
    )
    done = imports.import_file(store.acting_as("ben"), P, "kpis", "k.csv", text.encode(),
                               profile=Profile(restatement="confirm"))  # fmt: skip
    assert done.status == "committed"
    with pytest.raises(EditConflictError, match=rf"by ben on .* \({done.batch}\)"):
        edit(store, "cy", "kpis", read, target=5.0)
    edit(store, "cy", "kpis", read, owner="Cy")
    now = one(store, "kpis", "k")
    assert (now["target"], now["owner"]) == (9.0, "Cy")


def test_an_undo_is_somebody_else_too(store):
    first = edit(store, "ben", "kpis", one(store, "kpis", "k"), target=7.0).receipt
    read = one(store, "kpis", "k")
    undone = undoing.undo(store.acting_as("eve"), P, first.batch)
    with pytest.raises(EditConflictError) as refused:
        edit(store, "cy", "kpis", read, target=5.0)
    (field,) = refused.value.conflict.fields
    assert (field.theirs, field.origin.actor, field.origin.batch) == (2.0, "eve", undone.batch)


def test_a_record_that_was_taken_back_meanwhile_is_not_written_again_unasked(store):
    added = registers.save(store.acting_as("ben"), P, "models", [{"model_id": "z", "owner": "Ben"}])
    read = one(store, "models", "z")
    undoing.undo(store.acting_as("eve"), P, added.batch)
    with pytest.raises(EditConflictError, match="undone meanwhile by eve") as refused:
        edit(store, "cy", "models", read, purpose="Sorts")
    edits = refused.value.conflict.settled(())
    save_edits(store.acting_as("cy"), P, "models", edits)
    now = one(store, "models", "z")
    assert (now["purpose"], now["owner"]) == ("Sorts", "Ben")


def test_a_name_that_is_taken_does_not_replace_what_has_it(store):
    new = {"kpi_id": "k", "title": "Mine", "dimension": "revenue", "unit": "EUR/year",
           "direction": "higher", "baseline": 1.0, "target": 9.0}  # fmt: skip
    with pytest.raises(EditConflictError) as refused:
        save_edits(store.acting_as("cy"), P, "kpis", [Edit(None, new)])
    assert {f.column for f in refused.value.conflict.fields} == {"title", "target"}
    assert one(store, "kpis", "k")["title"] == "K"


def test_a_name_that_an_archived_record_has_is_told(store):
    edit(store, "ann", "models", one(store, "models", "m"), archived=True)
    with pytest.raises(EditConflictError, match="Archived of m"):
        save_edits(store.acting_as("cy"), P, "models", [Edit(None, {"model_id": "m"})])


def test_what_goes_along_is_written_and_never_compared(store):
    registers.save(store.acting_as("ann"), P, "quantities",
                   [{"value_case_id": "c", "name": "margin", "written": "5"}])  # fmt: skip
    read = one(store, "quantities", "margin")
    edit(store, "ben", "quantities", read, source="Books")
    saved = save_edits(store.acting_as("cy"), P, "quantities",
                       [Edit(read, {"written": "6"}, {"source": "A guess"})])  # fmt: skip
    assert saved.meanwhile == ()
    now = one(store, "quantities", "margin")
    assert (now["written"], now["source"]) == ("6", "A guess")


def test_edits_of_one_form_go_in_together_or_not_at_all(store):
    rows = [{"value_case_id": "c", "name": n, "written": "5"} for n in ("margin", "overage")]
    registers.save(store.acting_as("ann"), P, "quantities", rows)
    margin, overage = (one(store, "quantities", n) for n in ("margin", "overage"))
    edit(store, "ben", "quantities", overage, written="9")
    with pytest.raises(EditConflictError) as refused:
        save_edits(store.acting_as("cy"), P, "quantities",
                   [Edit(margin, {"written": "6"}), Edit(overage, {"written": "6"})])  # fmt: skip
    assert [(f.edit, f.record_id) for f in refused.value.conflict.fields] == [(1, "overage")]
    assert one(store, "quantities", "margin")["written"] == "5"


def at_once(jobs):
    """Run jobs in threads that start together; what each gave or raised."""
    gate, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def work(i):
        gate.wait()
        try:
            answers[i] = jobs[i]()
        except EditConflictError as error:
            answers[i] = error

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_fields_saved_at_once_from_the_same_form_all_arrive(store):
    read = one(store, "kpis", "k")
    wanted = {"title": "T", "definition": "D", "owner": "O", "target": 8.0, "baseline": 3.0}
    at_once([
        (lambda n=name, v=value: edit(store, f"by-{n}", "kpis", read, **{n: v}))
        for name, value in wanted.items()
    ])  # fmt: skip
    now = one(store, "kpis", "k")
    assert {name: now[name] for name in wanted} == wanted


def test_of_two_who_save_one_field_at_once_one_is_asked(store):
    for turn in range(5):
        read = one(store, "kpis", "k")
        answers = at_once([
            (lambda v=float(10 * turn + i + 3), r=read: edit(store, f"a{v}", "kpis", r, target=v))
            for i in range(4)
        ])  # fmt: skip
        won = [a for a in answers if not isinstance(a, EditConflictError)]
        assert len(won) == 1
        assert len({a.conflict.fields[0].theirs for a in answers if a not in won}) == 1


def test_every_kind_with_an_archive_comes_back_as_it_was(store):
    """Archive and restore change nothing else, whatever the kind."""
    kinds = [k for k, r in KINDS.items() if "archived" in r.model_fields]
    assert {"projects", "kpis", "models", "value_cases", "findings"} <= set(kinds)
    for kind in ("projects", "kpis", "models", "value_cases"):
        key = KINDS[kind].key[-1]
        before = registers.records(store, P, kind)[0]
        edit(store, "ann", kind, before, archived=True)
        archived = one(store, kind, before[key])
        assert archived["archived"]
        edit(store, "ann", kind, archived, archived=False)
        assert one(store, kind, before[key]) == before
