"""What each command does; libraries are imported by the command that needs them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mlpm_core.cli import printing
from mlpm_core.errors import InputError

if TYPE_CHECKING:
    import argparse

_ROOT = Path(__file__).resolve().parents[2]


def mechanisms(given: argparse.Namespace) -> int:
    """List the mechanisms."""
    from mlpm_core.services.valuation.mechanisms import mechanism_list

    listed = mechanism_list()
    if given.json:
        return printing.document(listed)
    return printing.mechanisms(listed)


def value(given: argparse.Namespace) -> int:
    """Say what a mechanism is worth for the quantities given."""
    from mlpm_core.quantity.as_written import two_readings
    from mlpm_core.services.valuation.mechanisms import worth_json

    written: dict[str, str] = {}
    faults = []
    for text in given.quantities:
        name, equals, quantity = (part.strip() for part in text.partition("="))
        if not equals or not name:
            faults.append(f"-q {text!r}: write NAME=QUANTITY, such as -q recall=0.6.")
        elif name in written:
            faults.append(f"-q {name} is given twice: {written[name]!r} and {quantity!r}.")
        elif (both := two_readings(quantity)) is not None:
            faults.append(
                f"-q {name}={quantity}: is it {both[0]} or {both[1]}? Write one of them"
                f"{'; a point stands before decimals' if '.' in quantity else ''}."
            )
        written[name] = quantity
    if faults:
        raise InputError(" ".join(faults))
    answer = worth_json(given.mechanism, written, given.baseline, given.currency)
    return printing.document(answer) if given.json else printing.worth(answer)


def information(given: argparse.Namespace) -> int:
    """Say what it is worth to know more before choosing among the options of a file."""
    from mlpm_core.services.valuation.mechanisms import information_json

    answer = information_json(given.file)
    return printing.document(answer) if given.json else printing.information(answer)


def import_file(given: argparse.Namespace) -> int:
    """Import a file."""
    from mlpm_core.cli.backend import open_backend
    from mlpm_core.named_file import text_of
    from mlpm_core.services.ingest.uploads import Upload

    upload = Upload(
        project=given.project,
        kind=given.kind,
        filename=given.file.name,
        answers=tuple(given.answers),
        profile=text_of(given.profile) if given.profile else None,
        confirm_restatement=given.confirm_restatement,
        accept_good=given.accept_good,
        ask_again=given.ask_again,
        dry_run=given.dry_run,
    )
    upload.check()
    with open_backend() as backend:
        receipt = backend.import_file(upload, given.file)
    return printing.receipt(receipt, as_json=given.json)


def export(given: argparse.Namespace) -> int:
    """Write a table to a file."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        file_format = given.out.suffix.lstrip(".").lower()
        exported = backend.export(given.project, given.table, file_format, given.as_of)
    try:
        given.out.write_bytes(exported.data)
    except OSError as error:
        raise InputError(f"{given.out} cannot be written: {error.strerror}.") from error
    answer = {"rows": exported.n_rows, "path": str(given.out), "as_of": exported.as_of.isoformat()}
    printing.say(f"{exported.n_rows:,} rows of {given.table} as of {answer['as_of']} UTC.")
    return printing.document(answer) if given.json else printing.DONE


def estimate(given: argparse.Namespace) -> int:
    """Say what a project takes."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        answer = backend.estimate(given.project)
    return printing.document(answer) if given.json else printing.estimate(answer)


def undo(given: argparse.Namespace) -> int:
    """Take a batch back."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        receipt = backend.undo(given.project, given.batch, dry_run=given.dry_run)
    return printing.receipt(receipt, as_json=given.json)


