"""What a full checked import of a million rows costs, beside DuckDB's own reader without checks.

A clean file of a million monitoring results and a prediction log of a million rows, each imported
by MLPM (recognised, checked, held against the store, kept, hashed, committed and noted) and read by
DuckDB's ``read_csv`` with the types given into a table with the same types, in a file of its own.
Every run is a process of its own, the two take turns, and time is wall time from the call to the
answer, once what serves file after file is started: the engine of one, the reader of the other.
Memory is the peak of all processes together.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL = 2.0
RESULTS = Path(__file__).resolve().parent / "intake_results.json"
N_ROWS = 1_000_000
KINDS = ("metric_results", "prediction_log")


def write_results(path: Path, n_rows: int) -> None:
    """Hourly results of a hundred models with cases and intervals."""
    metrics = ("recall", "precision", "roc_auc", "brier")
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "model_id,model_version,metric,period_start,granularity,value,n,ci_low,ci_high\n"
        )
        for i in range(n_rows):
            hour, model = divmod(i, 400)
            day, at = divmod(hour, 24)
            value = 0.5 + (i * 7919 % 40_000) / 100_000
            file.write(
                f"model-{model // 4:02},1.{model % 3},{metrics[model % 4]},"
                f"2024-{1 + day // 28:02}-{1 + day % 28:02}T{at:02}:00:00Z,PT1H,{value:.5f},"
                f"{100 + i % 900},{value - 0.05:.4f},{value + 0.05:.4f}\n"
            )


def write_log(path: Path, n_rows: int) -> None:
    """Predictions of one model, a few a minute, with score, class, outcome and segment."""
    with path.open("w", encoding="utf-8") as file:
        file.write("prediction_id,ts,model_id,model_version,y_pred,y_pred_proba,y_true,segment\n")
        for i in range(n_rows):
            day, second = divmod(i * 26, 86_400)
            score = (i * 7919 % 1_000_003) / 1_000_003
            file.write(
                f"p{i:07},2024-{1 + day // 28 % 12:02}-{1 + day % 28:02}T{second // 3600:02}:"
                f"{second // 60 % 60:02}:{second % 60:02}Z,churn,1.0,{int(score > 0.5)},"
                f"{score:.6f},{int(i % 3 == 0)},{['north', 'south', 'east', 'west'][i % 4]}\n"
            )


def by_mlpm(kind: str, path: Path, folder: Path) -> float:
    """Seconds of one import into an empty store."""
    from mlpm_core.services.ingest.imports import import_file
    from mlpm_core.services.ingest.recovery import open_recovered
    from mlpm_core.services.ingest.saved_answers import SANDBOX
    from mlpm_core.services.session.settings import Settings

    workspace = open_recovered(Settings(data=folder, demo=False))
    # The reader is there already, as DuckDB's is: its process serves file after file.
    head = b"".join(path.open("rb").readlines(4096))
    import_file(workspace.acting_as("bench"), "bench", kind, path.name, head, dry_run=True)
    began = time.perf_counter()
    receipt = import_file(workspace.acting_as("bench"), "bench", kind, path.name, path)
    took = time.perf_counter() - began
    if (receipt.status, receipt.new) != ("committed", N_ROWS):
        raise SystemExit(
            f"not a fair comparison: {receipt.status}, {receipt.new} rows, {receipt.rejects}"
        )
    workspace.close()
    SANDBOX.close()
    return took


def by_duckdb(kind: str, path: Path, folder: Path) -> float:
    """Seconds of ``read_csv`` into a table with the types of the record."""
    import duckdb

    from mlpm_core.records import columns, record_of
    from mlpm_core.store.schema import _SQL_TYPE, quoted

    types = {c.name: _SQL_TYPE[c.kind] for c in columns(record_of(kind))}
    header = path.open(encoding="utf-8").readline().strip().split(",")
    connection = duckdb.connect(str(folder / "plain.duckdb"))
    table = ", ".join(f"{quoted(name)} {types[name]}" for name in header)
    connection.execute(f"CREATE TABLE t ({table})")
    typed = ", ".join(f"'{name}': '{types[name]}'" for name in header)
    began = time.perf_counter()
    connection.execute(
        f"INSERT INTO t SELECT * FROM read_csv('{path}', header=true, auto_detect=false, "
        f"delim=',', quote='\"', columns={{{typed}}})"
    )
    took = time.perf_counter() - began
    (n_rows,) = connection.execute("SELECT count(*) FROM t").fetchall()[0]
    if n_rows != N_ROWS:
        raise SystemExit(f"not a fair comparison: {n_rows} rows")
    connection.close()
    return took


def run(who: str, kind: str, path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--run", who, kind, str(path), folder],
            capture_output=True, text=True, check=False, env=os.environ,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def main() -> None:
    """Write the files, let both take turns, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run", nargs=4)
    given = parser.parse_args()
    if given.run:
        who, kind, path, folder = given.run
        seconds = (by_mlpm if who == "mlpm" else by_duckdb)(kind, Path(path), Path(folder))
        whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        print(seconds, sum(resource.getrusage(who).ru_maxrss for who in whose) / 1024)
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in zip(KINDS, (write_results, write_log), strict=True):
            path = Path(folder) / f"{kind}.csv"
            write(path, N_ROWS)
            rounds = [
                (run("mlpm", kind, path), run("duckdb", kind, path)) for _ in range(given.rounds)
            ]
            ratios = [ours[0] / theirs[0] for ours, theirs in rounds]
            results[kind] = {
                "megabytes": path.stat().st_size / 2**20,
                "mlpm_seconds": statistics.median(ours[0] for ours, _ in rounds),
                "duckdb_seconds": statistics.median(theirs[0] for _, theirs in rounds),
                "ratio": statistics.median(ratios),
                "ratios": sorted(ratios),
                "mlpm_peak_mb": max(ours[1] for ours, _ in rounds),
                "duckdb_peak_mb": max(theirs[1] for _, theirs in rounds),
            }
    print(f"\n{N_ROWS:,} clean rows, {given.rounds} rounds in turns; goal: at most {GOAL:g} times")
    print(f"{'':<16}{'file':>8}{'MLPM':>9}{'read_csv':>10}{'ratio':>8}  {'lowest..highest':<16}"
          f"{'MLPM peak':>11}{'read_csv':>10}")  # fmt: skip
    for kind, x in results.items():
        low, high = x["ratios"][0], x["ratios"][-1]
        print(
            f"{kind:<16}{x['megabytes']:>5.0f} MB{x['mlpm_seconds']:>7.2f} s"
            f"{x['duckdb_seconds']:>8.2f} s{x['ratio']:>8.2f}  {f'{low:.2f}..{high:.2f}':<16}"
            f"{x['mlpm_peak_mb']:>8,.0f} MB{x['duckdb_peak_mb']:>7,.0f} MB"
        )
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
