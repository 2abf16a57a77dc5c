"""The public door: the tutorial runs to the letter, a store is only read, the wheel works alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mlpm_core as mlpm
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.catalogue_examples import EXAMPLES
from tests.monitored_shop import SHOP, in_use, planned, results
from tests.tutorial import cells, outputs

ROOT = Path(__file__).resolve().parents[2]
QUANTITIES = {
    "periods": "10.4k", "mean_demand": "120", "wape_baseline": "0.3", "wape_model": "0.24",
    "margin": "5 EUR", "goodwill": "1", "overage": "2", "lead_time_hours": "3 day",
    "override_share_baseline": "0.25", "override_share_model": "0.15", "override_minutes": "6 min",
}  # fmt: skip


def test_the_tutorial_says_what_its_cells_answer():
    kept = [c["outputs"] for c in cells() if c["cell_type"] == "code"]
    assert kept == outputs(cells())
    assert all(kept)


def test_every_public_name_is_there_and_no_other():
    assert all(getattr(mlpm, name) is not None for name in mlpm.__all__)
    assert set(mlpm.__all__) <= set(dir(mlpm))
    with pytest.raises(AttributeError, match="no attribute 'valeu'"):
        _ = mlpm.valeu
    stub = (ROOT / "mlpm_core" / "__init__.pyi").read_text("utf-8")
    assert all(f'"{name}"' in stub for name in mlpm.__all__)


def test_a_store_is_read_as_tables_and_stays_as_it_is(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    planned(workspace, "2024-08-02")
    in_use(workspace, "2024-07-01", model_version="1")
    results(workspace, "2024-07-22,0.264,P1W,final\n", version="1")
    workspace.close()
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with mlpm.open(tmp_path) as store:
        assert (repr(store), store.projects()) == (f"<Store of {SHOP}>", [SHOP])
        assert store.records(SHOP, "metric_results")["value"].tolist() == [0.264]
        assert store.health()["health"].tolist() == store.health(SHOP)["health"].tolist()
        assert store.kpis().empty
    assert {p: p.read_bytes() for p in before} == before
    with pytest.raises(mlpm.InputError, match="There is no store"):
        mlpm.open(tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        ({"candidate": ["a"], "value": [0.3]}, "The frame has no column metric"),
        ({"candidate": ["a"], "metric": ["wape"], "value": [0.3], "n": [0]}, "n is 0"),
        ({"candidate": ["a"], "metric": ["wape"], "value": [0.3], "n": [300.7]}, "n is 300.7"),
        (
            {"candidate": ["a", "a"], "metric": ["wape", "wape"], "value": [0.3, 0.2]},
            "wape of a stands in two rows",
        ),
        ({"candidate": ["none"], "metric": ["wape"], "value": [0.3]}, "No candidate may be called"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused_in_a_sentence(frame, says):
    shop = mlpm.value("demand_forecast", **QUANTITIES)
    with pytest.raises(mlpm.InputError, match=says):
        mlpm.leaderboard(pd.DataFrame(frame), shop)
    with pytest.raises(mlpm.InputError, match="no column value"):
        mlpm.control_chart(pd.DataFrame({"x": [1]}))


def test_numbers_of_numpy_and_counts_in_a_column_with_gaps_are_read():
    same = mlpm.value("demand_forecast", **QUANTITIES | {"wape_model": np.float64(0.24)})
    assert same.worth.net.mean == mlpm.value("demand_forecast", **QUANTITIES).worth.net.mean
    m3 = {name: repr(x) for name, x in EXAMPLES["M3"]["inputs"].items()}
    rows = pd.DataFrame({
        "candidate": ["a", "a"], "metric": ["coverage", "selective_error"], "value": [0.6, 0.02],
        "n": [500, None],
    })  # fmt: skip
    board = mlpm.leaderboard(rows, mlpm.value("M3", **m3))
    assert board.board.option("a").worth.quantities["coverage"].is_exact is False


def test_a_board_that_nobody_should_adopt_says_so_and_no_chance_is_none():
    shop = mlpm.value("demand_forecast", **QUANTITIES)
    frame = pd.DataFrame({"candidate": ["a"], "metric": ["wape"], "value": [0.4]})
    sentence = mlpm.leaderboard(frame.assign(standard_error=0.01), shop).sentence
    assert sentence.startswith(
        "Adopting none is worth most, net 0 EUR a year, and is the best with a "
    )
    assert "chance of more than 99%" in sentence
    assert "0% likely to lose money" in shop.sentence  # every number is exact
    unsure = mlpm.value("demand_forecast", **QUANTITIES | {"margin": "4 to 6 EUR"})
    assert "less than 1% likely to lose money" in unsure.sentence


def test_names_of_candidates_are_no_markup():
    shop = mlpm.value("demand_forecast", **QUANTITIES)
    frame = pd.DataFrame({"candidate": ["<b>x</b>"], "metric": ["wape"], "value": [0.2]})
    assert "<b>" not in mlpm.leaderboard(frame, shop)._repr_html_()


def test_the_wheel_works_outside_of_the_checkout(tmp_path):
    built = tmp_path / "built"
    built.mkdir()
    make = f"from flit_core.buildapi import build_wheel; print(build_wheel(r'{built}'))"
    subprocess.run([sys.executable, "-c", make], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = built.glob("*.whl")
    there = tmp_path / "there"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", there, wheel], check=True, capture_output=True)
    alone = {**os.environ, "PYTHONPATH": str(there)}
    where = "import mlpm_core, mlpm_core.notebook as n; print(n.__file__)"
    named = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=alone, check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    assert Path(named.stdout.strip()).is_relative_to(there)
    alone = {name: text for name, text in alone.items() if not name.startswith("MLPM_")}

    def mlpm_alone(*given):
        return subprocess.run(
            [sys.executable, "-m", "mlpm_core.cli", *given],
            cwd=tmp_path, env=alone, check=False, capture_output=True, text=True,
        )  # fmt: skip

    quantities = (x for name, text in QUANTITIES.items() for x in ("-q", f"{name}={text}"))
    run = mlpm_alone("value", "demand_forecast", *quantities)
    assert run.returncode == 0
    assert "238,582" in run.stdout
    for command in (("serve",), ("demo", "load")):
        run = mlpm_alone(*command)
        assert run.returncode == 2
        assert "a checkout of MLPM" in run.stderr
    assert not (there / "data").exists()
    results = ROOT / "docs" / "example" / "results.csv"
    run = mlpm_alone("import", results, "--kind", "metric_results", "--project", "returns")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "mlpm-data" / "mlpm.duckdb").is_file()
