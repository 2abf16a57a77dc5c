"""When a source is read: by the clock of the workspace, which these tests set."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from threading import Event

import pytest

from mlpm_core.services.admin.scheduler import Scheduler
from mlpm_core.services.ingest import source_runs, source_states
from tests.patience import PATIENCE
from tests.scheduled import FIRST, PASSWORD, configure, put, values

NOW = datetime(2026, 3, 1, 12)


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("incoming")


@pytest.fixture
def clock(workspace, monkeypatch):
    """The moment of the workspace, which a test sets."""
    monkeypatch.setattr(workspace, "moment", NOW)
    return lambda moment: monkeypatch.setattr(workspace, "moment", moment)


def test_a_source_is_read_when_its_time_has_come_and_not_before(workspace, folder, clock):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder, every="6 hours")
    scheduler = Scheduler(workspace)
    assert scheduler.tick() == ["weekly"]
    clock(NOW + timedelta(hours=5, minutes=59))
    assert scheduler.tick() == []
    clock(NOW + timedelta(hours=6))
    assert scheduler.tick() == ["weekly"]
    clock(NOW - timedelta(days=3))  # somebody set the clock back
    assert scheduler.tick() == ["weekly"]


def test_what_could_not_be_read_is_tried_again_within_an_hour(workspace, folder, clock):
    configure(workspace, folder, every="1 week")
    scheduler = Scheduler(workspace)
    assert scheduler.tick() == ["weekly"]
    put(folder, "1.csv", FIRST)
    clock(NOW + timedelta(minutes=59))
    assert scheduler.tick() == []
    clock(NOW + timedelta(hours=1))
    assert scheduler.tick() == ["weekly"]
    (state,) = source_states.states(workspace.settings, workspace.now())
    assert state.last.outcome == "stored"
    assert state.due_at == NOW + timedelta(days=7, hours=1)


def test_one_that_breaks_does_not_keep_the_others_from_being_read(
    workspace, folder, clock, monkeypatch, caplog
):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder, name="broken", project="p1")
    configure(workspace, folder, name="good")
    real = source_runs.import_upload

    def breaks(theirs, upload, *rest, **more):
        if upload.project == "p1":
            raise RuntimeError(PASSWORD)
        return real(theirs, upload, *rest, **more)

    monkeypatch.setattr(source_runs, "import_upload", breaks)
    with caplog.at_level(logging.INFO):
        assert Scheduler(workspace).tick() == ["broken", "good"]
    broken, good = source_states.states(workspace.settings, workspace.now())
    assert (broken.last.outcome, good.last.outcome) == ("unread", "stored")
    assert "RuntimeError" in broken.last.reason
    assert PASSWORD not in caplog.text + broken.last.reason


def test_the_file_is_read_again_at_each_look(workspace, folder, clock):
    put(folder, "1.csv", FIRST)
    scheduler = Scheduler(workspace)
    assert scheduler.tick() == []
    configure(workspace, folder)
    assert scheduler.tick() == ["weekly"]


def test_the_thread_reads_and_ends(workspace, folder):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    scheduler = Scheduler(workspace)
    read = Event()
    tick = scheduler.tick

    def told():
        try:
            return tick()
        finally:
            read.set()

    scheduler.tick = told
    scheduler.start()
    assert read.wait(PATIENCE)
    scheduler.stop()
    assert not scheduler._thread.is_alive()
    assert values(workspace) == [0.5]


def test_a_late_and_a_failing_source_are_told_to_supervisors(workspace, folder, clock):
    settings = workspace.settings
    assert source_states.checks(settings, NOW) == []
    assert source_states.prometheus_text(settings, NOW) == ""
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    configure(workspace, folder / "none", name="gone")
    Scheduler(workspace).tick()
    (check,) = source_states.checks(settings, NOW + timedelta(days=2))
    assert check.ok
    assert check.detail == "2 scheduled; failing: gone; late: weekly, gone"
    text = source_states.prometheus_text(settings, NOW + timedelta(days=2))
    assert 'mlpm_source_failing{source="gone",project="shop"} 1\n' in text
    assert 'mlpm_source_late{source="weekly",project="shop"} 1\n' in text
    assert 'mlpm_source_age_seconds{source="weekly",project="shop"} 172800.0\n' in text
    assert 'age_seconds{source="gone"' not in text


def test_a_damaged_file_of_runs_is_as_if_nothing_had_run(workspace, folder, clock):
    put(folder, "1.csv", FIRST)
    configure(workspace, folder)
    for text in ("", "[]", "{", '{"weekly": 1}', '{"weekly": {"source": "x"}}'):
        (workspace.settings.data / "sources.json").write_text(text)
        assert source_states.states(workspace.settings, NOW)[0].last is None
    assert source_runs.run(workspace, "weekly").outcome == "stored"
