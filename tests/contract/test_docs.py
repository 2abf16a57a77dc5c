"""Documentation that cannot fall behind: what the code offers is told, what is told is true."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from mlpm_core import cli
from mlpm_core.records import KINDS
from mlpm_core.records.metrics import METRICS
from mlpm_core.services.admin import demo
from pages.parts.common.glossary import terms
from tests.contract.test_architecture import MAY_IMPORT

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
FORMULAS = (ROOT / "docs" / "formulas.md").read_text("utf-8")
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "data/*.md", "benchmarks/*.md")
    for path in ROOT.glob(pattern)
)
MECHANISMS = [
    tomllib.loads(path.read_text("utf-8"))
    for path in sorted((ROOT / "mlpm_core" / "catalogue" / "mechanisms").glob("*.toml"))
]
WORDS = [
    "project", "mechanism", "quantity", "metric", "value case", "baseline", "candidate",
    "operating point", "decision", "deployment", "monitoring result", "prediction log", "rollup",
    "health", "value rate", "value gap", "decay cost", "KPI", "actor", "batch", "promise",
]  # fmt: skip
DIMENSIONS = {"revenue", "cost_saving", "cycle_time", "people_intensity", "customer_experience"}


def first_cells(text: str) -> dict[str, str]:
    """The rows of every table of a page: first cell -> the rest."""
    rows = re.findall(r"^\| *([^|]+?) *\| *(.+?) *\|$", text, re.MULTILINE)
    return {first: rest for first, rest in rows if not set(first) <= set("-: ")}


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in headings}


def broken_links(path: Path, text: str) -> list[str]:
    """Relative links and pictures of a page that lead nowhere, and anchors nobody set."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        found = path if not name else (path.parent / name)
        if not found.exists() or (anchor and anchor not in anchors(found)):
            broken.append(f"{path.name}: {target}")
    return broken


def sessions(text: str) -> list[list[tuple[str, str]]]:
    """Each console block of a page: its commands, each with the output printed below it."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        steps = re.split(r"^\$ ", block.replace("\\\n", ""), flags=re.MULTILINE)[1:]
        found.append([(c.strip(), out.strip()) for c, _, out in (s.partition("\n") for s in steps)])
    return found


def assigned(block: str) -> dict[str, str]:
    """Names and formulas of a text block; a formula may go on over indented lines."""
    joined = re.sub(r" +#.*$", "", block, flags=re.MULTILINE)
    joined = re.sub(r"\n( +)", r"\1", joined)
    found = {}
    for line in joined.splitlines():
        for part in re.split(r" {2,}(?=\w+ = )", line):
            name, equals, formula = part.partition(" = ")
            if equals:
                found[name.strip()] = formula
    return found


class _Quotients(ast.NodeTransformer):
    """What a page writes as a quotient is ``per`` in a file, where 0 per 0 is 0."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "per":
            return ast.BinOp(node.args[0], ast.Div(), node.args[1])
        return node


def same(told: str, file: str) -> bool:
    """Whether two formulas are one, whatever their spaces and needless brackets."""
    read = _Quotients().visit(ast.parse(file, mode="eval"))
    return ast.dump(ast.parse(told, mode="eval")) == ast.dump(read)


def test_every_word_of_the_design_is_in_the_glossary():
    names = {name for term in terms() for name in term.names}
    assert [w for w in WORDS if w not in names] == []


def test_every_word_of_the_glossary_has_one_row_with_two_or_three_cells():
    """Else a screen would show half of it, or the wrong one of two."""
    rows = re.findall(r"^\| (.+) \|$", GLOSSARY, re.MULTILINE)
    assert len(rows) > 200
    assert {len(re.split(r" ?\| ?", row)) for row in rows} <= {2, 3}
    names = Counter(name.casefold() for term in terms() for name in term.names)
    assert [name for name, n in names.items() if n > 1] == []


def test_every_metric_is_in_the_glossary_as_screens_write_it():
    names = {name.casefold() for term in terms() for name in term.names}
    assert [m.label for m in METRICS.values() if m.label.casefold() not in names] == []


