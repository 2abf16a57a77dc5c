"""What is asked of a risk and its reviews before they are stored."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

RISK = {"risk_id": "late", "title": "The data comes late", "category": "data", "probability": 0.5}
RAISED = {"raised_on": "2026-03-02"}
RETIRED = {"status": "retired", "retired_on": "2026-03-20", "evidence": "The data came."}


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with one project."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    assert save(workspace, "projects", {"project": "p", "title": "P"}) is None
    yield workspace
    workspace.close()


def save(workspace, kind, row):
    """The reject of a row, or None when it is stored."""
    receipt = registers.save(workspace.acting_as("ada"), "p", kind, [row])
    return receipt.rejects[0] if receipt.rejects else None


@pytest.mark.parametrize(
    ("more", "column", "words"),
    [
        ({"p10": 1, "p50": 2}, "p90", "all three"),
        ({"p90": 2}, "p10", "all three"),
        ({"p10": 0, "p50": 2, "p90": 3}, "p10", "above 0"),
        ({"p10": 1, "p50": 4, "p90": 3}, "p90", "must rise"),
        ({"p10": 5, "p50": 4, "p90": 9}, "p50", "must rise"),
        (RETIRED | {"evidence": "  "}, "evidence", "what shows"),
        (RETIRED | {"retired_on": None}, "retired_on", "the day"),
        (RETIRED | {"status": "open"}, "retired_on", "status is open"),
        (RETIRED | {"raised_on": "2026-03-21"}, "retired_on", "before it was raised"),
    ],
)
def test_a_risk_that_cannot_be_reckoned_or_believed_is_refused(shop, more, column, words):
    reject = save(shop, "risks", RISK | more)
    assert reject.column == column
    assert words in reject.message


@pytest.mark.parametrize(
    "more", [{}, {"p10": 2, "p50": 2, "p90": 2}, RAISED | RETIRED, {"status": "occurred"}]
)
def test_a_risk_that_says_what_is_asked_is_stored(shop, more):
    assert save(shop, "risks", RISK | more) is None


def test_a_review_lies_in_the_life_of_its_risk(shop):
    assert save(shop, "risks", RISK | RAISED | RETIRED) is None

    def reviewed(day, probability):
        return save(
            shop, "risk_reviews",
            {"risk_id": "late", "reviewed_on": day, "probability": probability},
        )  # fmt: skip

    assert "cannot come before" in reviewed("2026-03-01", 0.4).message
    assert "counts as 0" in reviewed("2026-03-20", 0.4).message
    assert reviewed("2026-03-19", 0.4) is None
    assert reviewed("2026-03-27", 0) is None
