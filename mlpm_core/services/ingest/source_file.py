"""Which sources are read on a schedule: what the operator wrote into ``sources.toml``."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from mlpm_core.errors import InputError, MlpmError, NotFoundError, quoted
from mlpm_core.named_file import open_named, text_of
from mlpm_core.services.ingest.uploads import Upload

_UNITS: Final = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_LENGTH: Final = re.compile(r"([0-9]{1,4}) (minute|hour|day|week)s?")
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_LONGEST: Final = timedelta(weeks=53)
_LONGEST_READ: Final = timedelta(hours=1)


def _length(value: object) -> timedelta:
    """A length of time as it is written: ``1 day``, ``15 minutes``."""
    match = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not int(match[1]):
        raise ValueError('write a number and a unit, such as "15 minutes", "1 hour", "1 day"')
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _name(value: object) -> object:
    if isinstance(value, str) and not _NAME.fullmatch(value):
        raise ValueError("use up to 60 letters, digits, dots, dashes and underscores")
    return value


def _variable(value: object) -> object:
    if isinstance(value, str) and value and not _VARIABLE.fullmatch(value):
        raise ValueError(
            "write the name of an environment variable, such as SALES_DSN; the address itself, "
            "with its password, belongs into that variable"
        )
    return value


_Length = Annotated[timedelta, BeforeValidator(_length)]


class Source(BaseModel):
    """One source: from where, into which project, as what, how often."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, BeforeValidator(_name)]
    project: str
    kind: str
    every: _Length
    files: str = ""
    query: str = ""
    connection: Literal["files", "postgres"] = "files"
    dsn_env: Annotated[str, BeforeValidator(_variable)] = ""
    answers: dict[str, str | int | float | bool] = Field(default_factory=dict)
    accept_good: bool = False
    confirm_restatement: bool = False
    timeout: _Length = timedelta(minutes=5)

    @model_validator(mode="after")
    def _is_whole(self) -> Source:
        if self.connection == "postgres":
            if self.files or not self.query.strip() or not self.dsn_env:
                raise ValueError('connection = "postgres" needs query and dsn_env, and no files')
        elif not self.files or self.dsn_env:
            raise ValueError(
                'write files = "/PATH/*.csv" (with query, if wanted), or connection = "postgres" '
                "with query and dsn_env"
            )
        elif not Path(self.files).is_absolute():
            raise ValueError("files must be a whole path that begins with /")
        if self.every > _LONGEST or self.timeout > _LONGEST_READ:
            raise ValueError("every is 53 weeks at most, timeout 1 hour")
        if not self.project.strip():
            raise ValueError("project is empty; write the short name of a project")
        self.upload("").check()
        return self

    @property
    def actor(self) -> str:
        """In whose name it imports."""
        return f"source {self.name}"

    def upload(self, filename: str, *, dry_run: bool = False) -> Upload:
        """What is said of a file that it brings."""
        return Upload(
            self.project,
            self.kind,
            filename,
            answers=tuple(f"{key}={_said(value)}" for key, value in self.answers.items()),
            confirm_restatement=self.confirm_restatement,
            accept_good=self.accept_good,
            dry_run=dry_run,
        )

    def dsn(self) -> str:
        """The address of its database; empty where it reads files.

        Raises
        ------
        InputError
            When the environment of this process lacks it.
        """
        if not self.dsn_env:
            return ""
        dsn = os.environ.get(self.dsn_env, "").strip()
        if not dsn:
            raise InputError(
                f"The environment variable {self.dsn_env} is not set in this process; set it to "
                "postgresql://USER:PASSWORD@HOST:PORT/DATABASE where MLPM is started."
            )
        return dsn


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The sources that can be read, and a sentence for each fault of the file."""

    path: Path
    sources: tuple[Source, ...] = ()
    faults: tuple[str, ...] = ()

    def source(self, name: str) -> Source:
        """The source of a name.

        Raises
        ------
        NotFoundError
            When there is none; it says what is wrong with the file, if anything.
        """
        by_name = {source.name: source for source in self.sources}
        if name not in by_name:
            error = NotFoundError.of("source", name, by_name)
            raise NotFoundError(" ".join([str(error), *self.faults]))
        return by_name[name]


def read_source_file(path: Path) -> SourceFile:
    """What the file says; no file is no source, and a fault in one source leaves the others.

    No sentence repeats a value of the file, which could be a password in the wrong place.
    """
    if not path.exists():
        return SourceFile(path)
    try:
        with open_named(path) as file:
            if os.fstat(file.fileno()).st_mode & stat.S_IWOTH:
                raise InputError(
                    f"{path} can be written by every user of this machine, so it is not believed: "
                    f"chmod o-w {path}."
                )
        written = tomllib.loads(text_of(path))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at .*\)", str(error))
        return SourceFile(
            path, faults=(f"{path} is no TOML {place[0] if place else ''}; correct that place.",)
        )
    except MlpmError as error:
        return SourceFile(path, faults=(str(error),))
    entries = written.pop("source", [])
    faults = [
        f"{path}: {quoted(key)} is not known at the top; a source begins with [[source]]."
        for key in written
    ]
    if not isinstance(entries, list):
        return SourceFile(
            path, faults=(f"{path}: write [[source]] in two brackets, one a source.",)
        )
    sources: dict[str, Source] = {}
    for number, entry in enumerate(entries, 1):
        where = f"{path}, source {number}{_called(entry)}"
        try:
            source = Source.model_validate(entry)
        except ValidationError as error:
            faults += [f"{where}: {_sentence(fault)}." for fault in error.errors()]
            continue
        except MlpmError as error:
            faults.append(f"{where}: {error}")
            continue
        if source.name in sources:
            faults.append(f"{where}: another source has this name; give each its own.")
        else:
            sources[source.name] = source
    return SourceFile(path, tuple(sources.values()), tuple(faults))


def _called(entry: object) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f" ({name})" if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _said(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _sentence(fault: Any) -> str:  # noqa: ANN401  pydantic's own dictionary
    """One fault by the key where it is, without the value."""
    key = ".".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        return f"{key} is not known; there are {', '.join(Source.model_fields)}"
    if fault["type"] == "missing":
        return f"{key} is missing"
    if fault["type"] == "value_error":
        return f"{key}: {fault['ctx']['error']}" if key else str(fault["ctx"]["error"]).rstrip(".")
    expected = str(fault["msg"]).removeprefix("Input should be ")
    return f"{key} must be {expected}"
