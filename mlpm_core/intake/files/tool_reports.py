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
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import yaml

from mlpm_core.intake.messages import Refusal, question
from mlpm_core.records import Evaluation, MetricResult, columns, kept_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlpm_core.intake.profile import Limits, Profile
    from mlpm_core.records import Record

Json = dict[str, Any]

_NAMES: Final = {
    "f1-score": "f1", "f1score": "f1", "tpr": "recall", "tnr": "specificity", "r2score": "r2",
    "r2_score": "r2", "mean_error": "bias", "me": "bias", "mean_abs_error": "mae",
    "rocauc": "roc_auc", "logloss": "log_loss",
    "mape": "mape_percent", "mean_abs_perc_error": "mape_percent",
}  # fmt: skip
"""Evidently's percentages stay apart from ours, which are shares."""
_EVIDENTLY: Final = "evidently:metric_v2:"
_LONGEST_INTEGER: Final = 1100  # bits; a double has no more before its point
_LARGEST_CARD: Final = 1 << 22  # characters of YAML
_LONGEST_SCALAR: Final = 100  # characters of a YAML number or date
_RUN: Final = re.compile(rb"(?:^|[,\"])(?:run_id|run_uuid)(?:[,\"\r\n]|$)")


@dataclass(frozen=True, slots=True)
class _Metric:
    """One number of a report, with what the report says of it; None where it says nothing."""

    metric: str
    value: str
    model: str | None = None
    run: str | None = None
    at: str | None = None
    n: str | None = None
    slice_key: str | None = None
    slice_value: str | None = None
    dataset: str | None = None


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
    parts = _read(data)
    if parts is None:
        return None
    metrics: dict[_Metric, None] = {}
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
    _ask_what_is_not_told(metrics, record, profile)
    filled = {name: of for name, of in all_columns.items() if any(of(m) for m in metrics)}
    filled |= {name: all_columns[name] for name in ("metric", "value")}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(filled)
    writer.writerows([kept_cell(of(m) or "") for of in filled.values()] for m in metrics)
    return Report(out.getvalue().encode("utf-8", "surrogatepass"), tuple(unread))


_COLUMNS: Final[dict[type[Record], dict[str, Callable[[_Metric], str | None]]]] = {
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
    },
    Evaluation: {
        "candidate": lambda m: m.model,
        "metric": lambda m: m.metric,
        "value": lambda m: m.value,
        "n": lambda m: m.n,
        "test_set": lambda m: m.dataset,
        "evaluated_on": lambda m: m.at[:10] if m.at else None,
        "run_id": lambda m: m.run,
    },
}


def _ask_what_is_not_told(
    metrics: dict[_Metric, None], record: type[Record], profile: Profile
) -> None:
    read = _COLUMNS[record]
    missing = [
        c
        for c in columns(record)
        if c.required
        and c.name not in ("project", *profile.constants)
        and not (c.name in read and any(read[c.name](m) for m in metrics))
    ]
    if missing and metrics:
        raise Refusal(
            questions=[
                question(
                    "not-told", f"constants.{c.name}", [], field=c.name, help=c.help.rstrip(".")
                )
                for c in missing
            ]
        )


def _read(data: bytes) -> Iterator[_Metric | str] | None:
    start = data[:65_536].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        report = _parsed(json.loads, data)
    elif start.startswith(b"---") and b"model-index" in data:
        report = _parsed(_of_card, data.decode("utf-8", "replace"))
    else:
        return _of_csv(data, start.split(b"\n", 1)[0])
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


