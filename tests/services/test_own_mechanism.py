"""A mechanism of a project's own: faults with their place, versions, the wall between projects."""

from __future__ import annotations

import re

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.records import FIRST_MECHANISM
from mlpm_core.services.ingest import imports, registers
from mlpm_core.services.ingest import undo as undoing
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.valuation.mechanisms import (
    MechanismFault,
    begun,
    choices,
    excerpt,
    formulas_in,
    grown_at_typical,
    questions,
    versions,
    with_formula,
    written,
)
from mlpm_core.services.valuation.value_cases import case_value
from mlpm_core.value.mechanism import mechanisms
from mlpm_core.value.worth import worth
from tests.stores import copied

MINE = "meter_reading"
NUMBERS = {
    "coverage": "0.8", "readings": "100k", "typing_minutes": "1.5", "wage_per_hour": "30"
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path, empty_folder):
    opened = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    for project in ("water", "gas"):
        registers.save(
            opened.acting_as("ada"), project, "projects", [{"project": project, "title": "P"}]
        )
    yield opened
    opened.close()


def save(workspace, definition=FIRST_MECHANISM, project="water", **more):
    row = {"mechanism_id": MINE, "definition": definition} | more
    return registers.save(workspace.acting_as("ada"), project, "mechanisms", [row])


def case(workspace, project="water", **more):
    row = {"value_case_id": "meters", "mechanism": MINE} | more
    receipt = registers.save(workspace.acting_as("ada"), project, "value_cases", [row])
    if receipt.status == "committed":
        rows = [{"value_case_id": "meters", "name": n, "written": w} for n, w in NUMBERS.items()]
        assert (
            registers.save(workspace.acting_as("ada"), project, "quantities", rows).status
            == "committed"
        )
    return receipt


def test_the_example_is_worth_what_its_arithmetic_says():
    """100,000 * .8 = 80,000 readings of 1.5 min = 2,000 h; * 30 = 60,000; 20 h per 1,000."""
    valued = worth(written(FIRST_MECHANISM), NUMBERS)
    assert valued.net.mean == pytest.approx(60_000)
    assert {d.value: k.mean for d, k in valued.kpis.items()}["people_intensity"] == pytest.approx(
        20
    )
    assert grown_at_typical(written(FIRST_MECHANISM), "net").nodes[0].value > 0


HOURS = 'hours = { formula = "automatic * typing_minutes", unit = "hour/year" }'


@pytest.mark.parametrize(
    ("old", "new", "at", "sentence"),
    [
        ("automatic * typing", "automatic * tping", "tping_minutes", "Did you mean typing_minutes"),
        ("automatic * typing", "root(automatic) * typing", "root(", "no function 'root'"),
        ("hours * wage_per_hour", "hours + wage_per_hour", "hours + ", "cannot be added"),
        (HOURS, f'{HOURS}\nlater = {{ formula = "late", unit = "1" }}', "late", "'late'"),
        ("automatic * typing_minutes", "automatic *", "hours =", "cannot be read at position"),
        ("hours * wage_per_hour", "hours * 2", "cost_saving =", "hour/year where money"),
        ('unit = "hour/year"', 'unit = "hour/yr"', "hours =", "no unit 'yr'"),
        ('revenue = { formula = "0" }\n', "", "[kpis]", "exactly the five dimensions; see revenue"),
        ('natural = "none"', 'natural = "nobody"', "natural =", "natural is 'nobody'"),
        ("[baselines.all]", "[baselines.some]", "[baselines", "must hold none, all, incumbent"),
        ('volume = "readings"', 'volume = "wage_per_hour"', "volume =", "in cases a year"),
        ('name = "Meter reading"', "name = Meter", "Meter", "is not TOML"),
        ("[quantities.readings]", "[quantities.coverage]", "[quantities.coverage]", "is taken"),
        ('sources = ["Our own figures of last year."]', 'sources = "x"', "sources", "of texts"),
        ('typical = "0.5 to 2"', 'typical = "half"', "[quantities.typing", "read as a quantity"),
    ],
)  # fmt: skip
def test_a_fault_points_at_its_place(old, new, at, sentence):
    assert old in FIRST_MECHANISM
    text = FIRST_MECHANISM.replace(old, new, 1)
    with pytest.raises(MechanismFault, match=re.escape(sentence)) as told:
        written(text)
    fault = told.value
    there = text.splitlines()[fault.line - 1]
    in_formula = at in ("tping_minutes", "root(", "hours + ", "late", "Meter")
    assert there[fault.column - 1 :].startswith(at) if in_formula else there.startswith(at)
    shown, mark = excerpt(text, fault).splitlines()
    assert shown.endswith(there)
    assert mark.index("^") - (len(shown) - len(there)) == fault.column - 1


