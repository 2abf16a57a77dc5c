"""Tests never depend on wall time or a quiet machine: a busy one must not fail them."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest
from hypothesis import settings

TESTS = Path(__file__).resolve().parents[1]
# What is run by hand or for long and prints how long it took, and the one place that waits.
TOOLS = {"fuzz.py", "mutation/__main__.py", "mutation/running.py", "real/make_foreign.py"}
PATIENT = "patience.py"
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns"}
LIMITS = {"timeout", "timeout_ms", "default_timeout", "open_timeout", "close_timeout", "deadline"}
WAITS = {"wait", "settimeout", "result", "set_default_timeout", "setdefaulttimeout"}
BRIEF_ON_PURPOSE = {
    ("http/test_stopping.py", "settimeout"),  # a full pipe is known by sending that takes long
}


def is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def hurries(tree, name):
    """Every place where a clock decides what becomes of a test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "time":
            if node.attr in CLOCKS:
                yield node.lineno, f"time.{node.attr}"
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            for word in node.keywords:
                if word.arg in LIMITS and is_number(word.value):
                    yield node.lineno, f"{word.arg}={word.value.value}"
            is_brief = called in WAITS and node.args and is_number(node.args[0])
            if is_brief and (name, called) not in BRIEF_ON_PURPOSE:
                yield node.lineno, f"{called}({node.args[0].value})"


def test_no_test_is_judged_by_a_clock():
    seen = 0
    found = []
    for path in sorted(TESTS.rglob("*.py")):
        name = path.relative_to(TESTS).as_posix()
        if name in TOOLS or name == PATIENT:
            continue
        seen += 1
        tree = ast.parse(path.read_text("utf-8"))
        found += [f"tests/{name}:{line} {what}" for line, what in hurries(tree, name)]
    assert seen > 100
    assert found == [], "wait with tests.patience, or count instead of timing"


@pytest.mark.parametrize(
    "source",
    [
        "start = time.perf_counter()",
        "assert time.monotonic() - began < 1",
        "process.wait(20)",
        "process.communicate(timeout=60)",
        "wire.settimeout(30)",
        "future.result(10)",
        "expect(x).to_be_visible(timeout=30_000)",
        "settings(deadline=200)",
    ],
)
def test_a_clock_that_judges_would_be_seen(source):
    assert list(hurries(ast.parse(source), "x.py"))


@pytest.mark.parametrize(
    "source", ["process.wait(PATIENCE)", "settings(deadline=None)", "gate.wait()", "x.time"]
)
def test_patience_is_no_finding(source):
    assert list(hurries(ast.parse(source), "x.py")) == []


def test_examples_are_the_same_in_every_run_however_long_they_take():
    assert settings.default.deadline is None
    assert settings.default.derandomize or "SOAK" in os.environ
