"""What a rerun of a screen asks of the store: counted, so that no busy machine plays a part."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import local_script_runner

from mlpm_core.intake import Profile
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.store.cursor import Reader
from tests.app.conftest import SCREENS, open_screen, run

DEMAND = "bike-shop-demand"
N_BATCHES = 8
FEW = 12
ELSEWHERE = 3
"""Questions that a batch elsewhere may cost once: which projects there are now, and the newest
batch of each project and of each kind."""
SHOWS_ALL = {"portfolio": 22, "health": 9}
"""On screens of all projects, what is to be shown of the one that was written to, too."""


@pytest.fixture
def asked(monkeypatch):
    """Every question that is put to the store, as SQL."""
    questions, was = [], Reader._rows

    def counted(self, sql, parameters):
        questions.append(sql)
        return was(self, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", counted)
    return questions


@pytest.fixture
def spent(monkeypatch):
    """How many rows come from the store, and how many bytes go to the browser."""
    figures = {"rows": 0, "bytes": 0}
    was, drawn = Reader._rows, local_script_runner.parse_tree_from_messages

    def counted(self, sql, parameters):
        rows = was(self, sql, parameters)
        figures["rows"] += len(rows)
        return rows

    def weighed(messages):
        figures["bytes"] += sum(message.ByteSize() for message in messages)
        return drawn(messages)

    monkeypatch.setattr(Reader, "_rows", counted)
    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", weighed)
    return figures


def rerun(app, asked):
    """How many questions one rerun asks."""
    asked.clear()
    run(app)
    return len(asked)


def put(workspace, project, n):
    receipt = import_file(
        workspace.acting_as("ada"), project, "models", "m.csv", f"model_id\nm{n}\n".encode(),
        profile=Profile(new_model="new", look_alike="new"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt


@pytest.mark.parametrize(
    "screen", [name for name in SCREENS if name not in ("imports", "settings")]
)
def test_batches_of_another_project_make_no_screen_ask_more(demo, asked, screen):
    app = open_screen(screen, project=DEMAND)
    warm = rerun(app, asked)
    for n in range(N_BATCHES):
        put(demo, "elsewhere", n)
    after = rerun(app, asked)
    assert after <= warm + SHOWS_ALL.get(screen, ELSEWHERE), asked
    assert rerun(app, asked) <= warm + 1


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_a_rerun_asks_the_store_next_to_nothing(asked, screen):
    app = open_screen(screen, project=DEMAND)
    assert rerun(app, asked) <= FEW, asked


LOG = "project,prediction_id,ts,model_id,y_pred,y_true,model_version,segment\n"
FEW_ROWS, MANY_ROWS = 200, 20_000
OF_A_LOG = {
    "registers": {"kind": "prediction_log"}, "deployment": {}, "health": {}, "imports": {},
    "promised": {}, "kpi": {}, "portfolio": {},
}  # fmt: skip


def predict(workspace, name, n):
    """Further predictions of one hour, whose day, version and segment are there already."""
    lines = [
        f"{DEMAND},{name}-{i:05},2026-04-01T05:00Z,demand-forecast,2.5,{i % 4},1.0,bike\n"
        for i in range(n)
    ]
    receipt = import_file(
        workspace.acting_as("ada"), DEMAND, "prediction_log", f"{name}.csv",
        (LOG + "".join(lines)).encode(),
    )  # fmt: skip
    assert (receipt.status, receipt.new) == ("committed", n), receipt


@pytest.mark.parametrize("screen", OF_A_LOG)
def test_a_screen_reads_and_sends_as_much_of_a_long_log_as_of_a_short_one(demo, spent, screen):
    """After the write, when everything of the project is asked anew, and on the run after it."""
    told = []
    for name, n in (("few", FEW_ROWS), ("many", MANY_ROWS)):
        predict(demo, name, n)
        spent.update(rows=0, bytes=0)
        app = open_screen(screen, project=DEMAND, **OF_A_LOG[screen])
        first = dict(spent)
        spent.update(rows=0, bytes=0)
        run(app)
        told.append((first, dict(spent)))
    (cold, warm), (cold_of_many, warm_of_many) = told
    assert cold["rows"] > 0
    assert cold_of_many["rows"] <= cold["rows"] + FEW
    assert cold_of_many["bytes"] <= 1.1 * cold["bytes"]
    assert warm_of_many["rows"] <= warm["rows"] + FEW
    assert warm_of_many["bytes"] <= 1.1 * warm["bytes"]
