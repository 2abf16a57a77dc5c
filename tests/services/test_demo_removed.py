"""Removing the demo takes its own batches, asks for those of others, and is one step for all.

Most of it is true of any demo: it is shown with one of two projects and a third of the batches.
"""

import shutil

import pytest

from mlpm_core.errors import InputError
from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, record_of
from mlpm_core.services.admin import backups, demo
from mlpm_core.services.evaluate import decisions
from mlpm_core.services.in_life import portfolio, portfolio_export
from mlpm_core.services.ingest import batches, imports, registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

DEMAND, WINBACK = "bike-shop-demand", "bike-shop-winback"
N_UNDONE = 24  # of the small demo, some by the question what rests on it
OWN_RESULTS = "model_id,metric,period_start,value\nours,recall,2026-06-01,0.8\n"


LEFT_OUT = ("*_log_*", "*_2024*", "*_q1*", "9[012]_*", "8[0-8]_*", "07_*")
"""Of each of the two projects: its logs, older results, and what nothing else rests on."""


@pytest.fixture(scope="module")
def small_demo(tmp_path_factory):
    """The files of a smaller demo, and a closed store into which it was loaded."""
    folder = tmp_path_factory.mktemp("small")
    for name in ("demand", "winback"):
        source, to = demo._FOLDER / name, folder / "files" / name
        shutil.copytree(source, to, ignore=shutil.ignore_patterns(*LEFT_OUT))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demo, "_FOLDER", folder / "files")
        opened = open_recovered(Settings(data=folder / "store", demo=False))
        demo.load(opened)
        opened.close()
    return folder


@pytest.fixture
def workspace(tmp_path, small_demo, monkeypatch):
    monkeypatch.setattr(demo, "_FOLDER", small_demo / "files")
    settings = Settings(data=copied(small_demo / "store", tmp_path / "s"), demo=False)
    opened = open_recovered(settings)
    yield opened
    opened.close()


