"""The open questions of a file, answered together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.records import FileField, columns, record_of
from pages.parts.common import queries
from pages.parts.common.format import literal
from pages.parts.data import constants, import_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlpm_core.records import Question, Receipt
    from mlpm_core.services.ingest.uploads import Upload
    from pages.parts.data.uploaded import UploadedFile

_MOST_TRIED, _LARGEST_TRIED = 4, 1 << 20  # answers, and bytes of a file that is read for each
_NONE: Final = "none of these"
_OF_EACH_PERIOD: Final = (
    "Answer anew and choose another column, or write the number of each period alone into the file "
    "and upload it again."
)
_WAYS_ON: Final = {
    "encoding": "Open the file in the program that wrote it, save it as CSV (UTF-8), and upload "
    "that.",
    "member": "Take the file that holds the rows out of the archive and upload it alone.",
    "restatement": "Nothing is stored. Delete these lines from the file and upload it again, or "
    "leave this screen.",
    "sheet": "Save the sheet that holds the rows as a file of its own, with a line of column "
    "names on top, and upload that.",
    "preamble": "Write a line of column names above the rows and delete what stands above it; the "
    "template further up shows such a line.",
    "running-totals": _OF_EACH_PERIOD,
    "running-alone": _OF_EACH_PERIOD,
    "second-table": "Save each table as a file of its own and upload them one by one.",
}
"""What to do when none of the answers is right."""


def answer_anew(file: UploadedFile) -> None:
    """The way back to the first question of a file."""
    st.button(
        "Answer anew", icon=":material/replay:", type="tertiary", on_click=file.answer, args=((),)
    )


def ask(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """The open questions of a file, answered together."""
    if not receipt.questions:
        return
    is_only_one = len(receipt.questions) == 1  # else Enter would send the others unanswered
    effects = _effects(upload, file, receipt.questions[0]) if is_only_one else {}
    with st.form(file.key("questions"), enter_to_submit=is_only_one):
        answers = [_asked(upload, file, question, effects) for question in receipt.questions]
        if not st.form_submit_button("Go on with these answers", type="primary"):
            return
    stuck = [
        q.code for q, a in zip(receipt.questions, answers, strict=True)
        if a == _NONE and _NONE not in q.choices
    ]  # fmt: skip
    if stuck:
        for code in dict.fromkeys(stuck):
            st.info(_WAYS_ON[code], icon=":material/info:")
        return
    if any(not answer for answer in answers):
        st.warning("Please answer every question; MLPM does not guess.", icon=":material/help:")
        return
    named = [f"{q.key}={a}" for q, a in zip(receipt.questions, answers, strict=True)]
    file.answer([*file.answers, *named])
    st.rerun()


def asked_again(file: UploadedFile, receipt: Receipt) -> None:
    """Ways to be asked again: what was answered, by an earlier file too, or which part is read."""
    if receipt.status == "duplicate":
        if receipt.chosen_part:
            st.button("Read another part of it", icon=":material/tab:", on_click=file.another_part)
        return
    if file.answers:
        answer_anew(file)
    # It stays in sight once it is ticked, else Streamlit would forget that it was.
    if file.asks_again or any(w.code == "answered-before" for w in receipt.warnings):
        st.checkbox(
            "Ask me again for this file",
            key=file.asking,
            help="Your new answers are then kept for the next file.",
        )


def _effects(upload: Upload, file: UploadedFile, question: Question) -> dict[str, str]:
    """What each answer of a question changes for the KPIs, unless all change them alike.

    An answer after which something else is asked, or refused, tells none.
    """
    choices = question.choices
    is_slow = len(choices) > _MOST_TRIED or len(file.data) > _LARGEST_TRIED
    if is_slow or question.code == "restatement":  # that one has its effect beside it
        return {}
    lines, changes_any = {}, False
    for choice in choices:
        answers = (*upload.answers, f"{question.key}={choice}")
        try:
            receipt = queries.preview(
                replace(upload, answers=answers), file.data, file.sha256, lambda *_: None
            )
        except InputError:
            continue
        if receipt.status == "dry_run" or receipt.effect:  # it may ask only to be confirmed
            lines[choice] = import_text.effect(receipt)
            changes_any |= bool(receipt.effect)
    are_alike = len(lines) == len(choices) and len({*lines.values()}) == 1
    return lines if changes_any and not are_alike else {}


def _asked(
    upload: Upload, file: UploadedFile, question: Question, effects: Mapping[str, str]
) -> str:
    label, key = literal(question.message), file.key(f"question_{question.key}")
    if not question.choices and question.key.startswith("constants."):
        field = _field(upload.kind, question.key.removeprefix("constants."))
        if field is not None:
            st.markdown(label)
            return constants.asked(upload, field, key)
    choices, captions = _choices(question)
    lines = [] if captions else question.preview
    if lines:
        st.markdown(label)
        st.code("\n".join(lines), language=None, wrap_lines=True)
    if not choices:
        return st.text_input(label, key=key)
    return (
        st.radio(
            label,
            choices,
            index=None,
            key=key,
            label_visibility="collapsed" if lines else "visible",
            format_func=lambda choice: import_text.answer(question.code, choice),
            captions=_captioned(choices, captions, effects) or None,
        )
        or ""
    )


def _captioned(
    choices: Sequence[str], captions: Sequence[str], effects: Mapping[str, str]
) -> list[str]:
    """What stands below each choice: how the file is read then, and what that changes."""
    if not effects:
        return [literal(caption) for caption in captions]
    shown = captions or [""] * len(choices)
    parts = [(literal(text), effects.get(c, "")) for c, text in zip(choices, shown, strict=True)]
    return ["  \n".join(filter(None, of)) for of in parts]


def _choices(question: Question) -> tuple[list[str], list[str]]:
    """The choices of a question, each with what it looks like, and a way on if none is right.

    Without captions where what a question shows is not of its choices, one by one.
    """
    choices, shown = list(question.choices), question.preview
    captions: list[str] = []
    if question.code == "preamble":  # any of the lines may be the header
        parts = [line.partition(": ") for line in shown]
        choices, captions = [str(int(n) - 1) for n, _, _ in parts], [text for _, _, text in parts]
    elif len(shown) == len(choices):
        pairs = list(zip(choices, shown, strict=True))
        if all(line.startswith(f"{choice}: ") for choice, line in pairs):
            captions = [line.removeprefix(f"{choice}: ") for choice, line in pairs]
    if question.code in _WAYS_ON and choices and _NONE not in choices:
        choices.append(_NONE)
        captions += ["MLPM then says what to do"] if captions else []
    return choices, captions


def _field(kind: str, name: str) -> FileField | None:
    column = next((c for c in columns(record_of(kind)) if c.name == name), None)
    if column is None:
        return None
    return FileField(
        name, column.label, column.help, column.kind.value, column.required,
        [c for c in column.choices if c], column.refers_to, tells_rows_apart=False,
    )  # fmt: skip
