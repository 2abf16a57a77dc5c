"""The mutation run itself: what a test notices is killed, what none notices is printed."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.mutation.__main__ import HERE, equivalents, named
from tests.mutation.mutants import mutants

ROOT = Path(__file__).resolve().parents[2]
TOY = '''"""A toy."""

import logging

LOG = logging.getLogger("toy")
RATE = 3


def price(n: int, off: bool = False) -> int:
    """What n cost."""
    LOG.info("asked")
    total = RATE * n
    return total - 1 if off else total


def word(n: int) -> str:
    return "some" if n else "none"


class Box:
    @property
    def size(self) -> int:
        return 2
'''
TESTS = """from toy import Box, price


def test_price_and_size():
    assert (price(5), price(5, off=True), Box().size) == (15, 14, 2)
"""


def test_what_a_test_notices_is_killed_and_the_rest_is_printed(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "test_toy.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutation", "toy.py", "--tests", "test_toy.py"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": f"{ROOT}:{tmp_path}"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    head, *survivors = done.stdout.splitlines()
    assert [line.strip() for line in survivors] == [
        f'17 word || return "some" if n else "none" || {change}'
        for change in (
            "return 'some' if n else 'none' -> return None",
            "'some' if n else 'none' -> 'none' if n else 'some'",
            "'some' -> 'XXsome'",
            "'none' -> 'XXnone'",
        )
    ]
    n = len(list(mutants(TOY, "toy.py")))
    assert head.startswith(f"toy.py: {n} of {n} mutants tried, 0 are known to change nothing, 4 ")


def changes(text):
    return [m.change for m in mutants(text, "toy.py")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a - b", ["a - b -> a + b"]),
        ("x = a < b", ["a < b -> a <= b", "a < b -> a >= b"]),
        ("x = f'{a:.3g} h'", ["'.3g' -> '.4g'", "' h' -> 'XX h'"]),
        ("x = min(a, f(b, c))", ["min -> max", "f(b, c) -> f(c, b)"]),
        ("f(low=a, high=b)", [
            "f(low=a, high=b) -> pass", "f(low=a, high=b) -> f(low=b, high=a)",
        ]),
        ("while not a:\n    break", ["not a -> a", "break -> pass"]),
        ("x: int = 0", ["0 -> 1"]),
        ("import logging\n\n\ndef f(a: str = '') -> str:\n    'Doc.'\n", ["'' -> 'XX'"]),
        ("__all__ = ['f']\nLOG.info('said')\nf(a, icon='i')", ["f(a, icon='i') -> pass"]),
    ],
)  # fmt: skip
def test_only_figures_and_words_are_changed(text, expected):
    assert changes(text) == expected


def test_every_mutant_that_is_said_to_change_nothing_is_still_one():
    same = equivalents()
    every = {
        named(path, mutant)
        for path in {path for path, *_ in same}
        for mutant in mutants((ROOT / path).read_text("utf-8"), path)
    }
    assert same - every == set()


def test_every_target_and_its_tests_are_there():
    targets = tomllib.loads((HERE / "targets.toml").read_text("utf-8"))
    assert [p for t, tests in targets.items() for p in (t, *tests) if not (ROOT / p).exists()] == []
