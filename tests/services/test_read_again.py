"""A store built anew from its ledger and raw files holds what was stored, however files said it."""

from __future__ import annotations

from datetime import datetime

import pytest

from mlpm_core.intake import Profile
from mlpm_core.records import KINDS, record_of
from mlpm_core.services.ingest import imports
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings

NOW = datetime(2027, 1, 1)
RESULTS = "model,metric,{},value\n"
LOG = "id,ts,model,prediction,actual\n"

FILES = [
    # Read without a question, by what the whole file says.
    ("metric_results", RESULTS.format("date") + "m,rmse,Q1 2024,1\nm,rmse,Q2 2024,2\n", ()),
    ("metric_results", RESULTS.format("date") + "m,rmse,20240108,1\nm,rmse,20240109,2\n", ()),
    ("metric_results", RESULTS.format("week") + "m,rmse,KW 3/2024,1\nm,rmse,KW 4/2024,2\n", ()),
    ("metric_results", "model,metric,year,week,value\nm,rmse,2024,3,1\nm,rmse,2024,4,2\n", ()),
    ("metric_results", RESULTS.format("day")[:-1] + ",unit\nm,margin,2024-01-08,12.4,pct\n", ()),
    ("labels", "model,prediction_id,y_true,observed_at\nm,1,yes,2024-01-08\nm,2,,2024-01-08\n",
     ("constants.model_id=m",)),
    ("prediction_log", LOG + "1,2024-01-08,m,1,nan\n2,2024-01-08,m,0,0\n", ()),
    ("incident_log", "incident_id,model,severity,opened_at,title,status\n"
     "i,m,Sev-1,2024-01-08,down,OPEN\n", ()),
    # Read by an answer.
    ("metric_results", RESULTS.format("date") + "m,f1,2024-01-08,81 %\nm,f1,2024-01-09,9%\n",
     ("signs=read",)),
    ("metric_results",
     RESULTS.format("day") + "m,f1,2024-01-08,.1\n,f1,2024-01-09,.2\n,f1,2024-01-10,.2\n",
     ("fill_down=fill",)),
    ("metric_results", "model,metric,week 3,week 4\nm,rmse,1,2\n",
     ("period_columns=yes", "year=2024")),
    ("metric_results", RESULTS.format("day") + "m,rmse,2024-01-08,1\nTotal,rmse,2024-01-08,9\n",
     ("totals=leave-out",)),
]  # fmt: skip


def opened(folder):
    workspace = open_recovered(Settings(data=folder, demo=False))
    workspace.clock = lambda: NOW
    return workspace


def put(workspace, project, kind, text, *answers, profile=None):
    profile = profile or Profile()
    for answer in answers:
        profile = profile.answered(*answer.split("=", 1))
    receipt = imports.import_file(
        workspace.acting_as("ada"), project, kind, "file.csv", text.encode(), profile=profile
    )
    assert receipt.status == "committed", receipt.rejects or receipt.questions
    return receipt


def rows_of(workspace, projects):
    with workspace.store.reader() as reader:
        return {
            (project, kind): reader.table(record_of(kind), project)
            for project in projects
            for kind in KINDS
        }


def built_anew(folder, projects):
    """The rows before and after, and what the store says of it."""
    workspace = opened(folder)
    before = rows_of(workspace, projects)
    workspace.close()
    (folder / "mlpm.duckdb").unlink()
    workspace = opened(folder)
    after, healed = rows_of(workspace, projects), workspace.healed
    workspace.close()
    return before, after, healed


def test_whatever_was_read_is_read_alike_again(tmp_path):
    """Dates of a form, parts of a year, words, signs, filled cells: none of it was read again."""
    workspace = opened(tmp_path)
    projects = []
    for i, (kind, text, answers) in enumerate(FILES):
        projects.append(f"p{i}")
        put(workspace, projects[-1], kind, text, *answers)
    workspace.close()
    before, after, healed = built_anew(tmp_path, projects)
    assert healed == [f"{len(FILES)} batches were stored again from the ledger and the raw files."]
    assert after == before


def test_a_series_taken_by_a_factor_is_taken_by_it_again(tmp_path):
    workspace = opened(tmp_path)
    weeks = [f"m,mae,2024-01-{d:02},{v}\n" for d, v in ((1, 1200), (8, 1250), (15, 1.21))]
    put(workspace, "p", "metric_results", RESULTS.format("week") + "".join(weeks[:2]))
    put(workspace, "p", "metric_results", RESULTS.format("week") + weeks[2], "scale=times 1000")
    workspace.close()
    before, after, healed = built_anew(tmp_path, ["p"])
    values = sorted(row["value"] for row in before["p", "metric_results"])
    assert values == [1200, 1210, 1250]
    assert after == before
    assert len(healed) == 1


