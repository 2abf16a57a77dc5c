"""Mutated files, each read whole by the intake: ``python -m tests.fuzz 200000``.

A file is known by its number, so that whatever one finds can be looked at again:
``python -m tests.fuzz 1 --first 4711``. With ``--texts`` it is quantities, moments, mechanisms and
the like (``tests.fuzz_texts``).
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import multiprocessing
import random
import re
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from mlpm_core.intake import Limits, Profile
from mlpm_core.records import KINDS, Status, record_of
from mlpm_core.services.ingest.registers import template_csv
from tests import fuzz_texts
from tests.intake_stored import Shelf, told_of
from tests.workbooks import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOLDEN = Path(__file__).parent / "golden" / "intake_cases.json"
SECONDS_EACH = 5  # of processor time, whatever else the machine does
LARGEST = 50_000
LIMITS = Limits(file_bytes=4 * 2**20, rows=5_000)
ANSWERS: dict[str, str] = {
    "date_order": "dmy", "excel_serial": "1900", "empty_last_column": "ignore",
    "hidden_rows": "read", "restatement": "confirm", "look_alike": "new", "new_model": "new",
    "cases": "n", "errors_in": "share", "two_heads": "yes", "side_tables": "all", "spread": "se",
    "units_row": "yes",
    "member": "all files", "sheet": "all sheets", "period_columns": "yes",
}  # fmt: skip
LAYOUTS = (
    "model,metric,week,value,,model,metric,week,value\n"
    "a,recall,2024-W01,0.8,,b,recall,2024-W01,0.7\n"
    "a,recall,2024-W02,0.81,,,,,\n",
    ",recall,,f1,\nweek,a,b,a,b\n2024-W01,0.8,0.7,0.6,0.5\n2024-W02,0.8,0.7,,0.5\n",
    ",a,,b,\nfold,recall,f1,recall,f1\n1,0.8,0.7,0.6,0.5\n2,0.8,0.7,0.6,0.5\n",
    'model,metric,week,value\na,f1,2024-W01,0.8 \u00b1 0.02\nb,f1,2024-W01,"0.7 [0.6, 0.8]"\n',
    '"model,metric,week,value"\n"a,recall,2024-W01,0.8"\n"b,recall,2024-H1,0.7"\n',
    "model,metric,2024-H1,2024-H2\na,recall,0.8,0.7\nb,recall,0.6,0.5\n",
    '"Step","Group: a - f1","Group: a - f1__MIN"\n"1","0.5","0.4"\n"2","0.6","0.5"\n',
    "key,start_index,end_index,start_date,end_date,realized_f1,estimated_f1,upper_confidence_f1\n"
    "2014-05,0,9,2014-05-01,2014-05-31,nan,0.75,0.756\n",
)
PIECES = [
    b"", b",", b";", b"\t", b"|", b'"', b'""', b"'", b"\n", b"\r\n", b"\r", b"\x00",
    b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xe4", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"=1+1", b"<b>", b"NaN",
    b"1e999", b"-0", b"1.234,5", b"12/11/2024", b"45292", b"sep=;\n", b"#REF!", b"9" * 400,
    b" " * 9,
    b"\xe2\x80\x8b", b"\xc2\xa0", b"2024-W53", b"24:00", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"{",
    b"<!DOCTYPE html>", b"_row", b"project", b"value", b"metric",
]  # fmt: skip


@cache
def seeds() -> list[tuple[bytes, str, str, dict[str, Any]]]:
    """Files to begin with: bytes, name, kind, profile."""
    found = []
    for case in json.loads(GOLDEN.read_text()):
        if "bytes_base64" in case and case["kind"] in KINDS:
            data = base64.b64decode(case["bytes_base64"])
            profile = case.get("options", {}).get("profile", {})
            found.append((data, case["filename"], case["kind"], profile))
    for kind in KINDS:
        found.append((template_csv(kind).encode(), f"{kind}.csv", kind, {}))
    demo = Path(__file__).resolve().parents[1] / "data" / "demo"
    for path in sorted(demo.rglob("*_metric_results_*.csv"))[:8]:
        found.append((path.read_bytes()[:LARGEST], path.name, "metric_results", {}))
    for path in sorted(demo.rglob("*_prediction_log*.csv"))[:2]:
        found.append((path.read_bytes()[:LARGEST], path.name, "prediction_log", {}))
    dated = {"constants": {"model_id": "m", "period_start": "2024-01-01"}}
    for path in sorted((Path(__file__).parent / "real" / "foreign").iterdir()):
        found.append((path.read_bytes(), path.name, "metric_results", dated))
    sheet = [["model_id", "metric", "period_start", "value"], ["m", "recall", "2024-01-01", 0.5]]
    found.append((workbook(sheet), "w.xlsx", "metric_results", {}))
    found.append((workbook({"Jan": sheet, "Feb": sheet}), "s.xlsx", "metric_results", {}))
    for text in LAYOUTS:
        found.append((text.encode(), "l.csv", "metric_results", {}))
        found.append((text.encode(), "l.csv", "evaluations", {"constants": {"value_case_id": "v"}}))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate((LAYOUTS[0], LAYOUTS[0])):
            archive.writestr(f"{number}.csv", text)
    found.append((packed.getvalue(), "z.zip", "metric_results", {}))
    parquet = io.BytesIO()
    pq.write_table(pa.table({n: [x] * 9 for n, x in zip(*sheet, strict=True)}), parquet)
    found.append((parquet.getvalue(), "p.parquet", "metric_results", {}))
    return found


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A few cuts, copies, swaps and insertions."""
    out = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        body = out.find(b"\n") if rng.random() < 0.7 else 0  # mostly spare the header
        at = rng.randrange(max(0, body), len(out) + 1)
        end = min(len(out), at + rng.choice([1, 1, 4, 20, 200]))
        match rng.randrange(8):
            case 0:
                del out[at:end]
            case 1:
                out[at:at] = out[rng.randrange(len(out) + 1) :][: rng.choice([1, 20, 500])]
            case 2 | 3:
                out[at:at] = rng.choice(PIECES)
            case 4:
                out[at:end] = rng.choice(PIECES)
            case 5 if out:
                out[min(at, len(out) - 1)] ^= 1 << rng.randrange(8)
            case 6:
                lines = bytes(out).split(b"\n")
                rng.shuffle(lines)
                out = bytearray(b"\n".join(lines))
            case _:
                old, new = rng.sample([b",", b";", b"\t", b"|", b".", b'"', b"\n", b"\r\n"], 2)
                out = bytearray(bytes(out).replace(old, new, rng.choice([1, -1])))
    return bytes(out[:LARGEST])


