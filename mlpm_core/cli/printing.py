"""Answers as people and programs read them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

from mlpm_core.errors import printable
from mlpm_core.quantity import in_percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Receipt
    from mlpm_core.services.admin.tokens import Token
    from mlpm_core.services.ingest.source_states import SourceRun, SourceState

DONE, FAILED, REFUSED = 0, 1, 2

_STATUS = {"rejected": REFUSED, "asked": REFUSED, "failed": FAILED}
_MOST = 10


def say(sentence: str, end: str = "\n") -> None:
    """Say something to whoever sits at the terminal; nothing in it can command the terminal."""
    _write(sentence, sys.stderr, end)


def _print(line: str) -> None:
    _write(line, sys.stdout)


def _write(text: str, stream: TextIO, end: str = "\n") -> None:
    print("\n".join(map(printable, text.split("\n"))), end=end, file=stream, flush=True)


def document(answer: object) -> int:
    """Print one JSON document."""
    print(json.dumps(answer, allow_nan=False))
    return DONE


def mechanisms(listed: Sequence[Mapping[str, Any]]) -> int:
    """Print one line per mechanism."""
    for entry in listed:
        _print(f"{entry['number']:>4}  {entry['id']:<24} {entry['sentence']}")
    return DONE


def worth(answer: Mapping[str, Any]) -> int:
    """Print the five dimensions and the net as a table, and what each input must reach."""
    _print(f"{answer['mechanism']} against {answer['baseline']}, {answer['draws']:,} draws")
    _print(f"{'':<20} {'mean':>14} {'P10':>14} {'P50':>14} {'P90':>14}")
    for name, kpi in [*answer["kpis"].items(), ("net", answer["net"])]:
        cells = " ".join(f"{_number(kpi[q]):>14}" for q in ("mean", "p10", "p50", "p90"))
        _print(f"{name:<20} {cells}  {kpi['unit']}")
    _print(f"{'probability of loss':<20} {in_percent(answer['net']['probability_of_loss'], 1):>14}")
    for name, at in answer["break_even"].items():
        if at is not None:
            _print(f"{'breaks even at':<20} {_number(at):>14}  {name}")
    for note in answer["notes"]:
        _print(note)
    return DONE


def estimate(answer: Mapping[str, Any]) -> int:
    """Print the sentence, the percentiles, and the reason where there are none."""
    kinds = {"tasks": "by its tasks", "quick": "quick estimate: one guess of the whole work"}
    _print(f"{answer['project']}: {kinds.get(answer['mode'], 'not estimated')}")
    _print(answer["explanation"])
    units = {"effort": "person-days", "duration": "working days", "cost": answer["currency"]}
    if answer["effort"] is not None:
        _print(f"{'':<10} {'P10':>12} {'P50':>12} {'P80':>12} {'P95':>12}")
    for name, unit in units.items():
        if answer[name] is not None:
            cells = " ".join(
                f"{_number(answer[name][p]):>12}" for p in ("P10", "P50", "P80", "P95")
            )
            _print(f"{name:<10} {cells}  {unit}")
    if answer["finish_on"]:
        days = " ".join(f"{answer['finish_on'][p]:>12}" for p in ("P10", "P50", "P80", "P95"))
        _print(f"{'done on':<10} {days}")
    for sentence in dict.fromkeys([answer["reason"], *answer["refusals"]]):
        if sentence and sentence != answer["explanation"]:
            _print(sentence)
    return DONE


def information(answer: Mapping[str, Any]) -> int:
    """Print the options, and what it is worth to find out each thing before choosing."""
    _print(f"{'option':<32} {'mean':>12} {'P(best)':>9} {'regret':>12}")
    for name, option in answer["options"].items():
        cells = f"{_number(option['mean']):>12} {in_percent(option['p_best'], 1):>9}"
        _print(f"{name:<32} {cells} {_number(option['expected_regret']):>12}")
    _print(f"\n{'to know everything':<32} {_number(answer['evpi']):>12}")
    for name, value in answer["evppi"].items():
        hidden = name in answer["no_detectable_value"]
        value_text = "no detectable value" if hidden else f"{_number(value):>12}"
        _print(f"{'to know ' + name:<32} {value_text}")
    if answer["evsi"]:
        _print(f"\n{'study':<48} {'value':>12} {'cost':>12} {'net':>12}")
    for study in answer["evsi"]:
        cells = " ".join(f"{_number(study[key]):>12}" for key in ("value", "cost", "net"))
        _print(f"{study['study']:<48} {cells}")
    return DONE


def checks(answer: Mapping[str, Any], *, as_json: bool) -> int:
    """Say what was checked and found, and return the exit status it means."""
    for check in answer["checks"]:
        say(f"{'ok ' if check['ok'] else 'NOT OK'} {check['name']}: {check['detail']}")
    if as_json:
        document(answer)
    return DONE if answer["ok"] else FAILED


def tokens(listed: Sequence[Token]) -> int:
    """List what each token may."""
    for token in listed:
        projects = "all projects" if token.is_for_all else ", ".join(token.projects)
        until = f"until {token.expires_on}" if token.expires_on else "for ever"
        _print(
            f"{token.name:<20} may {', '.join(token.actions)} in {projects}, {until}; "
            f"made {token.made_on} by {token.made_by}"
        )
    return DONE


def sources(standing: Sequence[SourceState]) -> int:
    """Print one line a source: what it is, and how its last run ended."""
    from mlpm_core.services.ingest.source_states import interval

    for state in standing:
        last = "never read" if state.last is None else _run_in_words(state.last)
        _print(
            f"{state.name:<20} {state.kind} into {state.project}, every {interval(state.every)}; "
            f"{last}{' (late)' if state.is_late else ''}"
        )
    return DONE


def _run_in_words(run: SourceRun) -> str:
    return f"{run.outcome} at {run.ended_at:%Y-%m-%d %H:%M} UTC"


def source_run(run: SourceRun, *, as_json: bool) -> int:
    """Say what a source gave and what came of it, and return the exit status it means."""
    for fault in run.faults:
        say(fault)
    for question in run.questions:
        choices = f" ({' | '.join(question.choices)})" if question.choices else ""
        say(f"{question.message} Put {question.key} under answers of the source{choices}.")
    for file in run.files:
        if file.batch:
            say(f"{file.file}: {file.outcome}, {file.batch}")
    files = "1 file" if run.n_files == 1 else f"{run.n_files} files"
    say(f"{run.outcome}: {files}, {run.n_stored} stored.")
    if as_json:
        document(run.model_dump(mode="json"))
    if run.outcome in ("unread", "failed"):
        return FAILED
    return REFUSED if run.is_failing else DONE


def receipt(receipt: Receipt, *, as_json: bool) -> int:
    """Say what happened to a file, and return the exit status it means."""
    for repair in receipt.repairs:
        say(f"{len(repair.rejects)} x {repair.code}: {repair.hint}")
        for reject in repair.rejects[:_MOST]:
            where = reject.place or "file"
            column = f", {reject.column}" if reject.column else ""
            say(f"  {where}{column}: {reject.message}")
        if len(repair.rejects) > _MOST:
            say(f"  ... and {len(repair.rejects) - _MOST} more.")
    for question in receipt.questions:
        choices = f" ({' | '.join(question.choices)})" if question.choices else ""
        say(f"{question.message} Answer with --answer {question.key}=...{choices}")
    if receipt.read_as:
        say(f"Read as {receipt.read_as}.")
    for warned in receipt.warnings:
        say(f"Note: {warned.message}")
    for effect in receipt.effect:
        before = _likely(effect.before, effect.before_p10, effect.before_p90)
        after = _likely(effect.after, effect.after_p10, effect.after_p90)
        grade = f", grade {effect.grade}" if effect.grade else ""
        say(f"{effect.title}: {before} -> {after} {effect.unit}{grade}")
    undone = f"{' undoes' if receipt.batch else '; it would undo'} {receipt.undoes}"
    say(
        f"{receipt.status.value}: {receipt.lines} lines = {receipt.accepted} accepted + "
        f"{receipt.rejected} rejected + {receipt.blank} blank + {receipt.ignored} ignored; "
        f"{receipt.batch or 'nothing stored'}{undone if receipt.undoes else ''}."
    )
    if as_json:
        document(receipt.model_dump(mode="json"))
    return _STATUS.get(receipt.status.value, DONE)


def _likely(value: float | None, low: float | None, high: float | None) -> str:
    """A figure with the range in which it lies 8 times in 10, where that is known."""
    if value is None:
        return "nothing yet"
    if low is None or high is None or low == high:
        return _number(value)
    return f"{_number(value)} ({_number(low)} to {_number(high)})"


def _number(value: float) -> str:
    """A number as people read it: four figures, or whole when it has more.

    Examples
    --------
    >>> _number(162000.0), _number(-10.8), _number(0.16417910447761194), _number(0.0)
    ('162,000', '-10.8', '0.1642', '0')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
