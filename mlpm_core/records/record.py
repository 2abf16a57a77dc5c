"""What a record is: one class from which table, form, template, check and schema all follow."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticUndefined

from mlpm_core.quantity import LARGEST, MOST_COUNTED

if TYPE_CHECKING:
    from collections.abc import Mapping


class ColumnKind(StrEnum):
    """What may stand in a column; the rules of a file and SQL types hang on it."""

    NAME = "name"
    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    DAY = "day"
    MOMENT = "moment"
    CHOICE = "choice"
    FLAG = "yes or no"
    NOTATION = "quantity"


Name = Annotated[str, ColumnKind.NAME]
Text = Annotated[str, ColumnKind.TEXT]
Number = Annotated[float, ColumnKind.NUMBER]
Whole = Annotated[int, ColumnKind.WHOLE]
Day = Annotated[date, ColumnKind.DAY]
Moment = Annotated[datetime, ColumnKind.MOMENT]
Flag = Annotated[bool, ColumnKind.FLAG]
Notation = Annotated[str, ColumnKind.NOTATION]


class Choice(StrEnum):
    """A closed list of words; subclasses write the values out."""


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a record, as every reader of the definition needs it.

    ``low`` and ``high`` bound the value, ends included; ``largest`` is the size, whatever the sign,
    up to which a number can be computed with. ``aliases`` are headers an import takes without
    asking; ``refers_to`` names the kind whose id this column holds, or of which it holds
    ``several``, separated by semicolons (see ``names_in``); ``reserved`` are words that mean
    something else where it is read, and so are no names. ``by_application``
    marks what the application alone writes: no file, form or template has it.
    """

    name: str
    kind: ColumnKind
    required: bool
    help: str
    label: str
    default: object
    aliases: tuple[str, ...]
    choices: tuple[str, ...]
    low: float | None
    high: float | None
    largest: float
    unit: str
    refers_to: str | None
    reserved: tuple[str, ...]
    is_key: bool
    by_application: bool = False
    several: bool = False


def names_in(cell: str) -> tuple[str, ...]:
    """The short names of a cell that holds several, each once, in the order written.

    Examples
    --------
    >>> names_in("orders; letters;; orders ")
    ('orders', 'letters')
    """
    return tuple(dict.fromkeys(name for part in cell.split(";") if (name := part.strip())))


def column(
    help: str,
    *,
    default: object = PydanticUndefined,
    label: str | None = None,
    aliases: tuple[str, ...] = (),
    low: float | None = None,
    high: float | None = None,
    largest: float | None = None,
    unit: str = "",
    refers_to: str | None = None,
    reserved: tuple[str, ...] = (),
    by_application: bool = False,
    several: bool = False,
) -> Any:  # noqa: ANN401  pydantic's own Field returns Any
    """Describe a field; without ``default`` it is required.

    Parameters
    ----------
    help : str
        One sentence a manager understands; shown in forms, templates and the glossary.
    largest : float, optional
        Of a number that may be larger than usual, such as a square.
    """
    extra: dict[str, Any] = {
        "label": label,
        "aliases": list(aliases),
        "unit": unit,
        "refers_to": refers_to,
        "by_application": by_application,
        "several": several,
    }
    extra |= {"largest": largest} if largest is not None else {}
    extra |= {"reserved": list(reserved)} if reserved else {}
    return Field(default=default, description=help, ge=low, le=high, json_schema_extra=extra)


class Record(BaseModel):
    """A row somebody wrote. Rows are never changed: a later one with the same key replaces it.

    Subclasses set ``kind`` (table, CLI and CSV name), ``singular``, ``plural`` and ``key``.
    Of an immutable record no later row replaces an earlier one either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    singular: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    plural: ClassVar[str]
    is_immutable: ClassVar[bool] = False


def _annotated_kind(
    annotation: Any,  # noqa: ANN401
    metadata: list[Any],
) -> tuple[ColumnKind, type[StrEnum] | None]:
    """The column kind that an annotation carries, looking through ``| None``."""
    for item in metadata:
        if isinstance(item, ColumnKind):
            return item, None
    origin = typing.get_origin(annotation)
    if origin in (types.UnionType, typing.Union):
        inner = next(a for a in typing.get_args(annotation) if a is not type(None))
        return _annotated_kind(inner, [])
    if origin is Annotated:
        first, *rest = typing.get_args(annotation)
        return _annotated_kind(first, rest)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return ColumnKind.CHOICE, annotation
    raise TypeError(f"{annotation!r} is no column type")


AnyRecord = TypeVar("AnyRecord", bound=Record)


def stored(record: type[AnyRecord], row: Mapping[str, Any]) -> AnyRecord:
    """The record of a row of the store, which was checked when it came in and is not again.

    Examples
    --------
    >>> from mlpm_core.records import Model
    >>> stored(Model, {"project": "shop", "model_id": "m1", "archived": False}).model_id
    'm1'
    """
    words = {n: word(row[n]) for n, word in _choices(record) if row.get(n) is not None}
    return cast("AnyRecord", record.model_construct(**{**row, **words}))


@cache
def _choices(record: type[Record]) -> tuple[tuple[str, type[StrEnum]], ...]:
    """The columns that hold a word of a closed list."""
    kinds = {n: _annotated_kind(f.annotation, f.metadata) for n, f in record.model_fields.items()}
    return tuple((name, word) for name, (_, word) in kinds.items() if word is not None)


@cache
def columns(record: type[Record]) -> tuple[Column, ...]:
    """Every column of a record, in order of definition.

    Examples
    --------
    >>> from mlpm_core.records import Model
    >>> [c.name for c in columns(Model) if c.required]
    ['project', 'model_id']
    """
    described = []
    for name, field in record.model_fields.items():
        kind, choices = _annotated_kind(field.annotation, field.metadata)
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or field.description is None:
            raise TypeError(f"{record.__name__}.{name} is not described with column()")
        bounds = {type(m).__name__: m for m in field.metadata}
        low, high = bounds.get("Ge"), bounds.get("Le")
        usual = MOST_COUNTED if kind is ColumnKind.WHOLE else LARGEST
        described.append(
            Column(
                name=name,
                kind=kind,
                required=field.is_required(),
                help=field.description,
                label=str(extra["label"] or name.replace("_", " ").capitalize()),
                default=None if field.is_required() else field.default,
                aliases=tuple(str(a) for a in typing.cast("list[str]", extra["aliases"])),
                choices=tuple(c.value for c in choices) if choices is not None else (),
                low=getattr(low, "ge", None),
                high=getattr(high, "le", None),
                largest=typing.cast("float", extra.get("largest", usual)),
                unit=str(extra["unit"]),
                refers_to=typing.cast("str | None", extra["refers_to"]),
                reserved=tuple(str(w) for w in typing.cast("list[str]", extra.get("reserved", []))),
                is_key=name in record.key,
                by_application=bool(extra["by_application"]),
                several=bool(extra["several"]),
            )
        )
    return tuple(described)
