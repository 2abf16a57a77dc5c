"""Workshop: what customers wrote, and which bench it belonged to."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression

from making.story import (
    CLOCK_ON,
    SEED,
    TARGET_SELECTIVE_ERROR,
    WORKSHOP_FIRST_ON,
    Array,
    Row,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

JOB_WORDS = {
    "puncture": "flat tyre tube hole glass valve leaks pump",
    "brakes": "brake pads squeal lever disc rub stopping bleed",
    "gears": "gear shift derailleur skips cable jumps cassette index",
    "wheel": "wheel spoke rim buckled true hub wobble broken",
    "chain": "chain rust slips worn oil link grind drivetrain",
    "motor": "motor assist cuts error display sensor pedelec support",
    "battery": "battery charge range charger empty dies contact winter",
    "service": "service check season inspection spring tune yearly general",
}
VAGUE_WORDS = [
    *("noise", "bike", "ride", "hill", "yesterday", "please"),
    *("rear", "front", "loose", "clicks", "power", "jerks"),
]
JOBS = tuple(JOB_WORDS)
MIX = np.array([0.22, 0.17, 0.18, 0.12, 0.14, 0.01, 0.01, 0.15])
MOTOR_BLAMED = 0.3  # share of e-bike riders who write motor whatever it is
MIX_E_BIKE = np.array([0.14, 0.15, 0.15, 0.09, 0.13, 0.12, 0.10, 0.12])


@dataclass(frozen=True, slots=True)
class Requests:
    """Workshop requests: what was written, the bench that mended it, and when both happened.

    ``day`` counts from ``WORKSHOP_FIRST_ON``, with the time of day as its fraction.
    """

    texts: list[str]
    job: NDArray[np.int64]
    week: NDArray[np.int64]
    day: Array
    is_e_bike: NDArray[np.bool_]
    is_labelled: NDArray[np.bool_]


def e_bike_share(on: date) -> float:
    """Share of requests about e-bikes: 12 % until April 2025, 40 % in June 2026."""
    passed = (on - date(2025, 4, 1)).days / (date(2026, 6, 15) - date(2025, 4, 1)).days
    return 0.12 + 0.28 * min(1.0, max(0.0, passed))


def generated_requests(n_weeks: int, per_week: float, seed: int = SEED) -> Requests:
    """Requests from ``WORKSHOP_FIRST_ON`` on; a job is labelled when the bike is handed back."""
    rng = np.random.default_rng(seed + 1)
    words = [JOB_WORDS[job].split() for job in JOBS]
    texts, jobs, weeks, days, e_bikes, labelled = [], [], [], [], [], []
    for week in range(n_weeks):
        monday = WORKSHOP_FIRST_ON + timedelta(weeks=week)
        angle = (monday.timetuple().tm_yday - 120) / 365.25 * 2 * math.pi
        for _ in range(rng.poisson(per_week * (1 + 0.3 * math.cos(angle)))):
            is_e_bike = rng.random() < e_bike_share(monday)
            job = int(rng.choice(len(JOBS), p=MIX_E_BIKE if is_e_bike else MIX))
            # Riders of e-bikes see the motor in everything; others sometimes name a wrong part.
            told = 5 if is_e_bike and rng.random() < MOTOR_BLAMED else job
            told = int(rng.integers(len(JOBS))) if rng.random() < 0.05 else told
            n_telling = rng.binomial(5, 0.42)
            text = [*rng.choice(words[told], n_telling), *rng.choice(VAGUE_WORDS, 7 - n_telling)]
            texts.append(" ".join(text))
            jobs.append(job)
            weeks.append(week)
            arrived = float(rng.uniform(0, 7))
            done_on = monday + timedelta(days=arrived + float(rng.lognormal(1.5, 0.5)))
            labelled.append(done_on <= CLOCK_ON)
            days.append(7 * week + arrived)
            e_bikes.append(is_e_bike)
    return Requests(
        texts,
        np.array(jobs),
        np.array(weeks),
        np.array(days),
        np.array(e_bikes),
        np.array(labelled),
    )


@dataclass(frozen=True, slots=True)
class Triage:
    """The answer to each request: its bench, how sure, and whether it goes there by itself.

    ``digest`` is the SHA-256 of the classifier's numbers and of its threshold.
    """

    job: NDArray[np.int64]
    confidence: Array
    is_automatic: NDArray[np.bool_]
    digest: str = ""


def triaged(requests: Requests, train_until: int, calibrate_until: int, seed: int = SEED) -> Triage:
    """Train a text classifier, set its confidence threshold on later weeks, judge every request.

    Parameters
    ----------
    requests : Requests
        All weeks.
    train_until, calibrate_until : int
        Weeks before the first train the classifier; weeks between the two set the threshold, so
        that ``TARGET_SELECTIVE_ERROR`` of the automatic requests go to a wrong bench.
    seed : int
        Seed of the classifier.
    """
    x = HashingVectorizer(n_features=1024, alternate_sign=False).transform(requests.texts)
    is_training = requests.week < train_until
    model = LogisticRegression(C=3.0, max_iter=500, random_state=seed)
    model.fit(x[is_training], requests.job[is_training])
    chance = model.predict_proba(x)
    job = model.classes_[chance.argmax(axis=1)]
    confidence = chance.max(axis=1)

    held_out = ~is_training & (requests.week < calibrate_until)
    order = np.argsort(-confidence[held_out], kind="stable")
    is_wrong = (job != requests.job)[held_out][order]
    error = np.cumsum(is_wrong) / np.arange(1, len(order) + 1)
    n_automatic = int(np.flatnonzero(error <= TARGET_SELECTIVE_ERROR).max()) + 1
    threshold = confidence[held_out][order][n_automatic - 1]
    numbers = (model.coef_, model.intercept_, np.array([threshold]))
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(a).tobytes() for a in numbers))
    return Triage(job, confidence, confidence >= threshold, digest.hexdigest())


def workshop_results(requests: Requests, triage: Triage, first_week: int) -> list[Row]:
    """Weekly coverage and selective_error from a week on; open jobs have no label yet."""
    rows: list[Row] = []
    for week in range(first_week, int(requests.week.max()) + 1):
        in_week = requests.week == week
        automatic = in_week & triage.is_automatic
        judged = automatic & requests.is_labelled
        wrong = judged & (triage.job != requests.job)
        share = judged.sum() / automatic.sum()
        for metric, part, whole, labelled in (
            ("coverage", int(automatic.sum()), int(in_week.sum()), 1.0),
            ("selective_error", int(wrong.sum()), int(judged.sum()), share),
        ):
            value = part / whole
            rows.append(
                {
                    "project": "bike-shop-workshop",
                    "model_id": "request-triage",
                    "metric": metric,
                    "period_start": WORKSHOP_FIRST_ON + timedelta(weeks=week),
                    "value": value,
                    "model_version": "1.0",
                    "granularity": "P1W",
                    "n": whole,
                    "value_se": math.sqrt(max(value * (1 - value), 1 / whole) / whole),
                    "numerator": part,
                    "denominator": whole,
                    "source": "production",
                    "label_status": "final" if labelled == 1 else "partial",
                    "labelled_share": labelled,
                }
            )
    return rows


def workshop_log(requests: Requests, triage: Triage, first_week: int) -> list[Row]:
    """Every request from a week on: the bench that was named, and the one that did the job."""
    rows: list[Row] = []
    order = np.argsort(requests.day, kind="stable")
    for n, i in enumerate((i for i in order if requests.week[i] >= first_week), start=1):
        at = datetime.combine(WORKSHOP_FIRST_ON, time()) + timedelta(days=float(requests.day[i]))
        rows.append(
            {
                "prediction_id": f"r{n:05}",
                "ts": f"{at:%Y-%m-%dT%H:%MZ}",
                "model_id": "request-triage",
                "y_pred": JOBS[triage.job[i]],
                "y_pred_proba": round(float(triage.confidence[i]), 3),
                "y_true": JOBS[requests.job[i]] if requests.is_labelled[i] else "",
                "decision": "" if triage.is_automatic[i] else "desk",
                "model_version": "1.0",
                "segment": "e-bike" if requests.is_e_bike[i] else "bike",
            }
        )
    return rows
