"""What logs cost: however many projects have one, it is asked of them all at once, in counts."""

from __future__ import annotations

import re

import pytest

from mlpm_core.intake import Profile
from mlpm_core.services.in_life.deployments import deployments
from mlpm_core.services.in_life.portfolio import portfolio
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.store import Reader
from tests.stores import copied

FILES = {
    "projects": "project,title,clock_on\n{0},Shop {0},2024-07-20\n",
    "models": "project,model_id\n{0},m\n",
    "value_cases": "project,value_case_id,mechanism,model_id\n{0},c,fraud_blocking,m\n",
    "deployments": (
        "project,deployment_id,value_case_id,model_id,slot,from_on\n"
        "{0},now,c,m,champion,2024-01-01\n{0},next,c,m,shadow,2024-07-01\n"
    ),
    "prediction_log": "project,prediction_id,ts,model_id,y_pred_proba,y_true\n"
    + "".join(
        f"{{0}},p{i},2024-07-{1 + i % 14:02},m,{i % 100 / 100},{int(i % 7 < 3)}\n"
        for i in range(140)
    ),
}


@pytest.fixture
def shops(tmp_path, empty_folder):
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    yield workspace
    workspace.close()


def add(workspace, project):
    for kind, text in FILES.items():
        receipt = import_file(
            workspace.acting_as("ada"), project, kind, "f.csv", text.format(project).encode(),
            profile=Profile(thresholds={"m": "0.5"} if kind == "prediction_log" else {}),
        )  # fmt: skip
        assert receipt.status == "committed", receipt


@pytest.mark.parametrize("screen", [portfolio, lambda w: deployments(w, None)])
def test_logs_of_many_projects_are_asked_about_at_once_and_never_row_by_row(
    shops, screen, monkeypatch
):
    questions, asks = [], Reader._rows

    def asked(self, sql, parameters):
        questions.append(sql)
        return asks(self, sql, parameters)

    monkeypatch.setattr(Reader, "_rows", asked)

    def n_asked():
        shops.answers.__init__()
        questions.clear()
        screen(shops)
        assert not [q for q in questions if re.search(r"\bFROM\W+(prediction_log|labels)\b", q)]
        assert not [q for q in questions if "prediction_log_current" in q or "labels_current" in q]
        return len(questions)

    add(shops, "shop-0")
    n_asked()  # reads once what figures were kept
    add(shops, "shop-1")
    few = n_asked()
    for name in ("shop-2", "shop-3"):
        add(shops, name)
    assert n_asked() == few
