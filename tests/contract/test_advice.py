"""The table of advice: complete, counted, and nothing in it that is not there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from mlpm_core.planning.factors import FACTORS
from mlpm_core.planning.team import USUAL_ROLES
from mlpm_core.quantity import Dimension
from mlpm_core.records import KINDS, columns

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "advice.md"
ROWS = {
    "A": 14, "B": 12, "C": 16, "D": 13, "E": 7, "F": 4, "G": 4, "H": 8,
    "I": 4, "J": 4, "K": 6, "L": 5, "M": 3, "N": 3, "O": 3, "P": 11,
}  # fmt: skip
FEWEST_ON_A_SCREEN = 85
ON_A_SCREEN, REGISTER, LEFT_OUT = "**On a screen**, ", "**Register** ", "**Left out**: "
# Read one after the other by a loop over the words they are named after.
LOOPED = {
    "stakeholders": {dimension.value for dimension in Dimension},
    "estimates": set(FACTORS),
    "team_members": set(USUAL_ROLES),
}
# Kept so that the whole range of a past estimate is there to be exported and made again.
ENDS_OF_A_RANGE = {"duration_p10", "duration_p95", "cost_p10", "cost_p95"}
PLANNING = [
    "stakeholders", "findings", "requirements", "interactions", "estimates", "estimate_snapshots",
    "delivery_promises", "tasks", "roles", "team_members", "absences", "closed_projects", "risks",
    "risk_reviews", "check_results", "check_questions", "artefacts", "rebuilds", "contracts",
    "contract_clauses", "sourcing", "support_plans", "annotation_plans", "compute_campaigns",
]  # fmt: skip
COUNTS = re.compile(
    r"\*\*(\d+) pieces of advice: (\d+) on a screen, (\d+) in a register, (\d+) left out\.\*\*"
)


class Row(NamedTuple):
    """A row of the table as it stands there."""

    number: str
    advice: str
    how: str
    tests: str


def rows(text: str) -> list[Row]:
    """The numbered rows of a page, in their order."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [A-Z]\d+ \|", line)
    ]
    return [Row(*row) for row in cells]


@cache
def screens() -> tuple[str, ...]:
    """The titles of all screens, the longest first."""
    frame = (ROOT / "pages" / "frame.py").read_text("utf-8")
    return tuple(sorted(re.findall(r'title="([^"]+)"', frame), key=len, reverse=True))