def file_of(number: int) -> tuple[bytes, str, str, Profile]:
    """The mutated file of a number."""
    rng = random.Random(number)
    data, name, kind, answers = rng.choice(seeds())
    profile = Profile.model_validate(answers)
    for key, answer in ANSWERS.items():
        if rng.random() < 0.4:
            profile = profile.answered(key, answer)
    if rng.random() < 0.1 and not profile.constants:
        kind = rng.choice(sorted(KINDS))
    data = mutated(data, rng)
    if rng.random() < 0.03 and not name.endswith(("xlsx", "parquet")):
        data, name = gzip.compress(data, mtime=0), f"{name}.gz"
        data = mutated(data, rng) if rng.random() < 0.3 else data
    return data, name, kind, profile


def check(number: int) -> str:
    """Read a mutated file and hold the receipt to its promises; what became of it.

    Raises
    ------
    AssertionError
        When a row is not accounted for, or a reject does not say enough.
    TimeoutError
        When it takes longer than five seconds.
    """
    data, name, kind, profile = file_of(number)
    accepts_good = number % 2 == 0
    told = told_of(
        data, name, record_of(kind), profile=profile, limits=LIMITS, stored=Shelf(),
        accept_good=accepts_good,
    )  # fmt: skip
    receipt = told.receipt
    counted = receipt.accepted + receipt.rejected + receipt.blank + receipt.ignored
    assert receipt.lines == counted, receipt
    for fault in receipt.rejects:
        assert fault.code, fault
        assert fault.message, fault
        assert fault.hint, fault
        placeholder = re.search(r"\{[a-z_]+\}", fault.message)
        assert placeholder is None or placeholder[0].encode() in data, fault
    if receipt.status is Status.ASKED:
        assert receipt.lines == 0
        assert receipt.questions
        assert receipt.rejects == []
        return "asked"
    assert receipt.questions == []
    rows = {f.row for f in receipt.rejects if f.row is not None}
    records = {(f.row, f.part) for f in receipt.rejects if f.row is not None}
    if receipt.lines == 0:
        assert {f.row for f in receipt.rejects} == {None}, receipt
        return "refused"
    n_lines = data.count(b"\n") + data.count(b"\r") + 1
    is_packed = name.endswith(("xlsx", "parquet", "gz", "zip", "json", "md"))
    is_packed |= name.startswith("mlflow") or kind == "evaluations"  # or made of a tool's report
    assert len(records) == receipt.rejected, receipt
    assert all(2 <= row <= n_lines for row in rows) or is_packed, receipt
    if not profile.wide:  # a wide row without any metric is accepted and holds nothing
        assert receipt.new + receipt.changed == len(told.lines)
    parts = told.judgement.parts
    stored = {(n, "") if parts is None else parts.place(n) for n in told.lines}
    assert records.isdisjoint(stored)
    if receipt.rejected:
        left = told.rejected_csv()
        assert left
        return "rejected"
    return "accepted"


def guarded(number: int, check: Callable[[int], str] = check) -> tuple[int, str, float]:
    """A check with an alarm; a finding comes back as a sentence that begins with ``!``."""

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)
    began = time.process_time()
    try:
        outcome = check(number)
    except Exception as error:
        outcome = f"! {type(error).__name__}: {str(error)[:300]}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return number, outcome, time.process_time() - began


def run(
    numbers: range, jobs: int, check: Callable[[int], str] = check
) -> Iterator[tuple[int, str, float]]:
    """The outcomes of many files or texts, on several processors."""
    one = partial(guarded, check=check)
    if jobs == 1:
        yield from map(one, numbers)
        return
    with multiprocessing.Pool(jobs) as pool:
        yield from pool.imap_unordered(one, numbers, chunksize=200)


def main() -> int:
    """Read many files; print what became of them, and every finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--texts", action="store_true", help="instead of files")
    given = parser.parse_args()
    outcomes: Counter[str] = Counter()
    slowest, findings = 0.0, 0
    began = time.monotonic()
    numbers = range(given.first, given.first + given.n)
    for number, outcome, took in run(
        numbers, given.jobs, fuzz_texts.check if given.texts else check
    ):
        slowest = max(slowest, took)
        if outcome.startswith("!"):
            findings += 1
            print(f"{number}: {outcome}", flush=True)
        outcomes[outcome[:1] if outcome.startswith("!") else outcome] += 1
    peak = max(
        resource.getrusage(w).ru_maxrss for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    what = "texts" if given.texts else "files"
    print(
        f"{given.n:,} mutated {what} in {time.monotonic() - began:,.0f} s: {dict(outcomes)}; "
        f"slowest {slowest:.2f} s, peak memory {peak / 1024:,.0f} MB; {findings} findings"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
