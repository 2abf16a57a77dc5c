"""Reports of SageMaker's model monitor, of Hugging Face's trainer and of bare metrics, as JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from mlpm_core.intake.files.leaderboards import is_metric
from mlpm_core.intake.files.report_parts import (
    Json,
    ReportedMetric,
    as_dict,
    dicts,
    number,
    text_of,
)
from mlpm_core.intake.metric_names import known_metric

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAGEMAKER: Final = re.compile(
    r"(binary_classification|multiclass_classification|regression)_metrics"
)
_CONSTANT: Final = "_best_constant_classifier"
_OVER_ALL: Final = ("accuracy", "error_rate")
_TRAINER: Final = ("eval_", "predict_", "test_")
_N_OF_ALL: Final = ("example_count", "n_samples", "num_samples", "n", "count", "samples")
_SPLITS: Final = re.compile(
    r"(?i).*(?:train|val|test|hold|dev|eval|oof|fold|cv|prod|all|metrics).*"
)
_TIMES: Final = ("runtime", "samples_per_second", "steps_per_second")


def is_sagemaker(report: Json) -> bool:
    """Whether it is a model quality report (``statistics.json``)."""
    return any(map(_SAGEMAKER.fullmatch, report))


def sagemaker(report: Json) -> Iterator[ReportedMetric | str]:
    """Each metric with its standard deviation, over the time of the data set."""
    about = as_dict(report.get("dataset"))
    n = about.get("item_count")
    for group, metrics in report.items():
        if not _SAGEMAKER.fullmatch(group):
            continue
        cases = _cases(as_dict(as_dict(metrics).get("confusion_matrix")), n)
        for name, entry in as_dict(metrics).items():
            if "value" not in as_dict(entry) or name.endswith(_CONSTANT):
                yield name
            else:
                error = entry.get("standard_deviation")
                yield number(
                    name, entry["value"], n=text_of(cases.get(name)),
                    at=text_of(about.get("start_time")), until=text_of(about.get("end_time")),
                    error=text_of(error) if isinstance(error, int | float) else None,
                )  # fmt: skip


def _cases(matrix: Json, n: Any) -> dict[str, int]:  # noqa: ANN401  whatever the report says
    """Of how many cases each share is the share, as far as a matrix of two classes tells."""
    counts = {name: n for name in _OVER_ALL} if isinstance(n, int) else {}
    if set(matrix) != {"0", "1"}:
        return counts
    try:
        hit, missed = int(matrix["1"]["1"]), int(matrix["1"]["0"])
        wrong = int(matrix["0"]["1"])
    except (KeyError, TypeError, ValueError):
        return counts
    return counts | {"recall": hit + missed, "precision": hit + wrong}


def is_trainer(report: Json) -> bool:
    """Whether it holds the results of a Hugging Face trainer: all, of validation or of a test."""
    names = tuple(map(str, report))
    is_timed = any(n.endswith("_runtime") or n == "epoch" for n in names)
    return "eval_loss" in report or (is_timed and any(n.startswith(_TRAINER) for n in names))


def is_history(report: Json) -> bool:
    """Whether it is ``trainer_state.json`` of a Hugging Face trainer."""
    return isinstance(report.get("log_history"), list) and "global_step" in report


def training_history(report: Json) -> Iterator[ReportedMetric | str]:
    """The last evaluation of a training, as its own ``eval_results.json`` would say it."""
    evaluated = [e for e in dicts(report["log_history"]) if any(n.startswith("eval_") for n in e)]
    if len(evaluated) > 1:
        yield "earlier evaluations of the training"
    for entry in evaluated[-1:]:
        yield from (m for m in trainer(entry) if not isinstance(m, str))


def trainer(report: Json) -> Iterator[ReportedMetric | str]:
    """What was evaluated; how long it took, and what the training reported, is left out.

    A test that was predicted (``predict_`` or ``test_``) stands apart from the validation.
    """
    for name, value in report.items():
        prefix = next((p for p in _TRAINER if name.startswith(p)), "")
        metric = name.removeprefix(prefix)
        if not prefix or metric in (*_TIMES, "samples", "model_preparation_time"):
            yield name
        else:
            n = text_of(report.get(f"{prefix}samples")) if metric in _OVER_ALL else None
            dataset = "test" if prefix != "eval_" else None
            yield number(metric, value, n=n, dataset=dataset)


def is_plain(report: Json) -> bool:
    """Whether an object holds metrics by their names, or parts such as a test that do."""
    parts = [report, *(part for part in report.values() if isinstance(part, dict))]
    return any(_is_told(name, value) for part in parts for name, value in part.items())


def plain(report: Json) -> Iterator[ReportedMetric | str]:
    """Metrics by their names, as DVC's ``metrics.json`` and ``mlflow.evaluate`` have them.

    A part of them is a data set by its name, such as test, or else a model. What was measured on
    the data of the training says nothing of the model in use.
    """
    for part, values in {"": report, **report}.items():
        if not isinstance(values, dict):
            continue
        n = next((values[name] for name in _N_OF_ALL if isinstance(values.get(name), int)), None)
        for name, value in values.items():
            if isinstance(value, dict):
                continue
            if not _is_told(name, value) or part.lower().startswith("train"):
                yield f"{part} {name}".strip()
                continue
            cases = text_of(n) if known_metric(name) in _OVER_ALL else None
            is_model = bool(part) and _SPLITS.fullmatch(part) is None
            model = part if is_model else text_of(values.get("model"))
            dataset = None if is_model else part or None
            yield number(name, value, n=cases, model=model, dataset=dataset)


def _is_told(name: str, value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and is_metric(name)
