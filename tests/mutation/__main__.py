"""Put small faults into modules and see whether their tests notice each of them.

``python -m tests.mutation mlpm_core/services/valuation/kpis.py``; without a name every module of
``targets.toml``. It prints what nobody noticed, and ends with 1 if there was any.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import random
import sys
import time
import tomllib
from pathlib import Path

SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
os.environ |= dict.fromkeys(SETTINGS, "1")
from tests.mutation import mutants, running  # noqa: E402  threads are counted at import

HERE = Path(__file__).parent
HEAVY = ("numpy", "pandas", "scipy.stats", "duckdb", "pydantic", "pint")


def equivalents() -> set[tuple[str, ...]]:
    """Module, function, source line and change of every mutant that changes nothing."""
    lines = (HERE / "equivalent.txt").read_text("utf-8").splitlines()
    return {tuple(x.split(" || ")[:4]) for x in lines if x and not x.startswith("#")}


def named(path: str, mutant: mutants.Mutant) -> tuple[str, ...]:
    """A mutant as ``equivalent.txt`` names it."""
    return path, mutant.owner or "-", mutant.source, mutant.change


def run(path: str, tests: list[str], most: int | None, seed: int) -> tuple[int, str]:
    """How many mutants of a module nobody notices, and a report."""
    began, text, same = time.monotonic(), Path(path).read_text("utf-8"), equivalents()
    every = list(mutants.mutants(text, path))
    tried = [m for m in every if named(path, m) not in same]
    n_same = len(every) - len(tried)
    if most is not None and most < len(tried):
        tried = random.Random(seed).sample(tried, most)
    module = path.removesuffix(".py").replace("/", ".")
    tests = [*([path] if ">>> " in text else []), *tests]
    try:
        lasting = running.survivors(path, module, tried, tests)
    except ValueError as error:
        return 1, str(error)
    report = [
        f"{path}: {len(tried)} of {len(every)} mutants tried, {n_same} are known to change "
        f"nothing, {len(lasting)} survived ({time.monotonic() - began:.0f} s)"
    ]
    report += [f"{m.line:>4} {' || '.join(named(path, m)[1:])}" for m in lasting]
    return len(lasting), "\n".join(report)


def main() -> int:
    """Run; 1 when a mutant survived."""
    targets = tomllib.loads((HERE / "targets.toml").read_text("utf-8"))
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="path of a module")
    parser.add_argument("--tests", nargs="+", metavar="PATH", help="these tests, not its own")
    parser.add_argument("--most", type=int, metavar="N", help="only so many mutants, by lot")
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    asked = parser.parse_args()
    for name in HEAVY:
        importlib.import_module(name)
    survived = 0
    for path in asked.modules or targets:
        tests = asked.tests or targets.get(path)
        if tests is None:
            parser.error(f"targets.toml names no tests for {path}: name them with --tests.")
        is_done, said, _ = running.forked(
            lambda path=path, tests=tests: json.dumps(run(path, tests, asked.most, asked.seed))
        )
        n, report = json.loads(said) if is_done else (1, f"{path}: {said}")
        print(report, flush=True)
        survived += n
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
