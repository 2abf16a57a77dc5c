"""The demo goes in as a company's files would, and can be undone without a trace on screen."""

import pytest

from mlpm_core.records import KINDS, Contract, Status, record_of
from mlpm_core.services.admin import demo
from mlpm_core.services.in_life import portfolio_export
from mlpm_core.services.ingest import batches, imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.kpis import MOVING
from tests.stores import copied

N_FILES = 86


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """One store through its life: the demo in, then each test after the other."""
    workspace = open_recovered(Settings(data=tmp_path_factory.mktemp("demo"), demo=False))
    yield workspace, demo.load(workspace)
    workspace.close()


def shown(workspace, project):
    with workspace.store.reader() as reader:
        return {k: len(reader.current(record_of(k), project)) for k in KINDS}


def test_every_file_is_committed_whole_and_without_a_question(loaded):
    workspace, receipts = loaded
    assert len(receipts) == len(list(demo.files())) == N_FILES
    for receipt, (project, kind, path) in zip(receipts, demo.files(), strict=True):
        assert receipt.status is Status.COMMITTED
        name = path.name if kind != "decisions" else "decisions.csv"  # MLPM recorded it itself
        assert (receipt.project, receipt.kind, receipt.filename) == (project, kind, name)
        n_lines = path.read_text("utf-8").count("\n") - 1
        assert receipt.lines == receipt.accepted == receipt.new == n_lines
        assert not receipt.rejects
        assert not receipt.warnings
    assert all(p.is_demo for p in registers.projects(workspace))


def test_results_show_their_effect_on_the_kpis(loaded):
    _, receipts = loaded
    results = [r for r in receipts if r.kind == "metric_results"]
    assert results
    assert all(r.effect for r in results)
    assert not [r for r in receipts if r.kind not in ("metric_results",) and r.effect]


def test_loading_twice_changes_nothing(loaded):
    workspace, _ = loaded
    before = workspace.version
    assert {r.status for r in demo.load(workspace)} == {Status.DUPLICATE}
    assert workspace.version == before


def test_removed_demo_shows_nothing_keeps_its_history_and_loads_again(loaded):
    workspace, _ = loaded
    projects = {p for p, *_ in demo.files()}
    was = {p: shown(workspace, p) for p in projects}
    own = imports.import_file(
        workspace.acting_as("ada"), "shop", "models", "m.csv", b"model_id\nmine\n", channel="http"
    )
    undone = demo.remove(workspace.acting_as("ada"))
    assert len(undone) == N_FILES
    assert {r.actor for r in undone} == {"ada"}
    for project in projects:
        assert not any(shown(workspace, project).values())
        history = batches.receipts(workspace, project)
        assert all(b["undone_by"] or b["receipt"].undoes for b in history)
    assert [p.project for p in registers.projects(workspace)] == ["shop"]
    assert shown(workspace, "shop")["models"] == 1
    assert batches.receipt(workspace, "shop", own.batch) == own
    assert demo.remove(workspace.acting_as("ada")) == []
    assert [k["project"] for k in portfolio_export.kpis_json(workspace, None)] == []
    again = demo.load(workspace)
    assert {r.status for r in again} == {Status.COMMITTED}
    assert {p: shown(workspace, p) for p in projects} == was


def test_a_first_start_that_died_midway_is_completed_by_the_next(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=True))
    for project, kind, path in list(demo.files())[:3]:
        imports.import_file(
            workspace.acting_as(demo.ACTOR),
            project,
            kind,
            path.name,
            path.read_bytes(),
            channel="demo",
        )
    demo.load_if_empty(workspace)
    assert workspace.version == N_FILES
    demo.load_if_empty(workspace)
    assert workspace.version == N_FILES
    workspace.close()


def test_a_store_with_a_batch_of_its_own_is_left_alone(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=True))
    imports.import_file(workspace.acting_as("ada"), "shop", "models", "m.csv", b"model_id\nmine\n")
    demo.load_if_empty(workspace)
    assert workspace.version == 1
    workspace.close()


def implied(workspace):
    """Every KPI as the models imply it, without what was measured or proven beside it."""
    measured = ("measured", "measured_in", "judged_by", "state")
    measured += ("proven", "proven_low", "proven_high", "proven_grade", "proven_as_of")
    return [
        {k: v for k, v in kpi.items() if k not in measured}
        for kpi in portfolio_export.kpis_json(workspace, None)
    ]


def test_only_the_records_named_can_move_a_kpi(tmp_path, demo_folder):
    """Every batch of another kind undone, and no KPI of any project stands elsewhere."""
    workspace = open_recovered(Settings(data=copied(demo_folder, tmp_path), demo=False))
    projects = {project for project, *_ in demo.files()}
    receipts = sorted(
        (b["receipt"] for p in projects for b in batches.receipts(workspace, p)),
        key=lambda receipt: receipt.batch,
    )
    assert len(receipts) == N_FILES
    was = implied(workspace)
    assert len({k["project"] for k in was}) == 3
    # Deployments, which can, rest on the contracts: these stay.
    still = [r for r in receipts if record_of(r.kind) not in {*MOVING, Contract}]
    assert len({r.kind for r in still}) > 5
    for receipt in reversed(still):
        undoing.undo(workspace.acting_as("ada"), receipt.project, receipt.batch)
    assert implied(workspace) == was
    workspace.close()
