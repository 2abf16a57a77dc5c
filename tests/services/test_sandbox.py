"""Whatever a file makes its reader do, the application goes on and nothing is stored."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from mlpm_core.intake import (
    Bounds,
    ImportRequest,
    Limits,
    ParserSandbox,
    Refusal,
    SandboxError,
    read,
)
from mlpm_core.records import Status
from mlpm_core.services.ingest import imports, saved_answers

NOW = datetime(2026, 6, 30)
TWO = b"model_id,metric,period_start,value\nm1,recall,2024-01-01,0.8\nm2,recall,2024-01-01,0.7\n"


def asked(data=TWO, kind="metric_results"):
    return ImportRequest(data, "results.csv", kind, "p", NOW)


def endless(n_rows=400_000):
    """A clean file that takes a while to read."""
    rows = "".join(f"m{i % 50},recall,2024-01-01,0.8,v{i}\n" for i in range(n_rows))
    return f"model_id,metric,period_start,value,model_version\n{rows}".encode()


def pid_of(cage):
    (reader,) = cage._idle
    return reader._process.pid


def test_a_caged_reader_finds_what_a_free_one_finds():
    with ParserSandbox() as cage:
        caged, free = cage.read(asked()), read(asked())
    assert caged.rows.table(list(free.rows.fields)).equals(free.rows.table(list(free.rows.fields)))
    assert (caged.receipt, caged.labels) == (free.receipt, free.labels)


def test_refusals_and_questions_come_through_the_bars():
    with ParserSandbox() as cage:
        with pytest.raises(Refusal) as refused:
            cage.read(asked(b""))
        assert [r.code for r in refused.value.rejects] == ["empty-file"]
        with pytest.raises(Refusal) as refused:
            cage.read(asked(TWO.replace(b"metric,", b"metrics,")))
        assert [q.code for q in refused.value.questions] == ["column-match"]


def test_one_reader_reads_file_after_file_and_a_broken_one_is_replaced():
    with ParserSandbox() as cage:
        cage.read(asked())
        first = pid_of(cage)
        cage.read(asked())
        assert pid_of(cage) == first
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, os.WNOHANG)
        try:  # it may be found dead before or while it is asked
            found = cage.read(asked())
        except SandboxError:
            found = cage.read(asked())
        assert found.receipt.lines == 2
        assert pid_of(cage) != first


def test_nothing_is_left_open_of_a_reader_that_died_between_two_files():
    with ParserSandbox() as cage:
        cage.read(asked())
        (died,) = cage._idle
        died._process.kill()
        died._process.wait()
        assert cage.read(asked()).receipt.lines == 2
        assert died._process.stdin.closed
        assert died._process.stdout.closed


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (Bounds(memory=700 * 2**20), "memory"),
        (Bounds(cpu_seconds=1), "processor time"),
        (Bounds(wall_seconds=0.2), r"longer than 0\.2 seconds"),
    ],
    ids=["memory", "processor", "wall"],
)
def test_a_reader_that_takes_too_much_is_stopped_and_the_next_file_is_read(bounds, told):
    data = endless(3_000_000)
    large = ImportRequest(
        data, "results.csv", "metric_results", "p", NOW, limits=Limits(rows=10**8)
    )
    with ParserSandbox(bounds) as cage:
        with pytest.raises(SandboxError, match=told):
            cage.read(large)
        assert cage._idle == []
    with ParserSandbox() as cage:
        assert cage.read(asked()).receipt.lines == 2


def test_a_stopped_reader_is_a_failed_receipt_and_nothing_is_stored(workspace, monkeypatch):
    with ParserSandbox(Bounds(wall_seconds=0.05)) as cage:
        monkeypatch.setattr(saved_answers, "SANDBOX", cage)
        receipt = imports.import_file(
            workspace.acting_as("ada"), "shop", "metric_results", "f.csv", endless()
        )
    assert (receipt.status, receipt.lines, receipt.batch) == (Status.FAILED, 0, None)
    assert [r.code for r in receipt.rejects] == ["reader-stopped"]
    assert "Nothing was stored" in receipt.rejects[0].hint
    assert workspace.version == 0
    assert list((workspace.settings.data / "raw").iterdir()) == []


def test_a_reader_has_no_secret_and_can_write_no_file(monkeypatch, tmp_path):
    monkeypatch.setenv("MLPM_TOKEN", "s3cret")
    with ParserSandbox() as cage:
        cage.read(asked())
        environment = Path(f"/proc/{pid_of(cage)}/environ").read_bytes()
        limits = Path(f"/proc/{pid_of(cage)}/limits").read_text()
    assert b"s3cret" not in environment
    assert b"MLPM" not in environment
    by_name = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()[1:]}
    assert by_name["Max file size"] == ["0", "0"]
    assert by_name["Max address space"] == [str(6 * 2**30)] * 2
    assert by_name["Max core file size"] == ["0", "0"]
    script = (
        "from mlpm_core.intake.sandbox import _bounded; _bounded(2**33)(9)\n"
        f"with open({str(tmp_path / 'loot')!r}, 'w') as file: file.write('x')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode != 0
    assert "File too large" in done.stderr
    assert (tmp_path / "loot").read_text() == ""
