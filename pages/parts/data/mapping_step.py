"""The step of an import that says what each column of a file holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from mlpm_core.errors import InputError
from mlpm_core.records import METRIC_PREFIX, Status
from mlpm_core.services.ingest.column_mapping import (
    PUT_ASIDE,
    ColumnChoice,
    is_about_columns,
    mapping_answers,
    unfilled,
    without_mapping,
)
from pages.parts.common import queries
from pages.parts.common.format import listed, literal
from pages.parts.data import constants

if TYPE_CHECKING:
    from mlpm_core.records import FileColumn, FileField, FileLook, Receipt
    from mlpm_core.services.ingest.uploads import Upload
    from pages.parts.data.uploaded import UploadedFile

_REFUSED = frozenset({"missing-column", "blank-label", "duplicate-label"})
_AS_IT_STANDS = "as it stands"
_UNITS = (_AS_IT_STANDS, "%", "k EUR", "EUR", "times 1000", "times 0.001")
_UNUSED = "Not used"


def columns_of(upload: Upload, file: UploadedFile, receipt: Receipt) -> bool:
    """The columns of a file, each with what it holds; whether it asked for that.

    It stands open when the header is not wholly understood, and on demand otherwise.
    """
    if receipt.status in (Status.DUPLICATE, Status.FAILED):
        return False
    asks = any(is_about_columns(question, upload.kind) for question in receipt.questions)
    is_refused = any(r.row is None and r.code in _REFUSED for r in receipt.rejects)
    if not asks and not is_refused:
        if receipt.status is Status.ASKED or not receipt.lines:
            return False
        if not st.toggle(
            "Choose what each column holds",
            key=file.key("map"),
            help="How the file was read, column by column, and the way to read it otherwise.",
        ):
            return False
    of_answers = replace(upload, answers=tuple(receipt.answers), profile=None)
    look = queries.file_look(of_answers, file.data, file.sha256)
    if look is None:
        return False
    with st.container(border=True):
        _step(upload, file, receipt, look)
    return True


def _step(upload: Upload, file: UploadedFile, receipt: Receipt, look: FileLook) -> None:
    st.markdown(":material/table_chart: **What does each column hold?**")
    st.caption(
        "Left: a column of your file with its first values. Right: what MLPM takes it for. What is "
        "chosen already is a suggestion until you go on."
    )
    _header_line(file, look)
    choices = [_column(file, look, j, column) for j, column in enumerate(look.columns)]
    given = _for_all_rows(upload, file, look, choices)
    if not st.button("Go on with these columns", type="primary", key=file.key("mapped")):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption("None of these? Choose another kind above, or fill in the template.")
            st.download_button(
                "Template",
                queries.template_csv(upload.kind),
                file_name=f"{upload.kind}.csv",
                mime="text/csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
        return
    asked = {question.key for question in receipt.questions}
    try:
        answers = mapping_answers(look, choices, given, asked)
        said = [*without_mapping(upload.answers, look), *answers]
        replace(upload, answers=tuple(said)).check()
        of_said = replace(upload, answers=tuple(said))
        queries.file_look(of_said, file.data, file.sha256)
    except InputError as error:
        st.error(literal(error), icon=":material/error:")
        return
    file.answer(said)
    st.session_state[file.key("map_turn")] = _turn(file) + 1
    st.rerun()


def _turn(file: UploadedFile) -> int:
    return int(st.session_state.get(file.key("map_turn"), 0))


def _header_line(file: UploadedFile, look: FileLook) -> None:
    """The line in which the names of the columns stand, chosen by looking at the first lines."""
    if len(look.first_lines) < 2:
        return
    key = file.key(f"header{look.header_line}")

    def chosen() -> None:
        line = int(st.session_state[key])
        kept = without_mapping(file.answers, look)
        file.answer([*(a for a in kept if not a.startswith("skip_lines=")), f"skip_lines={line}"])

    st.selectbox(
        "The names of the columns stand in",
        range(len(look.first_lines)),
        index=min(look.header_line, len(look.first_lines)) - 1,
        format_func=lambda i: f"line {i + 1}: {look.first_lines[i]}",
        key=key,
        on_change=chosen,
        help="If no line names them, write a line of names above the first row.",
    )


def _column(file: UploadedFile, look: FileLook, j: int, column: FileColumn) -> ColumnChoice:
    """One column of the file beside what it holds."""
    fields = {f.name: f for f in look.fields}
    options = _options(look, column)
    now = column.field or ("" if column.is_beside else column.suggestion)
    if column.is_ignored:
        now = PUT_ASIDE if column.is_beside else ""
    left, right = st.columns([4, 6], vertical_alignment="center")
    with left:
        samples = ", ".join(column.samples) or "empty"
        st.markdown(f"**{literal(column.header or column.key)}**  \n:small[{literal(samples)}]")
    at = file.key(f"column{look.header_line}_{_turn(file)}_{j}")
    controls = right.container(horizontal=True)
    holds = controls.selectbox(
        f"What {literal(column.header or column.key)} holds",
        options,
        index=options.index(now) if now in options else 0,
        format_func=lambda o: _option(o, fields, column),
        key=at,
        label_visibility="collapsed",
    )
    if not column.has_numbers or not _has_unit(holds, fields):
        return ColumnChoice(holds)
    unit = f"times {column.factor:g}" if column.factor != 1.0 else column.unit
    unit = unit or ("" if column.is_ignored else column.suggested_unit) or _AS_IT_STANDS
    units = ["as it stands", "%"] if holds.startswith(METRIC_PREFIX) else list(_UNITS)
    units += [unit] if unit not in units else []
    chosen = controls.selectbox(
        f"Unit of {literal(column.header or column.key)}",
        units,
        index=units.index(unit),
        key=f"{at}_{holds}_unit",
        label_visibility="collapsed",
        accept_new_options=not holds.startswith(METRIC_PREFIX),
        width=150,
        help="Percent and money, such as k EUR, are converted; write any other as a factor, such "
        "as times 0.001.",
    )
    return ColumnChoice(holds, "" if chosen in (None, _AS_IT_STANDS) else str(chosen))


def _has_unit(holds: str, fields: dict[str, FileField]) -> bool:
    return holds.startswith(METRIC_PREFIX) or (holds in fields and fields[holds].is_number)


def _options(look: FileLook, column: FileColumn) -> list[str]:
    """What a column may hold, required fields first; a metric only where its header is a name."""
    needed = [f.name for f in look.fields if f.is_required]
    others = [f.name for f in look.fields if not f.is_required]
    options = ["", *([PUT_ASIDE] if column.is_beside else []), *needed, *others]
    if column.header and column.key == column.header:
        own = METRIC_PREFIX + column.header
        metrics = [METRIC_PREFIX + m for m in look.metrics]
        options += metrics + ([own] if look.metrics and own not in metrics else [])
        options += [x for x in (column.field, column.suggestion) if x and x not in options]
    return options


def _option(option: str, fields: dict[str, FileField], column: FileColumn) -> str:
    if not option and column.is_beside:
        return "Read with the times beside it"
    if option in ("", PUT_ASIDE):
        return _UNUSED
    if option.startswith(METRIC_PREFIX):
        return f"The metric {option.removeprefix(METRIC_PREFIX)}"
    field = fields[option]
    return f"{field.label} (needed)" if field.is_required else field.label


def _for_all_rows(
    upload: Upload, file: UploadedFile, look: FileLook, choices: list[ColumnChoice]
) -> dict[str, str]:
    """What no column holds and every row shares."""
    held = {c.holds for c in choices}
    missing = unfilled(look, choices, {})
    needs_column = [f for f in missing if f.is_number or f.tells_rows_apart]
    if needs_column:
        st.warning(
            f"{listed([literal(f.label) for f in needs_column])}: choose the column that holds it.",
            icon=":material/help:",
        )
    alike = [f for f in missing if f not in needs_column]
    free = {
        f.name: f.label
        for f in look.fields
        if f.name not in held and f not in missing and not f.is_number and not f.tells_rows_apart
        and not (f.name in ("metric", "value") and any(map(_is_metric, held)))
    }  # fmt: skip
    if alike:
        names = listed([f"“{literal(f.label)}”" for f in alike])
        st.markdown(f"No column holds {names}. What is the same for every row?")
    given = {f.name: _constant(upload, file, look, f) for f in alike}
    more = st.multiselect(
        "Also the same for every row",
        list(free),
        default=[name for name in look.constants if name in free],
        format_func=lambda name: free[name],
        key=file.key(f"alike{_turn(file)}"),
        placeholder="Nothing else",
    )
    given |= {f.name: _constant(upload, file, look, f) for f in look.fields if f.name in more}
    return given


def _constant(upload: Upload, file: UploadedFile, look: FileLook, field: FileField) -> str:
    given = look.constants.get(field.name, "")
    return constants.asked(upload, field, file.key(f"constant_{field.name}"), given)


def _is_metric(holds: str) -> bool:
    return holds.startswith(METRIC_PREFIX)