def test_every_kind_of_record_and_every_mechanism_is_in_the_glossary():
    told = first_cells(GLOSSARY)
    assert [kind for kind in KINDS if f"`{kind}`" not in told] == []
    for mechanism in MECHANISMS:
        assert told[mechanism["number"]].startswith(f"`{mechanism['id']}`")


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m["id"])
def test_the_formulas_told_are_those_of_the_file(mechanism):
    heading = f"## {mechanism['number']} {mechanism['id']}"
    assert heading in FORMULAS
    section = FORMULAS.split(heading)[1].split("\n## ")[0]
    told = assigned(section.split("```text\n")[1].split("```")[0])
    file = {name: entry["formula"] for name, entry in mechanism["flows"].items()}
    file |= {name: entry["formula"] for name, entry in mechanism["kpis"].items()}
    assert told.keys() >= DIMENSIONS
    assert told.keys() <= file.keys()
    assert [name for name in told if not same(told[name], file[name])] == []


def test_every_make_target_is_in_the_readme():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert targets
    assert [t for t in targets if f"make {t}" not in README] == []


def test_every_command_is_in_the_readme(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    commands = re.findall(r"^    ([a-z]+)\b", capsys.readouterr().out, re.MULTILINE)
    assert {"mechanisms", "value", "import", "undo"} <= set(commands)
    assert [c for c in commands if f"mlpm {c}" not in README] == []


def test_every_setting_is_in_the_readme():
    patterns = ("app.py", "Makefile", "pages/**/*.py", "mlpm_core/**/*.py")
    used = {
        name
        for pattern in patterns
        for path in ROOT.glob(pattern)
        for name in re.findall(r"MLPM_[A-Z_]+[A-Z]", path.read_text("utf-8"))
    }
    assert {"MLPM_PORT", "MLPM_DATA"} <= used
    told = {name for cell in first_cells(README) for name in re.findall(r"`(MLPM_\w+)`", cell)}
    assert told == used


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    assert broken_links(path, path.read_text("utf-8")) == []


def test_a_broken_link_is_found():
    page = ROOT / "README.md"
    assert broken_links(page, "[x](docs/nothing.md)")
    assert broken_links(page, "[x](docs/glossary.md#no-such-heading)")
    assert broken_links(page, "[x](docs/glossary.md#in-life) [y](https://example.org)") == []


def test_every_file_the_architecture_names_exists():
    names = re.findall(r"`((?:pages|mlpm_core|data|tests)/[\w./*]+)`", ARCHITECTURE)
    assert len(names) > 10
    assert [name for name in names if not list(ROOT.glob(name.rstrip("/")))] == []


def test_the_arrows_told_are_the_arrows_tested():
    table = ARCHITECTURE.split("| room | may import |")[1].split("\n\n")[0]
    told = {
        first.strip("`"): set(re.findall(r"`([^`]+)`", rest))
        for first, rest in first_cells(table).items()
    }
    assert told == MAY_IMPORT


def test_every_room_with_files_is_described():
    table = ARCHITECTURE.split("## Arrows")[0]
    packages = (ROOT / "mlpm_core").iterdir()
    rooms = {path.stem for path in packages if list(path.glob("*.py")) or path.suffix == ".py"}
    assert {"value", "errors"} <= rooms
    assert [r for r in rooms - {"__init__"} if f"`{r}`" not in first_cells(table)] == []


def test_the_example_of_the_readme_leaves_the_demo_alone():
    """Its project is its own, and its file names none."""
    commands = " ".join(command for session in sessions(README) for command, _ in session)
    projects = set(re.findall(r"--project (\S+)", commands))
    assert projects
    assert not projects & {project for project, *_ in demo.files()}


def test_the_readme_shows_commands_with_their_output():
    assert sum(len(session) for session in sessions(README)) >= 4


def test_figures_of_the_readme_stand_in_a_block_that_is_run():
    """Money in running text would be a figure that no command prints."""
    text = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"(?:EUR|USD|€|\$) ?\d[\d,.]*", text) == []
