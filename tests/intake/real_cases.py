"""Files as people have them, and what is right for each kind: one table a group, one runner."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mlpm_core.intake import Profile
from mlpm_core.records import Status, columns, record_of
from tests.intake_stored import Shelf, told_of

FOLDER = Path(__file__).with_name("real_files")
NOW = datetime(2027, 1, 1)
STORED = {"value_cases": ["v"], "kpis": ["refund-cost", "response-time"], "models": ["churn"]}


@dataclass(frozen=True)
class Case:
    """A file, the answers that somebody gave, and what must come of it.

    ``file`` is a name in ``real_files``, or the text itself. ``asked`` are the codes of the
    questions that are open; without any the file is read: ``rows`` are parts of its first rows.
    """

    id: str
    file: str | bytes
    kind: str = "metric_results"
    answers: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    says: str = ""
    rows: tuple[dict[str, object], ...] = ()
    n: int | None = None
    read_as: str = ""
    ignored: int = 0
    rejects: tuple[str, ...] = ()
    name: str = "file.csv"
    warns: tuple[str, ...] = field(default=())

    def told(self):
        """What the intake says of it."""
        profile = Profile()
        for answer in self.answers:
            profile = profile.answered(*answer.split("=", 1))
        name, data = self.name, self.file
        if isinstance(data, str) and "\n" not in data:
            name, data = data, (FOLDER / data).read_bytes()
        data = data.encode() if isinstance(data, str) else data
        shelf = Shelf(**STORED)
        return told_of(data, name, record_of(self.kind), now=NOW, profile=profile, stored=shelf)


def rows_of(told, kind):
    """The rows as dictionaries, without what is empty."""
    names = [c.name for c in columns(record_of(kind))]
    return [dict(zip(names, row, strict=True)) for row in told.rows]


def holds(case):
    """Hold a case to what is right."""
    told = case.told()
    receipt = told.receipt
    counts = receipt.accepted + receipt.rejected + receipt.blank + receipt.ignored
    assert receipt.lines == counts
    if case.asked:
        assert receipt.status is Status.ASKED, receipt
        assert tuple(q.code for q in receipt.questions) == case.asked, receipt.questions
        first = receipt.questions[0]
        if case.choices:
            assert tuple(first.choices) == case.choices
        texts = [first.message, *first.preview]
        assert case.says in "\n".join(texts), texts
        return
    assert tuple(sorted({r.code for r in receipt.rejects})) == case.rejects, receipt
    assert not receipt.questions, receipt.questions
    rows = rows_of(told, case.kind)
    for expected, row in zip(case.rows, rows, strict=False):
        assert {name: row[name] for name in expected} == expected
    assert len(rows) >= len(case.rows)
    if case.n is not None:
        assert len(rows) == case.n
    assert receipt.ignored == case.ignored
    assert case.read_as in receipt.read_as, receipt.read_as
    assert set(case.warns) <= {w.code for w in receipt.warnings}