def token(given: argparse.Namespace) -> int:
    """Make, list or revoke tokens for other programs."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from mlpm_core.cli.backend import settings_here, user
    from mlpm_core.services.admin.tokens import ALL_PROJECTS, Tokens

    settings = settings_here()
    settings.make_folder()
    tokens = Tokens(settings.data)
    if given.what != "list" and not given.name:
        raise InputError(f"Say which token: mlpm token {given.what} NAME.")
    if given.what == "new":
        if ALL_PROJECTS in given.projects:
            raise InputError(
                f"{ALL_PROJECTS!r} is no project; leave --project out to make a token for all."
            )
        actions = [part.strip() for text in given.actions for part in text.split(",")]
        actions = actions or ["read", "import"]
        secret = tokens.make(
            given.name,
            given.projects or [ALL_PROJECTS],
            actions,
            actor=user(),
            today=datetime.now(UTC).date(),
            days=given.days,
        )
        scope = ", ".join(given.projects) or "all projects"
        printing.say(
            f"{given.name} may {', '.join(actions)} in {scope}. Keep it well; it is shown this "
            "once, and only its hash is stored."
        )
        if not given.json:
            print(secret)
            return printing.DONE
        return printing.document(
            {
                "name": given.name,
                "token": secret,
                "projects": given.projects or [ALL_PROJECTS],
                "actions": actions,
            }
        )
    if given.what == "revoke":
        gone = tokens.revoke(given.name)
        printing.say(f"{gone.name} no longer opens anything.")
        return printing.document({"revoked": gone.name}) if given.json else printing.DONE
    if not given.json:
        return printing.tokens(tokens.all())
    listed = [asdict(each) for each in tokens.all()]
    return printing.document([{k: v for k, v in e.items() if k != "sha256"} for e in listed])


def sources(given: argparse.Namespace) -> int:
    """List, check or run the scheduled sources."""
    from datetime import UTC, datetime

    from mlpm_core.cli.backend import open_backend, settings_here
    from mlpm_core.services.ingest import source_states

    if given.what == "run":
        if not given.name:
            raise InputError("Say which source: mlpm sources run NAME.")
        with open_backend() as backend:
            done = backend.run_source(given.name, dry_run=given.dry_run)
        return printing.source_run(done, as_json=given.json)
    settings = settings_here()
    if given.what == "check":
        return printing.checks(source_states.check_json(settings), as_json=given.json)
    standing = source_states.states(settings, datetime.now(UTC).replace(tzinfo=None))
    for fault in source_states.source_file(settings).faults:
        printing.say(fault)
    if given.json:
        return printing.document([state.model_dump(mode="json") for state in standing])
    return printing.sources(standing)


def verify(given: argparse.Namespace) -> int:
    """Say whether all that is stored agrees."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        if given.rewrite_ledger:
            printing.say(f"The ledger was written anew; the old one: {backend.rewrite_ledger()}")
        answer = backend.verify(given.since)
    return printing.checks(answer, as_json=given.json)


def backup(given: argparse.Namespace) -> int:
    """Write a backup."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        answer = backend.backup(given.folder)
    printing.say(f"Written to {answer['path']}.")
    return printing.checks(answer, as_json=given.json)


def restore(given: argparse.Namespace) -> int:
    """Put a backup in place."""
    from mlpm_core.cli.backend import app_runs, settings_here
    from mlpm_core.services.admin import backups

    settings = settings_here()
    if app_runs(settings):
        raise InputError("The app is running; stop it before its data are replaced.")
    return printing.checks(
        backups.checks_json(backups.restore(settings, given.file)), as_json=given.json
    )


def demo(given: argparse.Namespace) -> int:
    """Load or remove the demo; ask before batches of others are undone with it."""
    from mlpm_core.cli.backend import open_backend

    with open_backend() as backend:
        try:
            answer = backend.demo(given.what, with_others=given.yes)
        except InputError as error:
            if given.what == "load" or given.yes:
                raise
            if not sys.stdin.isatty():
                raise InputError(f"{error} With --yes they are undone too.") from error
            printing.say(f"{error}\nUndo them too? [y/N] ", end="")
            if sys.stdin.readline().strip().lower() not in ("y", "yes"):
                return printing.REFUSED
            answer = backend.demo(given.what, with_others=True)
    for word, n in answer.items():
        printing.say(f"{n} batches of the demo {word}.")
    return printing.document(answer) if given.json else printing.DONE


def serve(given: argparse.Namespace) -> int:
    """Become the server; Ctrl-C and a supervisor's signals then reach it directly."""
    from mlpm_core.services.session.addresses import port_refusal
    from mlpm_core.services.session.settings import Settings

    if not (_ROOT / "app.py").is_file():
        raise InputError("The package has no screens; run 'make run' in a checkout of MLPM.")
    settings = Settings.from_environment()
    settings.make_folder()
    if refusal := port_refusal(settings.address, settings.port):
        raise InputError(refusal)
    run = [sys.executable, "-m", "streamlit", "run", str(_ROOT / "app.py")]
    run += ["--server.port", str(settings.port), "--server.address", settings.address]
    os.environ["MLPM_DATA"] = str(settings.data)  # a relative path would change its meaning
    os.chdir(_ROOT)
    os.execv(sys.executable, run)
