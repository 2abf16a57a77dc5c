"""The ``mlpm`` command: JSON to standard output, sentences to standard error.

Exit status: 0 done, 2 the input was refused or a question is open, 1 something failed. While the
app runs, commands that need the store talk to it (``server.json`` says where); else they open the
store themselves.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from mlpm_core import __version__
from mlpm_core.errors import InputError, MlpmError, NotFoundError, StoreError
from mlpm_core.records import KINDS, Receipt, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.services.server_file import ServerFile

__all__ = ["main"]

DONE, FAILED, REFUSED = 0, 1, 2

_ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (InputError, NotFoundError) as error:
        return _refuse(given, error, REFUSED)
    except MlpmError as error:
        return _refuse(given, error, FAILED)
    except BrokenPipeError:
        return FAILED


def _refuse(given: argparse.Namespace, error: MlpmError, status: int) -> int:
    print(error, file=sys.stderr)
    if getattr(given, "json", False):
        print(json.dumps({"error": str(error)}))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mlpm", description="What a model is worth.")
    parser.add_argument("--version", action="version", version=f"mlpm {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:  # noqa: ANN401
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", help="one JSON document")
        return sub

    command("mechanisms", _mechanisms, "list the ways in which a model creates value")

    value = command("value", _value, "what a model is worth")
    value.add_argument("mechanism", help="its name or number, such as M1")
    value.add_argument(
        "-q", dest="quantities", action="append", default=[], metavar="NAME=QUANTITY",
        help="an input: 0.3, 12k, '120 to 400', '2 | 4 | 9', 40/2000",
    )  # fmt: skip
    value.add_argument("--baseline", choices=["none", "all", "incumbent"])
    value.add_argument("--currency", default="EUR", help="how money is printed (EUR)")

    imported = command("import", _import, "import a file")
    imported.add_argument("file", type=Path)
    imported.add_argument("--kind", required=True, choices=sorted(KINDS))
    imported.add_argument("--project", default="default")
    imported.add_argument("--dry-run", action="store_true", help="show what would happen")
    imported.add_argument("--accept-good", action="store_true", help="store the good rows")
    imported.add_argument("--confirm-restatement", action="store_true")
    imported.add_argument("--profile", type=Path, help="answers kept as a JSON file")
    imported.add_argument(
        "--answer", action="append", default=[], metavar="KEY=VALUE", help="answer a question"
    )

    undone = command("undo", _undo, "take a batch back")
    undone.add_argument("batch")
    undone.add_argument("--project", help="the batch's project (found by itself if left out)")

    demo = command("demo", _demo, "load or remove the demo")
    demo.add_argument("what", choices=["load", "remove"])

    command("serve", _serve, "serve the dashboard")
    return parser


def _mechanisms(given: argparse.Namespace) -> int:
    from mlpm_core.services.mechanisms import mechanism_list

    listed = mechanism_list()
    if given.json:
        print(json.dumps(listed))
    else:
        for entry in listed:
            print(f"{entry['number']:>4}  {entry['id']:<24} {entry['sentence']}")
    return DONE


def _value(given: argparse.Namespace) -> int:
    from mlpm_core.services.mechanisms import worth_json

    written = {}
    for text in given.quantities:
        name, equals, quantity = text.partition("=")
        if not equals:
            raise InputError(f"-q {text!r}: write NAME=QUANTITY, such as -q recall=0.6.")
        written[name.strip()] = quantity.strip()
    answer = worth_json(given.mechanism, written, given.baseline, given.currency)
    if given.json:
        print(json.dumps(answer))
        return DONE
    print(f"{answer['mechanism']} against {answer['baseline']}, {answer['draws']} draws")
    for name, kpi in [*answer["kpis"].items(), ("net", answer["net"])]:
        print(f"{name:<20} {kpi['mean']:>16,.4g} {kpi['unit']:<12} "
              f"P10 {kpi['p10']:,.4g}  P50 {kpi['p50']:,.4g}  P90 {kpi['p90']:,.4g}")  # fmt: skip
    print(f"probability of loss  {answer['net']['probability_of_loss']:>16.1%}")
    return DONE


def _import(given: argparse.Namespace) -> int:
    try:
        data = given.file.read_bytes()
    except OSError as error:
        raise InputError(f"{given.file} cannot be read: {error.strerror}.") from error
    answers = [*_profile_answers(given.profile), *given.answer]
    if given.confirm_restatement:
        answers.append("restatement=confirm")
    server = _server()
    if server is not None:
        options = [("kind", given.kind), ("filename", given.file.name)]
        options += [("answer", a) for a in answers]
        options += [(n, "1") for n in ("dry_run", "accept_good") if getattr(given, n)]
        path = f"/api/v1/projects/{quote(given.project, safe='')}/imports?{urlencode(options)}"
        receipt = Receipt.model_validate(_call(server, "POST", path, data))
    else:
        from mlpm_core.intake import Profile
        from mlpm_core.services import imports

        profile = Profile()
        for answer in answers:
            key, _, value = answer.partition("=")
            profile = profile.answered(key, value)
        with _own_workspace() as workspace:
            receipt = imports.import_file(
                workspace,
                _actor(),
                given.project,
                given.kind,
                given.file.name,
                data,
                profile=profile,
                accept_good=given.accept_good,
                dry_run=given.dry_run,
                channel="command",
            )
    return _tell(receipt, given)


def _profile_answers(path: Path | None) -> list[str]:
    if path is None:
        return []
    from mlpm_core.intake import Profile

    try:
        profile = Profile.model_validate_json(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The profile {path} cannot be read: {error}") from error
    return profile.answers()


def _undo(given: argparse.Namespace) -> int:
    server = _server()
    if server is not None:
        where = f"projects/{quote(given.project, safe='')}/" if given.project else ""
        path = f"/api/v1/{where}imports/{quote(given.batch, safe='')}"
        receipt = Receipt.model_validate(_call(server, "DELETE", path))
    else:
        from mlpm_core.services import imports

        with _own_workspace() as workspace:
            project = given.project or imports.project_of(workspace, given.batch)
            receipt = imports.undo(workspace, _actor(), project, given.batch, channel="command")
    return _tell(receipt, given)


def _demo(given: argparse.Namespace) -> int:
    server = _server()
    if server is not None:
        answer = _call(server, "POST" if given.what == "load" else "DELETE", "/api/v1/demo")
    else:
        from mlpm_core.services import demo

        with _own_workspace() as workspace:
            done = (
                demo.load(workspace) if given.what == "load" else demo.remove(workspace, _actor())
            )
            word = "imported" if given.what == "load" else "undone"
            answer = {word: sum(r.status is Status.COMMITTED for r in done)}
    print(json.dumps(answer))
    return DONE


def _serve(given: argparse.Namespace) -> int:
    from mlpm_core.services.workspace import Settings

    settings = Settings.from_environment()
    run = [sys.executable, "-m", "streamlit", "run", str(_ROOT / "app.py")]
    run += ["--server.port", str(settings.port), "--server.address", settings.address]
    os.chdir(_ROOT)
    return subprocess.call(run)  # noqa: S603


def _tell(receipt: Receipt, given: argparse.Namespace) -> int:
    for reject in receipt.rejects[:20]:
        where = f"line {reject.row}" if reject.row is not None else "file"
        column = f", {reject.column}" if reject.column else ""
        print(f"{where}{column}: {reject.message} {reject.hint}", file=sys.stderr)
    if len(receipt.rejects) > 20:
        print(f"... and {len(receipt.rejects) - 20} more.", file=sys.stderr)
    for question in receipt.questions:
        choices = f" ({' | '.join(question.choices)})" if question.choices else ""
        print(
            f"{question.message} Answer with --answer {question.key}=...{choices}", file=sys.stderr
        )
    for warned in receipt.warnings:
        print(f"Note: {warned.message}", file=sys.stderr)
    told = receipt.batch or "nothing stored"
    print(
        f"{receipt.status}: {receipt.lines} lines = {receipt.accepted} accepted + "
        f"{receipt.rejected} rejected + {receipt.blank} blank + {receipt.ignored} ignored; {told}.",
        file=sys.stderr,
    )
    if given.json:
        print(receipt.model_dump_json())
    match receipt.status:
        case Status.REJECTED | Status.ASKED:
            return REFUSED
        case Status.FAILED:
            return FAILED
        case _:
            return DONE


def _actor() -> str:
    try:
        return f"{getpass.getuser()} (command)"
    except (KeyError, OSError):
        return "command"


def _server() -> ServerFile | None:
    from mlpm_core.services.server_file import read_server_file
    from mlpm_core.services.workspace import Settings

    return read_server_file(Settings.from_environment().data)


class _own_workspace:  # noqa: N801  reads as the call it stands for
    """The store opened by this command itself, because no app runs."""

    def __enter__(self) -> Any:  # noqa: ANN401
        from mlpm_core.services.workspace import Settings, Workspace

        self._workspace = Workspace(Settings.from_environment())
        return self._workspace

    def __exit__(self, *_: object) -> None:
        self._workspace.close()


def _call(server: ServerFile, method: str, path: str, body: bytes | None = None) -> Any:  # noqa: ANN401
    """Ask the running app; its receipts come back whatever their HTTP status."""
    request = Request(server.url + path, data=body, method=method)  # noqa: S310  our own server
    request.add_header("Authorization", f"Bearer {os.environ.get('MLPM_TOKEN') or server.token}")
    request.add_header("X-MLPM-Actor", _actor().encode("ascii", "replace").decode())
    try:
        with urlopen(request, timeout=600) as answer:  # noqa: S310
            return json.load(answer)
    except HTTPError as error:
        answer = _json_or_none(error)
        if isinstance(answer, dict) and "status" in answer:
            return answer
        said = answer.get("error") if isinstance(answer, dict) else None
        kind = {404: NotFoundError, 422: InputError}.get(error.code, StoreError)
        raise kind(said or f"The app answered {error.code} {error.reason}.") from error
    except (URLError, OSError) as error:
        raise StoreError(
            f"The app that server.json names ({server.url}) does not answer: {error}."
        ) from error


def _json_or_none(error: HTTPError) -> Any:  # noqa: ANN401
    try:
        return json.load(error)
    except ValueError:
        return None


if __name__ == "__main__":
    sys.exit(main())
