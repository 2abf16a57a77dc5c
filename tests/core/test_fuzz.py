"""Mutated files: none crashes or hangs the intake, and every row of each is accounted for."""

from collections import Counter

from tests.fuzz import run

N_FILES = 1_500


def test_whatever_a_file_holds_no_row_of_it_is_unaccounted_for(capsys):
    """The same files in every run; ``make soak`` reads many others."""
    first = 0
    outcomes: Counter[str] = Counter()
    findings = []
    for number, outcome, _ in run(range(first, first + N_FILES), jobs=1):
        outcomes[outcome[:1] if outcome.startswith("!") else outcome] += 1
        if outcome.startswith("!"):
            findings.append(f"python -m tests.fuzz 1 --first {number}  {outcome}")
    with capsys.disabled():
        print(f" {N_FILES} mutated files from {first}: {dict(outcomes)}", end="")
    assert findings == []
    assert min(outcomes[word] for word in ("asked", "refused", "rejected", "accepted")) > 20
