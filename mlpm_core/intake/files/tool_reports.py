"""Reports of other tools as a table of metrics: MLflow, Evidently, scikit-learn, Hugging Face.

A report is known by its content. Only single numbers are metrics; whatever else it holds is named,
never dropped in silence. What a report does not say, such as the model, is a question.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import yaml

from mlpm_core.intake.files.class_reports import by_class, of_positive_class
from mlpm_core.intake.files.leaderboards import check_told_apart
from mlpm_core.intake.files.monitoring_reports import (
    is_history,
    is_plain,
    is_sagemaker,
    is_trainer,
    plain,
    sagemaker,
    trainer,
    training_history,
)
from mlpm_core.intake.files.report_parts import (
    NAMES,
    Json,
    ReportedMetric,
    as_dict,
    dicts,
    moment_of,
    named_twice,
    number,
    text_of,
)
from mlpm_core.intake.files.score_tables import report_of_classes
from mlpm_core.intake.files.tool_tables import reader_of
from mlpm_core.intake.files.two_heads import are_two_heads
from mlpm_core.intake.messages import Refusal, question, shown
from mlpm_core.intake.metric_names import normal
from mlpm_core.records import ColumnKind, Evaluation, MetricResult, columns, kept_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Question, Record

_MOMENTS: Final = (ColumnKind.DAY, ColumnKind.MOMENT)
_EVIDENTLY: Final = "evidently:metric_v2:"
_EVIDENTLY_COLUMN: Final = re.compile(r"[(,]\s*column=([^,)]+)")
_DELIMITERS: Final = (b",", b";", b"\t", b"|")
_START: Final = 1 << 14  # bytes that hold a second line
_LARGEST_CARD: Final = 1 << 22  # characters of YAML
_LONGEST_SCALAR: Final = 100  # characters of a YAML number or date
_RUN: Final = re.compile(rb"(?:^|[,\"])(?:run_id|run_uuid)(?:[,\"\r\n]|$)")


@dataclass(frozen=True, slots=True)
class Report:
    """A report as CSV, and the names of what in it is no metric."""

    data: bytes
    unread: tuple[str, ...]


def report_of(data: bytes, record: type[Record], profile: Profile, limits: Limits) -> Report | None:
    """A report as the CSV of a kind of record; None when it is no report that is known.

    Raises
    ------
    Refusal
        When it is too large, or does not say what the profile does not say either: a question.
    """
    all_columns = _COLUMNS.get(record)
    if all_columns is None or len(data) > limits.file_bytes:
        return None
    parts = _read(data, record, profile)
    if parts is None:
        return None
    asked: list[Question] = []
    if record is Evaluation:
        parts, asked = of_positive_class(list(parts), profile)
    metrics: dict[ReportedMetric, None] = {}
    unread: dict[str, None] = {}
    for n_parts, part in enumerate(parts, start=1):
        if isinstance(part, str):
            unread[part] = None
        elif record is Evaluation and part.slice_key is not None:
            unread[f"{part.metric} of {part.slice_key} {part.slice_value}"] = None
        else:
            metrics[part] = None
        if len(metrics) > limits.rows or n_parts > len(data):  # it repeats itself without end
            raise Refusal.of("limit-rows", limit=limits.rows)
    asked = [*_not_told(metrics, record, profile), *asked]
    if asked:
        raise Refusal(questions=asked)
    meanings = {normal(name): answer for name, answer in profile.metrics.items()}
    if names := named_twice(metrics, meanings):
        raise Refusal.of("one-metric-twice", names=" and ".join(map(shown, names)))
    filled = {name: of for name, of in all_columns.items() if any(of(m) for m in metrics)}
    is_told = not metrics or any(m.metric for m in metrics)
    filled |= {name: all_columns[name] for name in (("metric",) * is_told + ("value",))}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(filled)
    writer.writerows([kept_cell(of(m) or "") for of in filled.values()] for m in metrics)
    return Report(out.getvalue().encode("utf-8", "surrogatepass"), tuple(unread))


_COLUMNS: Final[dict[type[Record], dict[str, Callable[[ReportedMetric], str | None]]]] = {
    MetricResult: {
        "model_id": lambda m: m.model,
        "metric": lambda m: m.metric,
        "period_start": lambda m: m.at,
        "value": lambda m: m.value,
        "n": lambda m: m.n,
        "slice_key": lambda m: m.slice_key,
        "slice_value": lambda m: m.slice_value,
        "run_id": lambda m: m.run,
        "note": lambda m: f"measured on {m.dataset}" if m.dataset else None,
        "period_end": lambda m: m.until,
        "value_se": lambda m: m.error,
        "ci_low": lambda m: m.low,
        "ci_high": lambda m: m.high,
        "label_status": lambda m: m.status,
    },
    Evaluation: {
        "candidate": lambda m: m.model,
        "metric": lambda m: m.metric,
        "value": lambda m: m.value,
        "n": lambda m: m.n,
        "test_set": lambda m: m.dataset,
        "evaluated_on": lambda m: m.at[:10] if m.at else None,
        "run_id": lambda m: m.run,
        "value_se": lambda m: m.error,
    },
}


def _not_told(
    metrics: dict[ReportedMetric, None], record: type[Record], profile: Profile
) -> list[Question]:
    """The questions for what the record needs and the report does not say."""
    read = _COLUMNS[record]
    missing = [
        c
        for c in columns(record)
        if c.required
        and c.name not in ("project", *profile.constants)
        and not (c.name in read and any(read[c.name](m) for m in metrics))
    ]
    return [
        question(
            "not-told",
            f"constants.{c.name}",
            [],
            label=c.label.lower(),
            help=c.help.rstrip("."),
            form=", such as 2026-06-01" if c.kind in _MOMENTS else "",
        )
        for c in missing
        if metrics
    ]


def _read(
    data: bytes, record: type[Record], profile: Profile
) -> Iterator[ReportedMetric | str] | None:
    start = data[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        report = _parsed(json.loads, data)
    elif start.startswith(b"---") and b"model-index" in data:
        report = _parsed(_of_card, data.decode("utf-8", "replace"))
    else:
        if not profile.is_replay and (report := report_of_classes(data)) is not None:
            return by_class(report)
        return _of_csv(data, start.split(b"\n", 1)[0], record, profile)
    if not isinstance(report, dict):
        return None
    return next((read(report) for fits, read in _FORMATS if fits(report)), None)


def _parsed(parse: Callable[[Any], Any], data: bytes | str) -> object:
    try:
        return parse(data)
    except (ValueError, RecursionError, yaml.YAMLError):
        return None


class _PlainYaml(yaml.SafeLoader):
    """YAML of model cards: a few lines of it cannot stand for any amount of data.

    Merged keys can be merged again and again, and a number of many digits takes ever longer.
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        if any(key.tag == "tag:yaml.org,2002:merge" for key, _ in node.value):
            raise yaml.YAMLError("merged keys")

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ANN401  as its base
        if kind is yaml.ScalarNode and len(value) > _LONGEST_SCALAR:
            return "tag:yaml.org,2002:str"
        return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]


