"""A mutant in a process of its own: forked from one that has imported all and collected the tests.

A fault inside of a function is put into the live function. One outside of all (a constant, a table,
a class) needs every module that imports it to be imported anew, which takes longer.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from contextlib import suppress
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import CodeType, FunctionType

    from tests.mutation.mutants import Mutant

ARGUMENTS = [
    "-x", "-q", "-s", "-p", "no:cacheprovider", "-o", "consider_namespace_packages=true",
]  # fmt: skip
CPU_TIMES, CPU_MORE, WALL_TIMES = 4, 2, 600


def forked(work: Callable[[], str], cpu: float = 0) -> tuple[bool, str, float]:
    """Whether a child that does this comes to its end, what it says, and its processor seconds.

    It is stopped after ``cpu`` seconds of processor (0: never), or when it waits 600 times longer.
    """
    reading, writing = os.pipe()
    folder = tempfile.mkdtemp(prefix="mutation-")
    with warnings.catch_warnings(action="ignore"):
        child = os.fork()
    if child == 0:
        os.setsid()
        os.environ["PYTEST_DEBUG_TEMPROOT"] = folder
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        if cpu:
            resource.setrlimit(resource.RLIMIT_CPU, (int(cpu) + 1, resource.RLIM_INFINITY))
        try:
            said, status = work().encode(), 0
        except BaseException:
            said, status = traceback.format_exc().encode(), 1
        while said:
            said = said[os.write(writing, said) :]
        os._exit(status)
    os.close(writing)
    said, until = b"", time.monotonic() + WALL_TIMES * cpu if cpu else float("inf")
    while (left := min(until - time.monotonic(), 1e6)) > 0:
        if select.select([reading], [], [], left)[0]:
            if not (part := os.read(reading, 1 << 16)):
                break
            said += part
    else:
        os.kill(child, signal.SIGKILL)
    os.close(reading)
    _, status, usage = os.wait4(child, 0)
    with suppress(ProcessLookupError):  # what its tests have started and left
        os.killpg(child, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)
    return status == 0, said.decode(), usage.ru_utime + usage.ru_stime


def survivors(path: str, module: str, mutants: Sequence[Mutant], tests: list[str]) -> list[Mutant]:
    """The mutants that nobody notices.

    Raises
    ------
    ValueError
        When the tests fail without any fault.
    """
    importlib.import_module(module)  # whatever it rests on stays imported, and it does not
    package, _, name = module.rpartition(".")
    del sys.modules[module]
    if package:
        delattr(sys.modules[package], name)
    session = Session(module, [m for m in mutants if m.owner])
    is_done, said, _ = forked(lambda: session.answer(tests))
    told = json.loads(said) if is_done else {"failed": said}
    if told["failed"]:
        raise ValueError(f"The tests of {path} fail as it is: {told['failed']}")
    lasting = [session.mutants[i] for i in told["survivors"]]
    slow = [m for m in mutants if not m.owner] + [session.mutants[i] for i in told["not_live"]]
    if slow:
        whole = compile(Path(path).read_text("utf-8"), path, "exec")
        is_done, said, cpu = forked(partial(anew, module, path, whole, tests))
        if said or not is_done:
            raise ValueError(f"The tests of {path} fail when it is imported anew: {said}")
        lasting += [
            m for m in slow if not _noticed(partial(anew, module, path, m.code, tests), cpu)
        ]
    return sorted(lasting, key=lambda m: m.line)


def _noticed(work: Callable[[], str], cpu: float) -> bool:
    """Whether tests fail, or do not come to an end, in a child."""
    is_done, failed, _ = forked(work, CPU_TIMES * cpu + CPU_MORE)
    return bool(failed) or not is_done


def anew(module: str, path: str, code: CodeType, tests: list[str]) -> str:
    """Test a module that is imported with other code, before anything that imports it."""
    sys.meta_path.insert(0, _Loader(module, str(Path(path).resolve()), code))
    importlib.import_module(module)
    return "" if pytest.main([*ARGUMENTS, *tests]) == 0 else "they failed"


class _Loader(SourceFileLoader):
    """Finds one module, and gives it the code of a mutant."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def find_spec(self, name: str, *_: object) -> Any:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> CodeType:
        return self._code


class Session:
    """A pytest plugin: in the place of running the collected tests once, once for each mutant."""

    def __init__(self, module: str, mutants: Sequence[Mutant]) -> None:
        self._module, self.mutants = module, mutants
        self._told: dict[str, Any] = {"survivors": [], "not_live": [], "failed": "not collected"}
        self._failed: list[str] = []

    def answer(self, tests: list[str]) -> str:
        """Which mutants survived, and which are not live, by number."""
        pytest.main([*ARGUMENTS, *tests], plugins=[self])
        return json.dumps(self._told)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """All is collected: first without a fault, then with each."""
        is_done, failed, cpu = forked(partial(self._tested, session))
        self._told["failed"] = failed or ("" if is_done else "they broke off")
        for i, mutant in enumerate(() if self._told["failed"] else self.mutants):
            function = live(self._module, mutant.owner or "")
            if function is None:
                self._told["not_live"].append(i)
            elif not _noticed(partial(self._tested, session, function, mutant), cpu):
                self._told["survivors"].append(i)
        return True

    def _tested(
        self, session: Any, function: FunctionType | None = None, mutant: Mutant | None = None
    ) -> str:
        """The test that fails, with a mutant's code in the place of a function's; else nothing."""
        from _pytest.main import pytest_runtestloop

        if function is not None and mutant is not None:
            function.__code__ = _code_of(mutant.code, mutant.owner or "")
        with suppress(session.Failed):
            pytest_runtestloop(session)
        return "\n".join(self._failed)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test has failed."""
        if report.failed:
            self._failed.append(f"{report.nodeid}\n{report.longreprtext}")


def live(module: str, owner: str) -> FunctionType | None:
    """The function of a loaded module that goes by a name; None when it cannot be had."""
    found: Any = sys.modules.get(module)
    for name in owner.split("."):
        found = vars(found).get(name) if hasattr(found, "__dict__") else None
        found = getattr(found, "fget", None) or getattr(found, "func", None) or found
    while hasattr(found, "__wrapped__") or hasattr(found, "__func__"):
        found = getattr(found, "__wrapped__", None) or found.__func__
    return found if hasattr(found, "__code__") else None


def _code_of(code: CodeType, owner: str) -> CodeType:
    for inner in code.co_consts:
        name = getattr(inner, "co_qualname", None)
        if name == owner:
            return inner
        if name and owner.startswith(f"{name}."):
            return _code_of(inner, owner)
    raise LookupError(owner)