@pytest.mark.parametrize("unit", ["pct", "Prozent", "in %", "ratio"])
def test_a_unit_that_is_understood_since_is_read_as_it_was_when_it_came(tmp_path, unit):
    """A margin of 12.4 pct was stored as 12.4 by a version that did not know the word."""
    text = f"{RESULTS.format('day')[:-1]},unit\nm,margin,2024-01-08,12.4,{unit}\n"
    workspace = opened(tmp_path)
    put(workspace, "then", "metric_results", text, profile=Profile(is_replay=True))
    put(workspace, "now", "metric_results", text)
    workspace.close()
    before, after, healed = built_anew(tmp_path, ["then", "now"])
    then, now = (before[p, "metric_results"][0] for p in ("then", "now"))
    assert (then["value"], then["unit"]) == (12.4, unit)
    assert now["unit"] == "share"
    assert after == before
    assert len(healed) == 1


THEN = Profile(before_layouts=True)
BEFORE = [
    # 81.4 / 100, as a machine divides.
    ("metric_results", RESULTS.format("day")[:-1] + ",unit\nm,f1,2024-01-08,81.4,%\n", ()),
    ("metric_results", RESULTS.format("day") + "m,f1,2024-01-08,81.4\nm,f1,2024-01-09,56.9\n",
     ("metrics.f1=f1 in %",)),
    # Several records with one number of a line.
    ("kpi_actuals", "kpi,2024-01,2024-02\nk,1,2\nj,3,4\n", ("period_columns=yes",)),
    # Half a year apart, which were no periods.
    ("metric_results", RESULTS.format("timestamp") + "m,mae,2024-01-01,1\nm,mae,2024-07-01,2\n"
     "m,mae,2025-01-01,2\n", ()),
    # A group of runs that was taken for a run.
    ("metric_results", '"Step","Group: a - f1","Group: a - f1__MIN"\n"1","0.5","0.5"\n',
     ("constants.period_start=2024-01-08",)),
    # Tables side by side that were one, with an answer that skipped lines.
    ("metric_results", "a,b,,model,metric,day,value\nx,y,,m,mae,2024-01-08,1\n", ()),
]  # fmt: skip


@pytest.mark.parametrize("i", range(len(BEFORE)))
def test_a_file_that_is_read_otherwise_since_is_read_as_it_was_when_it_came(tmp_path, i):
    kind, text, answers = BEFORE[i]
    workspace = opened(tmp_path)
    put(workspace, "then", "kpis", "kpi_id,title,dimension,unit,direction,baseline,target\n"
        "k,k,cost_saving,EUR/year,lower,1,0\nj,j,cost_saving,EUR/year,lower,1,0\n")  # fmt: skip
    put(workspace, "then", kind, text, *answers, profile=THEN)
    workspace.close()
    before, after, healed = built_anew(tmp_path, ["then"])
    assert before["then", kind]
    assert after == before
    assert len(healed) == 1  # not that it is read otherwise today


def test_a_zone_beside_is_read_as_it_was_when_the_file_came(tmp_path):
    """Errors within cells were read already, and zones of whole columns were not."""
    text = "model,metric,period_start,tz,granularity,value\n" + "".join(
        f"m,f1,2024-01-0{d} 00:30,CET,PT1H,0.8{d} ± 0.02\n" for d in (8, 9)
    )
    workspace = opened(tmp_path)
    put(workspace, "then", "metric_results", text, "spread=se", profile=Profile(before_zones=True))
    put(workspace, "now", "metric_results", text, "spread=se")
    workspace.close()
    before, after, healed = built_anew(tmp_path, ["then", "now"])
    then, now = ([(r["period_start"], r["value_se"]) for r in before[p, "metric_results"]]
                 for p in ("then", "now"))  # fmt: skip
    assert then == [(datetime(2024, 1, d, 0, 30), 0.02) for d in (8, 9)]
    assert now == [(datetime(2024, 1, d - 1, 23, 30), 0.02) for d in (8, 9)]
    assert after == before
    assert len(healed) == 1


def test_a_dollar_of_a_project_in_dollars_is_that_dollar_again(tmp_path):
    workspace = opened(tmp_path)
    put(workspace, "p", "projects", "project,title,currency\np,P,AUD\n")
    put(workspace, "p", "metric_results", RESULTS.format("day") + "m,mae,2024-01-08,1\n")
    cost = "model,month,type,amount\nm,{},data,$12.50\n"
    put(workspace, "p", "cost_log", cost.format("2024-01"), "signs=read")
    put(workspace, "p", "cost_log", cost.format("2024-02"), "signs=read", profile=THEN)
    workspace.close()
    before, after, healed = built_anew(tmp_path, ["p"])
    assert sorted(row["currency"] for row in before["p", "cost_log"]) == ["AUD", "USD"]
    assert after == before
    assert len(healed) == 1