@pytest.mark.parametrize("name", list(mechanisms()))
def test_every_mechanism_of_ours_can_be_the_beginning_of_ones_own(name):
    text = begun(name)
    read = written(text)
    assert (read.id, read.number) == (f"my_{name}", "")
    assert read.inputs == mechanisms()[name].inputs
    for place in formulas_in(text):
        assert formulas_in(with_formula(text, place, "1 + 1"))[place] == "1 + 1"
        with pytest.raises(MechanismFault) as told:
            written(with_formula(text, place, "nowhere * 2"))
        there = text.splitlines()[told.value.line - 1]
        assert place.partition(".")[2] in there or "formula" in there


def test_a_formula_that_is_typed_can_break_out_of_nothing():
    text = with_formula(FIRST_MECHANISM, "kpis.revenue", '0" }\nx = "\\')
    assert formulas_in(text)["kpis.revenue"] == "0 } x ="
    assert with_formula("not toml [", "kpis.revenue", "1") == "not toml ["


def test_a_value_case_is_valued_by_a_mechanism_of_its_project(workspace):
    assert case(workspace).rejects[0].column == "mechanism"
    assert save(workspace).status == "committed"
    assert case(workspace).status == "committed"
    found = case_value(workspace, "water", "meters")
    assert found.planned.net.mean == pytest.approx(60_000)
    assert found.redefined_at == ()
    asked = questions(workspace, "water", MINE, None)
    assert asked["typing_minutes"] == "Typing a reading"
    assert "build_cost" in asked
    with pytest.raises(NotFoundError):
        questions(workspace, "gas", MINE, None)


def test_what_one_project_writes_no_other_can_use(workspace):
    save(workspace)
    assert MINE in choices(workspace, "water")
    assert MINE not in choices(workspace, "gas")
    refused = case(workspace, "gas")
    assert refused.status == "rejected"
    assert MINE not in refused.rejects[0].message.replace(f"'{MINE}'", "")


def test_a_changed_definition_is_a_version_and_values_at_once(workspace):
    save(workspace, note="first")
    case(workspace)
    dearer = FIRST_MECHANISM.replace("hours * wage_per_hour", "hours * wage_per_hour * 2")
    save(workspace, dearer, note="doubled")
    save(workspace, dearer, note="the same once more")
    told = versions(workspace, "water", MINE)
    assert [(v.number, v.note, v.actor) for v in told] == [
        (1, "first", "ada"), (2, "doubled", "ada")
    ]  # fmt: skip
    found = case_value(workspace, "water", "meters")
    assert found.planned.net.mean == pytest.approx(120_000)
    assert found.redefined_at == (told[1].saved_at,)


@pytest.mark.parametrize(
    ("definition", "more", "sentence"),
    [
        (FIRST_MECHANISM, {"mechanism_id": "other"}, "calls it 'meter_reading'"),
        (FIRST_MECHANISM.replace(MINE, "eta"), {"mechanism_id": "eta"}, "a mechanism of MLPM"),
        (FIRST_MECHANISM.replace("wage_per_hour\" }", "wages\" }"), {}, "Line 52: Formula"),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_with_its_line(workspace, definition, more, sentence):
    receipt = save(workspace, definition, **more)
    assert receipt.status == "rejected"
    assert sentence in receipt.rejects[0].message


def test_a_value_case_never_loses_what_it_rests_on(workspace):
    first = save(workspace)
    case(workspace, baseline="all")
    without = FIRST_MECHANISM.replace(
        'sentence = "the model reading every photograph"\nset = { coverage = "1" }',
        'reason = "Nobody would."',
    )
    refused = save(workspace, without)
    assert refused.status == "rejected"
    assert "Value case meters rests on it" in refused.rejects[0].message
    with pytest.raises(InputError, match="Value case meters would have nothing"):
        undoing.undo(workspace.acting_as("ada"), "water", first.batch)
    assert case_value(workspace, "water", "meters").planned is not None
    save(workspace, archived=True)
    assert MINE not in choices(workspace, "water")
    assert case_value(workspace, "water", "meters").planned is not None


def test_a_definition_comes_by_file_like_every_record(workspace):
    text = registers.template_csv("mechanisms").encode()
    receipt = imports.import_file(workspace.acting_as("ada"), "water", "mechanisms", "m.csv", text)
    assert (receipt.status, receipt.lines, receipt.accepted) == ("committed", 1, 1)
    assert MINE in choices(workspace, "water")