def _of_card(text: str) -> object:
    """The front matter of a model card."""
    matter = text.split("---", 2)[1]
    return yaml.load(matter, _PlainYaml) if len(matter) <= _LARGEST_CARD else None


def _mlflow_runs(report: Json) -> Iterator[ReportedMetric | str]:
    """``runs/search`` and ``runs/get``; metrics in the order in which they were logged."""
    for run in [*dicts(report.get("runs")), *filter(None, [as_dict(report.get("run"))])]:
        info, data = as_dict(run.get("info")), as_dict(run.get("data"))
        tags = {str(t.get("key")): text_of(t.get("value")) for t in dicts(data.get("tags"))}
        model = tags.get("model_id") or tags.get("mlflow.registeredModelName")
        for metric in dicts(data.get("metrics")):
            yield _mlflow(metric, model, text_of(info.get("run_id")))
    if report.get("next_page_token"):
        yield "further pages of runs"


def _mlflow_history(report: Json) -> Iterator[ReportedMetric | str]:
    for metric in dicts(report["metrics"]):
        yield _mlflow(metric, None, None)
    if report.get("next_page_token"):
        yield "further pages of the history"


def _mlflow(metric: Json, model: str | None, run: str | None) -> ReportedMetric | str:
    return number(
        str(metric.get("key")),
        metric.get("value"),
        model=model or text_of(metric.get("model_id")),
        run=text_of(metric.get("run_id")) or run,
        at=moment_of(metric.get("timestamp")),
        dataset=text_of(metric.get("dataset_name")),
    )


def _of_csv(
    data: bytes, header: bytes, record: type[Record], profile: Profile
) -> Iterator[ReportedMetric | str] | None:
    """MLflow's own tables, a metric a row or a run a row, and those of ``tool_tables``."""
    # A comma unless a spreadsheet saved it again.
    delimiter = b"," if profile.is_replay else max(_DELIMITERS, key=header.count)
    names = {name.strip(b'"\r ') for name in header.split(delimiter)}
    is_history = {b"key", b"value", b"timestamp", b"step"} <= names
    is_runs = _RUN.search(header) and any(name.startswith(b"metrics.") for name in names)
    try:
        start = data[: len(header) + _START].decode("utf-8-sig", "ignore")
        first = [*islice(_reader(start, delimiter), 3)]
        if record is Evaluation and profile.reads_layouts and are_two_heads(first, profile):
            return None
        reader = (
            reader_of(first, record, is_before=not profile.reads_layouts)
            if first and len(names) > 1
            else None
        )
        if reader is None and not is_history and not is_runs:
            return None
        rows = _rows(_reader(data.decode("utf-8-sig"), delimiter))
    except (ValueError, csv.Error):
        return None
    if rows is None:
        return None
    if reader is not None:
        return reader(rows)
    check_told_apart(rows[0])
    objects = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    return _mlflow_history({"metrics": objects}) if is_history else _mlflow_table(objects)


