"""The ``mlpm`` command: JSON to standard output, sentences to standard error.

Exit status: 0 done, 2 the input was refused or a question is open, 1 something failed. While the
app runs, commands that need the store talk to it (``server.json`` says where); else they open the
store themselves.

Nothing here may import a library: ``mlpm --version`` answers before one could be loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mlpm_core import __version__
from mlpm_core.errors import InputError, MlpmError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

DONE, FAILED, REFUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        from mlpm_core.cli import commands

        status = int(getattr(commands, given.run)(given))
        sys.stdout.flush()
    except (InputError, NotFoundError) as error:
        return _refuse(given, error, REFUSED)
    except MlpmError as error:
        return _refuse(given, error, FAILED)
    except BrokenPipeError:  # such as `mlpm mechanisms | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return status


def _refuse(given: argparse.Namespace, error: MlpmError, status: int) -> int:
    from mlpm_core.cli.printing import say

    say(str(error))
    if getattr(given, "json", False):
        print(json.dumps({"error": str(error)}))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mlpm", description="What a model is worth.")
    parser.add_argument("--version", action="version", version=f"mlpm {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: str, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        sub.set_defaults(run=run)
        return sub

    def answering(name: str, run: str, help: str) -> argparse.ArgumentParser:
        sub = command(name, run, help)
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        return sub

    answering("mechanisms", "mechanisms", "list the ways in which a model creates value")

    value = answering("value", "value", "say what a model is worth")
    value.add_argument("mechanism", help="its name or number, such as M1")
    value.add_argument(
        "-q", dest="quantities", action="append", default=[], metavar="NAME=QUANTITY",
        help="an input: 0.3, 12k, '120 to 400', '2 | 4 | 9', 40/2000",
    )  # fmt: skip
    value.add_argument("--baseline", choices=["none", "all", "incumbent"])
    value.add_argument(
        "--currency", help="in which money is counted (that of the quantities, else EUR)"
    )

    information = answering("information", "information", "say what to find out before choosing")
    information.add_argument("file", type=Path, help="a TOML file with options and studies")

    imported = answering("import", "import_file", "import a file")
    imported.add_argument("file", type=Path)
    imported.add_argument("--kind", required=True, help="what a row is, such as metric_results")
    imported.add_argument("--project", default="default")
    imported.add_argument("--dry-run", action="store_true", help="show what would happen")
    imported.add_argument(
        "--ask-again", action="store_true", help="ask also what the project answered before"
    )
    imported.add_argument("--accept-good", action="store_true", help="store the good rows")
    imported.add_argument(
        "--confirm-restatement", action="store_true", help="new values may replace stored ones"
    )
    imported.add_argument("--profile", type=Path, help="answers kept as a JSON file")
    imported.add_argument(
        "--answer", dest="answers", action="append", default=[], metavar="KEY=VALUE",
        help="answer a question, or say what a column holds: columns.HEADER=FIELD, FIELD in UNIT, "
        "FIELD times FACTOR, or ignore (columns.column 3 for one without a name of its own); "
        "constants.FIELD=VALUE for all rows; wide=HEADER,HEADER for one column per metric and "
        "metrics.HEADER=METRIC for what each is; skip_lines=N for the lines above the header",
    )  # fmt: skip

    exported = answering("export", "export", "write a table of a project to a file")
    exported.add_argument("table", help="a kind of record, such as kpis; kpis_history; kpi_values")
    exported.add_argument("--project", default="default")
    exported.add_argument("--out", type=Path, required=True, help="FILE.csv or FILE.xlsx")

    exported.add_argument(
        "--as-of", "--known", metavar="WHEN",
        help="as of the end of a day, at a moment in UTC, or after a batch: B00012",
    )  # fmt: skip

    estimated = answering("estimate", "estimate", "say what a project takes: days, dates, money")
    estimated.add_argument("project", help="its short name")

    undone = answering("undo", "undo", "undo a batch")
    undone.add_argument("batch", help="its number, such as B00012")
    undone.add_argument("--project", help="the batch's project (found by itself if left out)")
    undone.add_argument("--dry-run", action="store_true", help="say what it would do, and do not")

    verified = answering("verify", "verify", "say whether database, ledger and raw files agree")
    verified.add_argument(
        "--since", metavar="HASH",
        help="a last hash of the ledger that was noted elsewhere: what it stood for must be there",
    )  # fmt: skip
    verified.add_argument(
        "--rewrite-ledger", action="store_true",
        help="write a damaged ledger anew from the database first; the old one is kept",
    )  # fmt: skip

    backed = answering("backup", "backup", "write all data into one file and read it back")
    backed.add_argument("folder", type=Path, nargs="?", help="where to (MLPM_DATA/backups)")

    restored = answering("restore", "restore", "put a backup in the place of all data")
    restored.add_argument("file", type=Path)

    token = answering("token", "token", "make, list or revoke tokens for other programs")
    token.add_argument("what", choices=["new", "list", "revoke"])
    token.add_argument("name", nargs="?", help="what the token is called, such as ci")
    token.add_argument(
        "--project", action="append", default=[], dest="projects",
        help="a project it is for; may be repeated; without it all projects",
    )  # fmt: skip
    token.add_argument(
        "--may", action="append", default=[], dest="actions", metavar="ACTION",
        help="read, import, undo, admin; may be repeated, or with commas (read,import)",
    )  # fmt: skip
    token.add_argument("--days", type=int, help="how long it lasts (for ever)")

    sources = answering("sources", "sources", "list, check or run the scheduled sources")
    sources.add_argument("what", choices=["list", "check", "run"])
    sources.add_argument("name", nargs="?", help="which source to run")
    sources.add_argument("--dry-run", action="store_true", help="show what would happen")

    demo = answering("demo", "demo", "load or remove the demo")
    demo.add_argument("what", choices=["load", "remove"])
    demo.add_argument(
        "--yes", action="store_true", help="undo batches of others that rest on it too"
    )

    command("serve", "serve", "serve the dashboard")
    return parser
