"""Reading in a process of its own, which may use only so much memory and time and write no file.

A file from outside can be anything. Whatever it makes the reader do, the application goes on, and
the import ends with a sentence. Readers are reused, and replaced after a fault or many files.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pyarrow as pa

from mlpm_core.errors import InputError, MlpmError
from mlpm_core.intake.messages import Refusal
from mlpm_core.intake.parsed_file import ParsedFile
from mlpm_core.intake.pipeline import corrected, look, read, rejected_csv, to_correct
from mlpm_core.intake.profile import Limits, Profile
from mlpm_core.intake.request import ImportRequest
from mlpm_core.records import FileLook, Question, Reject, RejectedLines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOG = logging.getLogger("mlpm.sandbox")

_FILES_EACH: Final = 200
_SIZE: Final = struct.Struct(">q")
_OPEN_FILES: Final = 64
_PIPE: Final = 1 << 20
# One heap: what one file needed serves the next. Large pages cost more to make than they save.
_KEEP_MEMORY: Final = ":".join(
    f"glibc.malloc.{what}={n}"
    for what, n in (
        ("arena_max", 1), ("top_pad", 2**28), ("mmap_threshold", 2**32), ("trim_threshold", 2**32),
    )
)  # fmt: skip
_START: Final = f"import sys; from {__name__} import work; work(*map(int, sys.argv[1:]))"


class SandboxError(MlpmError):
    """The reader was stopped, or broke; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take: bytes of memory, seconds of processor and of wall time."""

    memory: int = 6 * 2**30
    cpu_seconds: int = 300
    wall_seconds: float = 300.0


class ParserSandbox:
    r"""Readers in processes of their own, as many as there are processors.

    Examples
    --------
    >>> asked = ImportRequest(b"model_id\nm1\nm2\n", "f.csv", "models", "p", datetime(2026, 1, 1))
    >>> with ParserSandbox() as sandbox:
    ...     sandbox.read(asked).receipt.lines
    2
    """

    def __init__(self, bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._idle: list[_Reader] = []
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(os.cpu_count() or 1)

    def __enter__(self) -> ParserSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, asked: ImportRequest) -> ParsedFile:
        """See `mlpm_core.intake.pipeline.read`.

        Raises
        ------
        Refusal, InputError
            As it does.
        SandboxError
            When the reader was stopped by its bounds, or broke.
        """
        document, parts = self._do("read", asked)
        return ParsedFile.unpacked(document, [_table(part) for part in parts])

    def rejected_csv(self, asked: ImportRequest, rejects: Sequence[Reject]) -> bytes:
        """See `mlpm_core.intake.pipeline.rejected_csv`."""
        given = {"rejects": [r.model_dump() for r in rejects]}
        return self._do("rejected_csv", asked, given)[1][0]

    def look(self, asked: ImportRequest) -> FileLook:
        """See `mlpm_core.intake.pipeline.look`."""
        return FileLook.unpacked(self._do("look", asked)[0])

    def to_correct(
        self, asked: ImportRequest, rejects: Sequence[Reject], most: int
    ) -> RejectedLines:
        """See `mlpm_core.intake.pipeline.to_correct`."""
        given = {"rejects": [r.model_dump() for r in rejects], "most": most}
        return RejectedLines.unpacked(self._do("to_correct", asked, given)[0])

    def corrected(self, asked: ImportRequest, corrections: Mapping[int, Sequence[str]]) -> bytes:
        """See `mlpm_core.intake.pipeline.corrected`."""
        given = {"corrections": [[row, list(cells)] for row, cells in corrections.items()]}
        return self._do("corrected", asked, given)[1][0]

    def close(self) -> None:
        """Stop every reader that is not at work."""
        with self._lock:
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.stop()

    def _do(
        self, what: str, asked: ImportRequest, given: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], list[bytes]]:
        with self._turns:
            with self._lock:
                reader = self._idle.pop() if self._idle else None
            if reader is not None and not reader.is_alive:
                reader.stop()  # its pipes are still open
                reader = None
            reader = reader or _Reader(self._bounds)
            try:
                answer, parts = reader.ask(_written(what, asked, given), asked.data)
            except BaseException:
                reader.stop()
                raise
            if "stopped" in answer or reader.n_files >= _FILES_EACH:
                reader.stop()
            else:
                with self._lock:
                    self._idle.append(reader)
        if "stopped" in answer:
            raise SandboxError(answer["stopped"])
        if "input_error" in answer:
            raise InputError(answer["input_error"])
        if "refusal" in answer:
            rejects_, questions, shape = answer["refusal"]
            refusal = Refusal(
                [Reject.model_construct(**r) for r in rejects_],
                [Question.model_validate(q) for q in questions],
            )
            refusal.shape = shape
            raise refusal
        return answer, parts


class _Reader:
    """One reading process, spoken to through its pipes."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self.n_files = 0
        root = str(Path(__file__).resolve().parents[2])
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(bounds.memory), str(bounds.cpu_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            # No secret of this process is theirs.
            env={
                "PYTHONPATH": root,
                "PYTHONDONTWRITEBYTECODE": "1",
                "ARROW_DEFAULT_MEMORY_POOL": "system",
                "GLIBC_TUNABLES": _KEEP_MEMORY,
            },
            start_new_session=True,
        )
        for pipe in (self._process.stdin, self._process.stdout):
            _widen(pipe)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, request: dict[str, Any], data: bytes | Path
    ) -> tuple[dict[str, Any], list[bytes]]:
        self.n_files += 1
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            self._process.kill()

        watch = threading.Timer(self._bounds.wall_seconds, stop)
        watch.daemon = True
        watch.start()
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise SandboxError("The reader has no pipes.")
        try:
            _send(to, request, [data] if isinstance(data, bytes) else [])
            return _received(back)
        except (OSError, EOFError) as error:
            self._process.kill()
            code = self._process.wait()
            raise SandboxError(self._why(code, is_late=is_late.is_set())) from error
        finally:
            watch.cancel()

    def _why(self, code: int, *, is_late: bool) -> str:
        if is_late:
            return f"it took longer than {self._bounds.wall_seconds:g} seconds"
        if code == -signal.SIGXCPU:
            return f"it took more than {self._bounds.cpu_seconds} seconds of processor time"
        if code == -signal.SIGABRT:  # Arrow's parser aborts where it cannot get memory
            limit = _memory(self._bounds.memory)
            return f"the reader broke off, as it does when {limit} of memory are too little"
        return f"the reader broke off (exit status {code})"

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _widen(pipe: IO[bytes] | None) -> None:
    """Let a pipe hold more at once, where the system lets one: fewer turns of the two processes."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        if pipe is not None:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _written(what: str, asked: ImportRequest, given: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "what": what,
        "path": str(asked.data) if isinstance(asked.data, Path) else None,
        "filename": asked.filename,
        "kind": asked.kind,
        "project": asked.project,
        "now": asked.now.isoformat(),
        "profile": asked.profile.model_dump(mode="json"),
        "limits": asdict(asked.limits),
        "by_application": asked.by_application,
        **(given or {}),
    }


def _asked(request: dict[str, Any], parts: list[bytes]) -> ImportRequest:
    return ImportRequest(
        Path(request["path"]) if request["path"] else parts[0],
        request["filename"],
        request["kind"],
        request["project"],
        datetime.fromisoformat(request["now"]),
        Profile.model_validate(request["profile"]),
        Limits(**request["limits"]),
        request["by_application"],
    )


def _send(to: IO[bytes], document: dict[str, Any], parts: Sequence[bytes | pa.Table]) -> None:
    head = json.dumps(document).encode()
    to.write(_SIZE.pack(len(head)) + head + _SIZE.pack(len(parts)))
    for part in parts:
        if isinstance(part, bytes):
            to.write(_SIZE.pack(len(part)))
            to.write(part)
        else:  # its columns go from where they lie, without a copy of the whole
            length = pa.MockOutputStream()
            _stream(length, part)
            to.write(_SIZE.pack(length.size()))
            _stream(pa.PythonFile(to, "w"), part)
    to.flush()


def _received(back: IO[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    document = json.loads(_exactly(back, _SIZE.unpack(_exactly(back, _SIZE.size))[0]))
    n_parts = _SIZE.unpack(_exactly(back, _SIZE.size))[0]
    sizes = (_SIZE.unpack(_exactly(back, _SIZE.size))[0] for _ in range(n_parts))
    return document, [_exactly(back, size) for size in sizes]


def _exactly(back: IO[bytes], size: int) -> bytes:
    data = back.read(size)
    if len(data) != size:
        raise EOFError("the pipe ended early")
    return data


def _table(part: bytes) -> pa.Table:
    with pa.ipc.open_stream(pa.py_buffer(part)) as stream:
        return stream.read_all()


def _stream(to: pa.NativeFile, table: pa.Table) -> None:
    with pa.ipc.new_stream(to, table.schema) as stream:
        stream.write_table(table)


def _answer(request: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[Any]]:
    try:
        asked = _asked(request, parts)
        rejects = [Reject.model_construct(**r) for r in request.get("rejects", ())]
        match request["what"]:
            case "look":
                return asdict(look(asked)), []
            case "rejected_csv":
                return {}, [rejected_csv(asked, rejects)]
            case "to_correct":
                return asdict(to_correct(asked, rejects, request["most"])), []
            case "corrected":
                return {}, [corrected(asked, dict(request["corrections"]))]
            case _:
                return read(asked).packed()
    except Refusal as refusal:
        return {
            "refusal": [
                [r.model_dump() for r in refusal.rejects],
                [q.model_dump() for q in refusal.questions],
                refusal.shape,
            ]
        }, []
    except InputError as error:
        return {"input_error": str(error)}, []


def work(memory: int, cpu_seconds: int) -> None:
    """Answer until nobody asks any more."""
    bound = _bounded(memory)
    # What anything prints must not come between the answers.
    back = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asking = os.fdopen(0, "rb")
    while True:
        try:
            request, parts = _received(asking)
        except EOFError:
            return
        bound(cpu_seconds)
        try:
            answer, results = _answer(request, parts)
        except MemoryError:
            answer, results = (
                {"stopped": f"it needed more than {_memory(memory)} of memory"},
                [],
            )
        except FileNotFoundError:  # who asked was stopped meanwhile, and took its file along
            answer, results = {"stopped": "the file was taken away before it was read"}, []
        except Exception:
            LOG.exception("reading failed")
            answer, results = {"stopped": "the reader failed; the server's log says why"}, []
        del parts
        try:
            _send(back, answer, results)
        except BrokenPipeError:  # who asked is gone
            os._exit(0)


def _memory(n_bytes: int) -> str:
    return f"{n_bytes / 2**30:.2g} GB"


def _bounded(memory: int) -> Callable[[int], None]:
    """Give up what a reader needs not, as far as this system lets one; more per file."""
    try:
        import resource
    except ImportError:  # not on Windows
        return lambda _: None
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in limits.items():
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            LOG.warning("the reader's limit %s could not be set", what)

    def bound(cpu_seconds: int) -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        most = int(used.ru_utime + used.ru_stime) + cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))

    return bound
