"""Sources as tests configure them: a file of incoming results, and what was stored of it."""

from __future__ import annotations

import json
import os

from mlpm_core.services.ingest import registers

PASSWORD = "hunter2-very-secret"
DSN = f"postgresql://anna:{PASSWORD}@127.0.0.1:1/sales"
HEADER = "model_id,metric,period_start,granularity,value\n"
FIRST = HEADER + "m,recall,2026-01-05,P1W,0.5\n"
SECOND = HEADER + "m,recall,2026-01-12,P1W,0.6\n"


def put(folder, name, text):
    """A file that nobody has written to for a long time."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def configure(workspace, files="", name="weekly", **more):
    """Add a source to the file of sources."""
    keys = {
        "name": name, "project": "shop", "kind": "metric_results", "every": "1 day",
        **({"files": str(files)} if files else {}), **more,
    }  # fmt: skip
    lines = [f"{key} = {toml(value)}" for key, value in keys.items() if value is not None]
    path = workspace.settings.source_file
    with path.open("a") as file:
        file.write("\n".join(["[[source]]", *lines, "", ""]))


def values(workspace):
    """What holds of the results of the project."""
    return sorted(r["value"] for r in registers.records(workspace, "shop", "metric_results"))


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(k)} = {json.dumps(v)}' for k, v in value.items())} }}"
    return json.dumps(value)