def put(workspace, kind, text, project=DEMAND, actor="ben"):
    receipt = imports.import_file(
        workspace.acting_as(actor), project, kind, f"{kind}.csv", text.encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt.rejects
    return receipt.batch


def in_force(workspace):
    with workspace.store.reader() as reader:
        return {row["batch"] for row in reader.rows("batch_summaries")}


def current(workspace, project, kind):
    with workspace.store.reader() as reader:
        return reader.table(record_of(kind), project)


def test_what_others_brought_into_a_demo_project_stays(workspace):
    """Also a decision with its evidence, and whatever is by somebody who is called as the demo."""
    results = put(workspace, "metric_results", OWN_RESULTS)
    mine = put(workspace, "kpis", "kpi_id,title,dimension,unit,direction,baseline,target\n"
               "own,Own,revenue,EUR/year,higher,1,2\n")  # fmt: skip
    decision = put(
        workspace, "decisions",
        "decision_id,title,value_case_id,chosen,why,decided_by,decided_on\n"
        "D900,Keep,daily-orders,a,So,Ann,2026-06-30\n",
    )  # fmt: skip
    pretended = put(workspace, "models", "model_id\nfree\n", actor=demo.ACTOR)
    recorded = decisions.decide(
        workspace.acting_as(demo.ACTOR), DEMAND, "daily-orders", chosen="none", title="Wait",
        why="Too early", decided_by="ben",
    )  # fmt: skip
    assert recorded.status == "committed"
    others = {results, mine, decision, pretended, recorded.batch}
    loaded = demo.loaded(workspace)
    assert {b.batch for b in loaded.staying} == others
    assert loaded.resting == ()
    n = len(loaded.batches)
    assert len(demo.remove(workspace.acting_as("ann"))) == n
    assert in_force(workspace) == others
    assert [r["model_id"] for r in current(workspace, DEMAND, "metric_results")] == ["ours"]
    assert [k["kpi_id"] for k in current(workspace, DEMAND, "kpis")] == ["own"]
    assert [p.project for p in registers.projects(workspace)] == [DEMAND]
    assert not workspace.project(DEMAND).is_demo


def test_a_batch_that_rests_on_the_demo_is_named_and_nothing_is_removed(workspace):
    quantity = put(workspace, "quantities",
                   "value_case_id,name,written\ndaily-orders,build_cost,90k\n")  # fmt: skip
    evaluation = put(workspace, "evaluations",
                     "value_case_id,candidate,metric,value\nvoucher-letter,zeta,precision,0.3\n",
                     project=WINBACK, actor="cy")  # fmt: skip
    before = in_force(workspace)
    with pytest.raises(InputError) as refused:
        demo.remove(workspace.acting_as("ann"))
    assert f"{quantity} (quantities in {DEMAND}, by ben" in str(refused.value)
    assert f"{evaluation} (evaluations in {WINBACK}, by cy" in str(refused.value)
    assert in_force(workspace) == before
    with pytest.raises(InputError, match=evaluation) as refused:
        demo.remove(workspace.acting_as("ann"), others=[quantity])
    assert quantity not in str(refused.value)
    assert in_force(workspace) == before
    demo.remove(workspace.acting_as("ann"), others=[quantity, evaluation])
    assert in_force(workspace) == set()


def test_what_rests_on_a_batch_that_rests_on_the_demo_is_asked_for_too(workspace):
    mine = "value_case_id,mechanism,model_id\nmine,demand_forecast,demand-forecast\n"
    case = put(workspace, "value_cases", mine)
    quantity = put(workspace, "quantities", "value_case_id,name,written\nmine,margin,5\n")
    stays = put(workspace, "models", "model_id\nfree\n")
    loaded = demo.loaded(workspace)
    assert [b.batch for b in loaded.resting] == [quantity, case]
    assert [b.batch for b in loaded.staying] == [stays]
    demo.remove(workspace.acting_as("ann"), others=None)
    assert in_force(workspace) == {stays}


def test_who_changed_a_record_of_the_demo_is_asked(workspace):
    row = dict(workspace.project(DEMAND)) | {"question": "Mine"}
    changed = registers.save(workspace.acting_as("ben"), DEMAND, "projects", [row]).batch
    assert [b.batch for b in demo.loaded(workspace).resting] == [changed]
    with pytest.raises(InputError, match=changed):
        demo.remove(workspace.acting_as("ann"))


def test_nobody_sees_a_part_of_the_demo_while_it_is_removed(workspace, monkeypatch):
    before, was, seen = in_force(workspace), batches.add, []

    def looked_at(writer, seq, done, channel, *, undoes):
        was(writer, seq, done, channel, undoes=undoes)
        seen.append(in_force(workspace))

    monkeypatch.setattr(batches, "add", looked_at)
    demo.remove(workspace.acting_as("ann"))
    assert len(seen) >= len(before)
    assert all(names == before for names in seen)
    assert in_force(workspace) == set()


@pytest.mark.parametrize("ask", [
    lambda w: [line.project for line in portfolio.portfolio(w).lines],
    lambda w: portfolio_export.kpis_json(w, None),
    lambda w: portfolio_export.prometheus_text(w).count("mlpm_health{"),
])  # fmt: skip
def test_a_sum_that_was_begun_before_the_removal_holds_no_part_of_it(workspace, monkeypatch, ask):
    was, n_asked = portfolio.lines_of, []

    def removed_meanwhile(*asked):
        lines = was(*asked)
        n_asked.append(asked)
        if len(n_asked) == 1:
            demo.remove(workspace.acting_as("ann"))
        return lines

    monkeypatch.setattr(portfolio, "lines_of", removed_meanwhile)
    assert not ask(workspace)
    assert n_asked


def test_a_removal_that_fails_midway_changes_nothing(workspace, monkeypatch):
    before, was = in_force(workspace), batches.add
    made = []

    def fails_late(writer, seq, done, channel, *, undoes):
        made.append(seq)
        if channel == "demo" and sum(1 for _ in made) > N_UNDONE:
            raise InputError("The lights went out.")
        was(writer, seq, done, channel, undoes=undoes)

    monkeypatch.setattr(batches, "add", fails_late)
    with pytest.raises(InputError, match="lights"):
        demo.remove(workspace.acting_as("ann"))
    assert len(made) > N_UNDONE
    assert in_force(workspace) == before
    assert all(c.ok for c in workspace.checks())


def test_a_removal_is_in_the_ledger_and_is_replayed(tmp_path, demo_folder):
    settings = Settings(data=copied(demo_folder, tmp_path / "s"), demo=False)
    workspace = open_recovered(settings)
    put(workspace, "metric_results", OWN_RESULTS)
    undone = demo.remove(workspace.acting_as("ann"))
    assert [r.undoes for r in undone] == sorted((r.undoes for r in undone), reverse=True)
    was = {k: current(workspace, DEMAND, k) for k in KINDS}
    assert all(c.ok for c in (*workspace.checks(), *backups.verify(workspace)))
    workspace.close()
    (settings.data / "mlpm.duckdb").unlink()
    again = open_recovered(settings)
    assert {k: current(again, DEMAND, k) for k in KINDS} == was
    assert all(c.ok for c in again.checks())
    again.close()


def test_each_undo_says_what_it_did_to_the_kpis(workspace):
    """The effects of one removal join up: a KPI leaves where the undo before it left it."""
    undone = [r for r in demo.remove(workspace.acting_as("ann")) if r.project == DEMAND]
    at: dict[str, float | None] = {}
    n_joined = 0
    for receipt in undone:
        for effect in receipt.effect:
            if effect.kpi in at:
                assert effect.before == at[effect.kpi]
                n_joined += 1
            at[effect.kpi] = effect.after
    assert n_joined > 1
    assert all(value is None for value in at.values())


def test_the_demo_says_what_of_it_is_loaded_and_who_loaded_it(workspace):
    loaded = demo.loaded(workspace)
    assert loaded.is_whole
    assert {b.actor for b in loaded.batches} == {demo.ACTOR}
    demo.remove(workspace.acting_as("ann"))
    assert demo.loaded(workspace).batches == ()
    demo.load(workspace.acting_as("ann"))
    files = [b for b in demo.loaded(workspace).batches if b.kind != "decisions"]
    assert {b.actor for b in files} == {"ann"}
    assert demo.loaded(workspace).is_whole
