"""Mutated files: none crashes or hangs the intake, and every row of each is accounted for."""

from collections import Counter

from mlpm_core.intake.files.csv_records import _Reader
from mlpm_core.records import record_of
from tests import fuzz_texts
from tests.fuzz import LIMITS, file_of, run
from tests.intake_stored import told_of

N_FILES = 1_500
N_TEXTS = 5_000
N_COMPARED = 300


def test_whatever_a_file_holds_no_row_of_it_is_unaccounted_for(tell):
    """The same files in every run; ``make soak`` reads many others."""
    first = 0
    outcomes: Counter[str] = Counter()
    findings = []
    for number, outcome, _ in run(range(first, first + N_FILES), jobs=1):
        outcomes[outcome[:1] if outcome.startswith("!") else outcome] += 1
        if outcome.startswith("!"):
            findings.append(f"python -m tests.fuzz 1 --first {number}  {outcome}")
    tell(f"{N_FILES} mutated files from {first}: {dict(outcomes)}")
    assert findings == []
    assert min(outcomes[word] for word in ("asked", "refused", "rejected", "accepted")) > 20


def test_a_file_read_at_once_is_read_as_record_by_record(monkeypatch):
    """The short way of a clean file, which most are, gives what the long way gives."""
    at_once, n_at_once = _Reader.all_whole, 0

    def counted(reader, start):
        nonlocal n_at_once
        answers = at_once(reader, start)
        n_at_once += answers is not None
        return answers

    def judged(number, way):
        monkeypatch.setattr(_Reader, "all_whole", way)
        data, name, kind, profile = file_of(number)
        texts = told_of(data, name, record_of(kind), profile=profile, limits=LIMITS)
        return repr((texts.receipt, texts.lines, texts.rows))

    for number in range(N_COMPARED):
        assert judged(number, counted) == judged(number, lambda *_: None), number
    assert n_at_once > N_COMPARED / 5


def test_whatever_somebody_writes_is_read_or_refused_with_a_sentence(tell):
    """Quantities, units, moments, formulas, mechanisms, choices and answers; ``make soak`` more."""
    outcomes: Counter[str] = Counter()
    findings = []
    for number, outcome, _ in run(range(N_TEXTS), jobs=1, check=fuzz_texts.check):
        outcomes[outcome] += 1
        if outcome.startswith("!"):
            findings.append(f"python -m tests.fuzz 1 --texts --first {number}  {outcome}")
    tell(f"{N_TEXTS} mutated texts: {dict(outcomes)}")
    assert findings == []
    kinds = {kind.__name__ for kind in fuzz_texts.KINDS} - {"date_of_a_file"}
    assert {f"{kind} {end}" for kind in kinds for end in ("read", "refused")} <= outcomes.keys()
