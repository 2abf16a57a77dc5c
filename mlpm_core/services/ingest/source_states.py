"""How each source stands: its last run, kept in a small file beside the store, and the next one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mlpm_core.errors import InputError, StoreError
from mlpm_core.records import Question
from mlpm_core.services.ingest.source_file import read_source_file
from mlpm_core.services.session.private_file import read_private, write_private
from mlpm_core.services.session.workspace import Check

if TYPE_CHECKING:
    from pathlib import Path

    from mlpm_core.services.ingest.source_file import Source, SourceFile
    from mlpm_core.services.session.settings import Settings

_SOONER: Final = timedelta(hours=1)  # what could not be read is tried again after at most so long
_LATE: Final = timedelta(minutes=15)


class Outcome(StrEnum):
    """How a run ended, the worst of its files."""

    UNREAD = "unread"
    FAILED = "failed"
    REJECTED = "rejected"
    ASKED = "asked"
    STORED = "stored"
    JUDGED = "judged"
    UNDONE = "undone"
    UNCHANGED = "unchanged"
    EMPTY = "empty"


FAILING: Final = (Outcome.UNREAD, Outcome.FAILED, Outcome.REJECTED, Outcome.ASKED)


class FileOutcome(BaseModel):
    """What became of one file: its batch if one holds it, and what stands against it."""

    model_config = ConfigDict(frozen=True)

    file: str
    outcome: Outcome
    batch: str | None = None
    rows: int = 0
    faults: list[str] = Field(default_factory=list)
    questions: list[Question] = Field(default_factory=list)


class SourceRun(BaseModel):
    """One run of a source; moments are in UTC. ``reason`` is why nothing could be read."""

    model_config = ConfigDict(frozen=True)

    source: str
    project: str
    kind: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    reason: str = ""
    n_files: int = 0
    n_stored: int = 0
    files: list[FileOutcome] = Field(default_factory=list)
    """Those that say something: stored, undone, or with something against them; a few of each."""
    batch: str | None = None
    """The newest batch that it stored, in this run or an earlier one."""
    succeeded_at: datetime | None = None
    """When it last ended with nothing against it."""

    @property
    def is_failing(self) -> bool:
        """Whether somebody has to do something."""
        return self.outcome in FAILING

    @property
    def faults(self) -> list[str]:
        """What stands against it, each a sentence."""
        said = [self.reason] if self.reason else []
        for each in self.files:
            said += [f"{each.file}: {fault}" for fault in each.faults]
        return said

    @property
    def questions(self) -> list[Question]:
        """What is asked of all files, each once."""
        return list({q.key: q for each in self.files for q in each.questions}.values())


class SourceState(BaseModel):
    """A source as it stands: how it is set up, its last run, and when the next one is due."""

    model_config = ConfigDict(frozen=True)

    name: str
    project: str
    kind: str
    reads: str
    every: timedelta
    last: SourceRun | None
    due_at: datetime | None
    is_late: bool

    @property
    def is_failing(self) -> bool:
        """Whether its last run left something to be done."""
        return self.last is not None and self.last.is_failing

    def age_seconds(self, now: datetime) -> float | None:
        """Time since it last ended with nothing against it; None when it never did."""
        if self.last is None or self.last.succeeded_at is None:
            return None
        return max(0.0, (now - self.last.succeeded_at).total_seconds())


def source_file(settings: Settings) -> SourceFile:
    """The configured sources."""
    return read_source_file(settings.source_file)


def states(settings: Settings, now: datetime) -> list[SourceState]:
    """Every configured source as it stands; no database is asked."""
    runs = last_runs(settings)
    answer = []
    for source in source_file(settings).sources:
        last = _last_of(source, runs)
        due_at = None if settings.read_only else _due_at(source, last, now)
        answer.append(
            SourceState(
                name=source.name,
                project=source.project,
                kind=source.kind,
                reads=f"a query to Postgres ({source.dsn_env})" if source.dsn_env else source.files,
                every=source.every,
                last=last,
                due_at=due_at,
                is_late=due_at is not None and last is not None and now > due_at + _LATE,
            )
        )
    return answer


def due(settings: Settings, now: datetime) -> list[Source]:
    """The sources whose time has come, in the order of the file."""
    runs = last_runs(settings)
    return [
        source
        for source in source_file(settings).sources
        if _due_at(source, _last_of(source, runs), now) <= now
    ]


def is_of(source: Source, run: SourceRun) -> bool:
    """Whether a run was one of a source as it is set up now."""
    return (run.project, run.kind) == (source.project, source.kind)


def _last_of(source: Source, runs: dict[str, SourceRun]) -> SourceRun | None:
    last = runs.get(source.name)
    return last if last is not None and is_of(source, last) else None


def _due_at(source: Source, last: SourceRun | None, now: datetime) -> datetime:
    """When it is to be read next; a clock that was set back does not put it off."""
    if last is None or last.started_at > now:
        return now
    is_unread = last.outcome is Outcome.UNREAD
    return last.started_at + (min(source.every, _SOONER) if is_unread else source.every)


def runs_file(settings: Settings) -> Path:
    """Where the last run of each source is kept."""
    return settings.data / "sources.json"


def last_runs(settings: Settings) -> dict[str, SourceRun]:
    """The last run of each source; what cannot be read is as if nothing had run."""
    try:
        kept = json.loads(read_private(runs_file(settings)))
        return {name: SourceRun.model_validate(each) for name, each in kept.items()}
    except (OSError, StoreError, ValueError, AttributeError, ValidationError):
        return {}


def keep_run(settings: Settings, done: SourceRun) -> None:
    """Put a run in the place of the last one; a source that is gone is forgotten."""
    names = {source.name for source in source_file(settings).sources} | {done.source}
    runs = {n: r for n, r in last_runs(settings).items() if n in names} | {done.source: done}
    document = {name: run.model_dump(mode="json") for name, run in runs.items()}
    write_private(runs_file(settings), json.dumps(document, indent=1))


def checks(settings: Settings, now: datetime) -> list[Check]:
    """One line of what a supervisor asks: which sources fail or are late; none without sources.

    It is no reason to stop serving, so it is ok in any case.
    """
    standing, faults = states(settings, now), source_file(settings).faults
    if not standing and not faults:
        return []
    said = [f"{len(standing)} scheduled"]
    failing = [state.name for state in standing if state.is_failing]
    late = [state.name for state in standing if state.is_late]
    said += [f"failing: {', '.join(failing)}"] if failing else []
    said += [f"late: {', '.join(late)}"] if late else []
    said += [f"{len(faults)} faults in the file of sources"] if faults else []
    return [Check("sources", ok=True, detail="; ".join(said))]


def prometheus_text(settings: Settings, now: datetime) -> str:
    """Whether each source fails or is late, and how old its last success is; empty without any."""
    standing = states(settings, now)
    gauges = (
        ("failing", "1 when the last run of a source left something to be done.",
         lambda state: int(state.is_failing)),
        ("late", "1 when a source should have been read some time ago.",
         lambda state: int(state.is_late)),
        ("age_seconds", "Time since a source was last read with nothing against it.",
         lambda state: state.age_seconds(now)),
    )  # fmt: skip
    out = []
    for name, meaning, value in gauges if standing else ():
        out += [f"# HELP mlpm_source_{name} {meaning}", f"# TYPE mlpm_source_{name} gauge"]
        for state in standing:
            if (figure := value(state)) is not None:
                labels = f'source="{state.name}",project="{state.project}"'
                out.append(f"mlpm_source_{name}{{{labels}}} {figure}")
    return "".join(f"{line}\n" for line in out)


def check_json(settings: Settings) -> dict[str, object]:
    """Whether the file of sources is right and each could be read: ``ok``, and ``checks``."""
    file = source_file(settings)
    checks = [{"name": "file", "ok": False, "detail": fault} for fault in file.faults]
    for source in file.sources:
        try:
            source.dsn()
            detail = f"{source.kind} into {source.project}, every {interval(source.every)}"
            checks.append({"name": source.name, "ok": True, "detail": detail})
        except InputError as error:
            checks.append({"name": source.name, "ok": False, "detail": str(error)})
    if not checks:
        checks.append(
            {"name": "file", "ok": True, "detail": f"{file.path} names no source, or is not there"}
        )
    return {"ok": all(check["ok"] for check in checks), "checks": checks}


def interval(time: timedelta) -> str:
    """A length of time in its largest whole unit, as it follows "every".

    Examples
    --------
    >>> interval(timedelta(days=1)), interval(timedelta(hours=36)), interval(timedelta(weeks=2))
    ('day', '36 hours', '2 weeks')
    """
    seconds = int(time.total_seconds())
    for unit, size in (("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            n = seconds // size
            return unit if n == 1 else f"{n} {unit}s"
    return f"{seconds} seconds"
