"""The open questions of a file, answered together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from mlpm_core.records import FileField, columns, record_of
from pages.parts.common.format import literal
from pages.parts.data import constants, import_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlpm_core.records import Question, Receipt
    from mlpm_core.services.ingest.uploads import Upload
    from pages.parts.data.uploaded import UploadedFile

_NONE: Final = "none of these"
_WAYS_ON: Final = {
    "sheet": "Save the sheet that holds the rows as a file of its own, with a line of column "
    "names on top, and upload that.",
    "preamble": "Write a line of column names above the rows and delete what stands above it; the "
    "template further up shows such a line.",
    "second-table": "Save each table as a file of its own and upload them one by one.",
}
"""What to do when none of the answers is right."""


def ask(upload: Upload, file: UploadedFile, receipt: Receipt) -> None:
    """The open questions of a file, answered together."""
    if not receipt.questions:
        return
    is_only_one = len(receipt.questions) == 1  # else Enter would send the others unanswered
    with st.form(file.key("questions"), enter_to_submit=is_only_one):
        answers = [_asked(upload, file, question) for question in receipt.questions]
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


def answered_before(file: UploadedFile, receipt: Receipt) -> None:
    """A way to be asked again what an earlier file's answer decided, or which part is read."""
    if receipt.status == "duplicate":
        if receipt.chosen_part:
            st.button("Read another part of it", icon=":material/tab:", on_click=file.another_part)
        return
    # It stays in sight once it is ticked, else Streamlit would forget that it was.
    if file.asks_again or any(w.code == "answered-before" for w in receipt.warnings):
        st.checkbox(
            "Ask me again for this file",
            key=file.asking,
            help="Your new answers are then kept for the next file.",
        )


def _asked(upload: Upload, file: UploadedFile, question: Question) -> str:
    label, key = literal(question.message), file.key(f"question_{question.key}")
    if not question.choices and question.key.startswith("constants."):
        field = _field(upload.kind, question.key.removeprefix("constants."))
        if field is not None:
            st.markdown(label)
            return constants.asked(upload, field, key)
    choices, lines = _choices(question)
    has_line_per_choice = len(lines) == len(choices)
    if not has_line_per_choice:
        for line in lines:
            st.code(line, language=None)
    if not choices:
        return st.text_input(label, key=key)
    return (
        st.radio(
            label,
            choices,
            index=None,
            key=key,
            format_func=lambda choice: import_text.answer(question.code, choice),
            captions=[literal(line) for line in lines] if has_line_per_choice else None,
        )
        or ""
    )


def _choices(question: Question) -> tuple[list[str], Sequence[str]]:
    """The choices of a question, each with what it looks like, and a way on if none is right."""
    choices, lines = list(question.choices), list(question.preview)
    if question.code == "preamble":  # any of the lines may be the header
        parts = [line.partition(": ") for line in question.preview]
        choices, lines = [str(int(n) - 1) for n, _, _ in parts], [text for _, _, text in parts]
    elif choices and len(lines) == len(choices):
        lines = [x.removeprefix(f"{c}: ") for c, x in zip(choices, lines, strict=True)]
    if question.code in _WAYS_ON and choices:
        has_line_per_choice = len(lines) == len(choices)
        choices.append(_NONE)
        lines += ["MLPM then says what to do"] * has_line_per_choice
    return choices, lines


def _field(kind: str, name: str) -> FileField | None:
    column = next((c for c in columns(record_of(kind)) if c.name == name), None)
    if column is None:
        return None
    return FileField(
        name, column.label, column.help, column.kind.value, column.required,
        [c for c in column.choices if c], column.refers_to, tells_rows_apart=False,
    )  # fmt: skip