def _reader(text: str, delimiter: bytes) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter.decode())


def _rows(lines: Iterator[list[str]]) -> list[list[str]] | None:
    """All lines; None when one has another width, which is told by line."""
    rows: list[list[str]] = []
    for cells in lines:
        if rows and cells and len(cells) != len(rows[0]):
            return None
        if cells:
            rows.append(cells)
    return rows


def _mlflow_table(rows: list[Json]) -> Iterator[ReportedMetric | str]:
    for row in rows:
        model = row.get("tags.model_id") or row.get("tags.mlflow.registeredModelName") or None
        for name, value in row.items():
            if name.startswith("metrics.") and value:
                yield number(
                    name.removeprefix("metrics."), value, model=model,
                    run=row.get("run_id") or None, at=row.get("start_time") or None,
                )  # fmt: skip


def _evidently_legacy(report: Json) -> Iterator[ReportedMetric | str]:
    """Reports up to 0.6: the values of the current data, each under its name."""
    at = text_of(report.get("timestamp"))
    for part in dicts(report["metrics"]):
        name, result = str(part.get("metric")), as_dict(part.get("result"))
        current = as_dict(result.get("current"))
        if not current or "metrics" in current:
            yield from _by_class(name, as_dict(current.get("metrics")), at)
            continue
        for key, value in current.items():
            yield number(key, value, at=at)


def _by_class(name: str, classes: Json, at: str | None) -> Iterator[ReportedMetric | str]:
    if not classes:
        yield name
    for label, values in classes.items():
        for key, value in as_dict(values).items():
            yield number(key, value, at=at, slice_key="class", slice_value=str(label))


def _evidently(report: Json) -> Iterator[ReportedMetric | str]:
    """Reports from 0.6 on, which say their column in the name, and from 0.7 on in ``config``."""
    for part in dicts(report["metrics"]):
        config = as_dict(part.get("config"))
        full = str(part.get("metric_name") or part.get("metric_id"))
        kind = str(config.get("type", full)).removeprefix(_EVIDENTLY).split("(")[0]
        value, said = part.get("value"), _EVIDENTLY_COLUMN.search(full)
        column = config.get("column") or (said and said[1])
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.removesuffix("ByLabel")).lower()
        name = NAMES.get(kind.lower(), name)
        where = {"slice_key": "column", "slice_value": str(column)} if column else {}
        if not isinstance(value, dict):
            yield number(name, value, **where)
        elif kind.endswith("ByLabel"):
            for label, one in value.items():
                yield number(name, one, slice_key="class", slice_value=str(label))
        elif "mean" in value:
            yield number(name, value["mean"], **where)
        else:
            for key, one in value.items():
                yield number(f"{name}_{key}", one, **where)


def _hugging_face(report: Json) -> Iterator[ReportedMetric | str]:
    """The ``model-index`` of a model card, of its data, or of the Hub's answer."""
    index = report.get("model-index") or as_dict(report.get("cardData")).get("model-index")
    for model in dicts(index):
        for result in dicts(model.get("results")):
            dataset = as_dict(result.get("dataset"))
            parts = [text_of(dataset.get(key)) for key in ("name", "config", "split")]
            metrics = dicts(result.get("metrics"))
            if not metrics:
                yield "a result without metrics"
            for metric in metrics:
                yield number(
                    str(metric.get("type")), metric.get("value"), model=text_of(model.get("name")),
                    at=text_of(report.get("lastModified")),
                    dataset=" ".join(p for p in parts if p) or None,
                )  # fmt: skip


def _first(report: Json, key: str) -> Json:
    entries = dicts(report.get(key))
    return entries[0] if entries else {}


_FORMATS: Final[
    tuple[tuple[Callable[[Json], object], Callable[[Json], Iterator[ReportedMetric | str]]], ...]
] = (
    (lambda x: "data" in _first(x, "runs") or "data" in as_dict(x.get("run")), _mlflow_runs),
    (lambda x: {"key", "timestamp"} <= _first(x, "metrics").keys(), _mlflow_history),
    (lambda x: {"metric", "result"} <= _first(x, "metrics").keys(), _evidently_legacy),
    (
        lambda x: (
            "value" in (first := _first(x, "metrics"))
            and not {"config", "metric_id", "metric_name"}.isdisjoint(first)
        ),
        _evidently,
    ),
    (lambda x: "model-index" in x or "model-index" in as_dict(x.get("cardData")), _hugging_face),
    (
        lambda x: any({"precision", "recall", "support"} <= as_dict(v).keys() for v in x.values()),
        by_class,
    ),
    (is_sagemaker, sagemaker),
    (is_history, training_history),
    (is_trainer, trainer),
    (is_plain, plain),
)