@cache
def defined_tests(path: Path) -> frozenset[str]:
    """The names of the tests that a file defines; none when there is no such file."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef))


class Module(NamedTuple):
    """What a module reads of other things, and what it names."""

    attributes: frozenset[str]
    texts: frozenset[str]
    names: frozenset[str]
    is_of_records: bool


@cache
def modules() -> tuple[Module, ...]:
    """Every module that may read a stored record: not those that define or keep it."""
    found = []
    for path in [*(ROOT / "mlpm_core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        room = path.relative_to(ROOT).parts
        if room[:2] in {("mlpm_core", "records"), ("mlpm_core", "store")}:
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        read = {
            n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)
        }
        named = {n.id for n in nodes if isinstance(n, ast.Name)}
        named |= {a.name for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}
        texts = {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        found.append(
            Module(
                frozenset(read),
                frozenset(texts),
                frozenset(named),
                room[0] == "pages" or room[1:3] == ("services", "plan"),
            )
        )
    return tuple(found)


def is_read(kind: str, field: str) -> bool:
    """Whether a screen, a service of planning, or a module that names the record reads a field.

    By its name as an attribute; in a module that names the record also by its name as a text.
    """
    record = KINDS[kind].__name__
    return field in LOOPED.get(kind, ()) or any(
        (module.is_of_records and field in module.attributes)
        or (record in module.names and field in module.attributes | module.texts)
        for module in modules()
    )


def faults(row: Row) -> list[str]:
    """What is not true of a row."""
    found = []
    if row.how.startswith(ON_A_SCREEN):
        place = row.how.removeprefix(ON_A_SCREEN)
        if not any(place.startswith(f"{title}: ") for title in screens()):
            found.append("names no screen")
    elif not row.how.startswith((REGISTER, LEFT_OUT)):
        found.append("says neither where it is answered nor that it is left out")
    fields = re.findall(r"`(\w+)\.(\w+)`", row.how)
    if row.how.startswith(REGISTER) and not fields:
        found.append("names no field of a record")
    for kind, field in fields:
        if kind not in KINDS or field not in {c.name for c in columns(KINDS[kind])}:
            found.append(f"names {kind}.{field}, which there is not")
        elif not is_read(kind, field):
            found.append(f"rests on {kind}.{field}, which nobody reads")
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", row.tests)
    if not named and not row.how.startswith(LEFT_OUT):
        found.append("has no test")
    for file, test in named:
        if not test.startswith("test_") or test not in defined_tests(ROOT / "tests" / file):
            found.append(f"names the test {file}::{test}, which there is not")
    return found


def test_every_piece_of_advice_stands_there_once_in_its_order():
    expected = [f"{letter}{i}" for letter, n in ROWS.items() for i in range(1, n + 1)]
    assert len(expected) == 117
    assert [row.number for row in rows(TABLE.read_text("utf-8"))] == expected


def test_the_counts_on_top_are_those_of_the_rows():
    text = TABLE.read_text("utf-8")
    found = rows(text)
    (told,) = COUNTS.findall(text)
    counted = [sum(r.how.startswith(way) for r in found) for way in (ON_A_SCREEN, REGISTER)]
    left_out = sum(r.how.startswith(LEFT_OUT) for r in found)
    assert [int(n) for n in told] == [len(found), *counted, left_out]
    assert counted[0] >= FEWEST_ON_A_SCREEN


def test_no_row_names_a_screen_a_test_or_a_field_that_is_not_there():
    found = {row.number: faults(row) for row in rows(TABLE.read_text("utf-8"))}
    assert {number: wrong for number, wrong in found.items() if wrong} == {}


def test_no_field_of_planning_is_stored_and_read_by_nobody():
    unread = {
        f"{kind}.{column.name}"
        for kind in PLANNING
        for column in columns(KINDS[kind])
        if column.name not in ("project", *KINDS[kind].key) and not is_read(kind, column.name)
    }
    assert unread == {f"estimate_snapshots.{name}" for name in ENDS_OF_A_RANGE}


def test_what_is_said_to_be_seen_on_a_screen_is_looked_for_there():
    name = "test_the_advice_is_seen_on_its_screen"
    claimed = {row.number for row in rows(TABLE.read_text("utf-8")) if name in row.tests}
    tree = ast.parse((ROOT / "tests" / "app" / "test_advice_shown.py").read_text("utf-8"))
    (shown,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SHOWN"
    ]
    assert claimed == {number for of in shown.values() for number in of}


TRUE = "`maths/test_rebuild.py::test_parts_that_were_made_from_each_other_end`"


@pytest.mark.parametrize(
    ("how", "tests", "fault"),
    [
        ("**On a screen**, Brief: so it is", TRUE, None),
        ("**On a screen**, Briefs: so it is", TRUE, "names no screen"),
        ("**On a screen**, Brief: so it is", "–", "has no test"),
        ("**On a screen**, Brief: so", "`maths/test_rebuild.py::test_x`", "which there is not"),
        ("**On a screen**, Brief: so", "`maths/test_none.py::test_x`", "which there is not"),
        ("**Register** `risks.evidence`: so", TRUE, None),
        ("**Register** of risks", TRUE, "names no field"),
        ("**Register** `risks.colour`: so", TRUE, "which there is not"),
        ("**Register** `labels.label_ts`: so", TRUE, "which nobody reads"),
        ("**Left out**: too little is known of it", "–", None),
        ("Soon", TRUE, "neither"),
    ],
)
def test_a_row_that_is_not_true_is_seen(how, tests, fault):
    found = faults(Row("A1", "Advice", how, tests))
    assert found == [] if fault is None else fault in " ".join(found)
