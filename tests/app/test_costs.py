"""What a rerun of a screen asks of the store: counted, so that no busy machine plays a part."""

from __future__ import annotations

import pytest

from mlpm_core.intake import Profile
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.store.cursor import Reader
from tests.app.conftest import SCREENS, open_screen, run

DEMAND = "bike-shop-demand"
N_BATCHES = 8
FEW = 12
"""Questions that a batch elsewhere may cost once: which projects and versions there are now, and
on the screens of all projects what is to be shown of that one."""
RESTS_ON_ALL = {"estimate": 29, "portfolio": 26, "risks": 25}
"""Closed projects, teams, their support and finished tasks of all projects teach estimate and risks
of one; the list of projects shows plan, risks and decisions of the one that was written to."""


@pytest.fixture
def asked(monkeypatch):
    """Every question that is put to the store, as SQL."""
    questions, was = [], Reader._rows

    def counted(self, sql, parameters):
        questions.append(sql)
        return was(self, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", counted)
    return questions


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
    assert after <= warm + RESTS_ON_ALL.get(screen, FEW), asked
    assert rerun(app, asked) <= warm + 1


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("screen", SCREENS)
def test_a_rerun_asks_the_store_next_to_nothing(asked, screen):
    app = open_screen(screen, project=DEMAND)
    assert rerun(app, asked) <= FEW, asked