def _number(name: str, value: object, **about: str | None) -> _Metric | str:
    """A metric, if its value is one number or says that it is none; else its name."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return name
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER:
        return name
    spelled = name.strip().lower().replace(" ", "_")
    return _Metric(_NAMES.get(spelled, name.strip()), str(value), **about)


def _dicts(value: object) -> list[Json]:
    return [x for x in value if isinstance(x, dict)] if isinstance(value, list) else []


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _moment(milliseconds: object) -> str | None:
    """Milliseconds since 1970 as ISO 8601; what is none stands as it is, to be refused by name."""
    try:
        moment = datetime.fromtimestamp(int(float(str(milliseconds))) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return _text(milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _mlflow_runs(report: Json) -> Iterator[_Metric | str]:
    """``runs/search`` and ``runs/get``; metrics in the order in which they were logged."""
    for run in [*_dicts(report.get("runs")), *filter(None, [_dict(report.get("run"))])]:
        info, data = _dict(run.get("info")), _dict(run.get("data"))
        tags = {str(t.get("key")): _text(t.get("value")) for t in _dicts(data.get("tags"))}
        model = tags.get("model_id") or tags.get("mlflow.registeredModelName")
        for metric in _dicts(data.get("metrics")):
            yield _mlflow(metric, model, _text(info.get("run_id")))
    if report.get("next_page_token"):
        yield "further pages of runs"


def _mlflow_history(report: Json) -> Iterator[_Metric | str]:
    for metric in _dicts(report["metrics"]):
        yield _mlflow(metric, None, None)
    if report.get("next_page_token"):
        yield "further pages of the history"


def _mlflow(metric: Json, model: str | None, run: str | None) -> _Metric | str:
    return _number(
        str(metric.get("key")),
        metric.get("value"),
        model=model or _text(metric.get("model_id")),
        run=_text(metric.get("run_id")) or run,
        at=_moment(metric.get("timestamp")),
        dataset=_text(metric.get("dataset_name")),
    )


def _of_csv(data: bytes, header: bytes) -> Iterator[_Metric | str] | None:
    """MLflow's own tables: a metric a row, or ``mlflow experiments csv`` with a run a row."""
    names = {name.strip(b'"\r ') for name in header.split(b",")}
    is_history = {b"key", b"value", b"timestamp", b"step"} <= names
    is_runs = _RUN.search(header) and any(name.startswith(b"metrics.") for name in names)
    if not is_history and not is_runs:
        return None
    try:
        rows = _rows(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (ValueError, csv.Error):
        return None
    if rows is None:
        return None
    return _mlflow_history({"metrics": rows}) if is_history else _mlflow_table(rows)


def _rows(lines: Iterator[list[str]]) -> list[Json] | None:
    """Rows by the names of the header; None when one has another width, which is told by line."""
    header = next(lines)
    rows = []
    for cells in lines:
        if len(cells) == len(header):
            rows.append(dict(zip(header, cells, strict=True)))
        elif cells:
            return None
    return rows


def _mlflow_table(rows: list[Json]) -> Iterator[_Metric | str]:
    for row in rows:
        model = row.get("tags.model_id") or row.get("tags.mlflow.registeredModelName") or None
        for name, value in row.items():
            if name.startswith("metrics.") and value:
                yield _number(
                    name.removeprefix("metrics."), value, model=model,
                    run=row.get("run_id") or None, at=row.get("start_time") or None,
                )  # fmt: skip


def _evidently_legacy(report: Json) -> Iterator[_Metric | str]:
    """Reports up to 0.6: the values of the current data, each under its name."""
    at = _text(report.get("timestamp"))
    for part in _dicts(report["metrics"]):
        name, result = str(part.get("metric")), _dict(part.get("result"))
        current = _dict(result.get("current"))
        if not current or "metrics" in current:
            yield from _by_class(name, _dict(current.get("metrics")), at)
            continue
        for key, value in current.items():
            yield _number(key, value, at=at)


def _by_class(name: str, classes: Json, at: str | None) -> Iterator[_Metric | str]:
    if not classes:
        yield name
    for label, values in classes.items():
        for key, value in _dict(values).items():
            yield _number(key, value, at=at, slice_key="class", slice_value=str(label))


def _evidently(report: Json) -> Iterator[_Metric | str]:
    """Reports from 0.7 on."""
    for part in _dicts(report["metrics"]):
        config = _dict(part.get("config"))
        full = str(part.get("metric_name") or part.get("metric_id"))
        kind = str(config.get("type", full)).removeprefix(_EVIDENTLY).split("(")[0]
        value, column = part.get("value"), config.get("column")
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind.removesuffix("ByLabel")).lower()
        name = _NAMES.get(kind.lower(), name)
        where = {"slice_key": "column", "slice_value": str(column)} if column else {}
        if not isinstance(value, dict):
            yield _number(name, value, **where)
        elif kind.endswith("ByLabel"):
            for label, one in value.items():
                yield _number(name, one, slice_key="class", slice_value=str(label))
        elif "mean" in value:
            yield _number(name, value["mean"], **where)
        else:
            for key, one in value.items():
                yield _number(f"{name}_{key}", one, **where)


def _sklearn(report: Json) -> Iterator[_Metric | str]:
    """``classification_report(output_dict=True)``; support counts the cases of recall only."""
    whole = _dict(report.get("macro avg") or report.get("weighted avg"))
    for name, values in report.items():
        if not isinstance(values, dict):
            yield _number(name, values, n=_text(whole.get("support")))
            continue
        kind = "average" if name.endswith(" avg") else "class"
        for key, value in values.items():
            if key != "support":
                n = values.get("support") if kind == "class" and key == "recall" else None
                yield _number(key, value, n=_text(n), slice_key=kind, slice_value=name)


def _hugging_face(report: Json) -> Iterator[_Metric | str]:
    """The ``model-index`` of a model card, of its data, or of the Hub's answer."""
    index = report.get("model-index") or _dict(report.get("cardData")).get("model-index")
    for model in _dicts(index):
        for result in _dicts(model.get("results")):
            dataset = _dict(result.get("dataset"))
            parts = [_text(dataset.get(key)) for key in ("name", "config", "split")]
            metrics = _dicts(result.get("metrics"))
            if not metrics:
                yield "a result without metrics"
            for metric in metrics:
                yield _number(
                    str(metric.get("type")), metric.get("value"), model=_text(model.get("name")),
                    at=_text(report.get("lastModified")),
                    dataset=" ".join(p for p in parts if p) or None,
                )  # fmt: skip


def _first(report: Json, key: str) -> Json:
    entries = _dicts(report.get(key))
    return entries[0] if entries else {}


_FORMATS: Final[
    tuple[tuple[Callable[[Json], object], Callable[[Json], Iterator[_Metric | str]]], ...]
] = (
    (lambda x: "data" in _first(x, "runs") or "data" in _dict(x.get("run")), _mlflow_runs),
    (lambda x: {"key", "timestamp"} <= _first(x, "metrics").keys(), _mlflow_history),
    (lambda x: {"metric", "result"} <= _first(x, "metrics").keys(), _evidently_legacy),
    (lambda x: {"config", "value"} <= _first(x, "metrics").keys(), _evidently),
    (lambda x: "model-index" in x or "model-index" in _dict(x.get("cardData")), _hugging_face),
    (lambda x: {"macro avg", "weighted avg"} <= x.keys(), _sklearn),
)
