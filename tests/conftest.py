"""What tests have counted is told at the end, whichever process ran them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

TOLD = "told"

# no test depends on a quiet machine
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say a sentence in the summary of the run."""
    return lambda sentence: record_property(TOLD, sentence)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what was told, by test."""
    reports = [r for of_kind in terminalreporter.stats.values() for r in of_kind]
    told = [
        f"{report.nodeid}: {said}"
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, said in report.user_properties
        if name == TOLD
    ]
    if told:
        terminalreporter.section("counted")
        for line in sorted(told):
            terminalreporter.line(line)
