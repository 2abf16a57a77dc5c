"""What is kept of a project is never of before its newest batch, and never of two moments."""

from __future__ import annotations

import threading
from datetime import date, datetime

import pytest

from mlpm_core.intake import Profile
from mlpm_core.services.in_life import deployments as deployments_service
from mlpm_core.services.in_life import portfolio as portfolio_service
from mlpm_core.services.in_life.portfolio import portfolio, project_view
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.imports import import_file
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.plan import estimates
from mlpm_core.services.session.consistent import consistent, kept
from mlpm_core.services.session.settings import Settings
from mlpm_core.services.session.workspace import Workspace
from mlpm_core.services.valuation import value_cases
from mlpm_core.services.valuation.value_cases import case_value
from tests.patience import PATIENCE

SHOP = "shop"


def put(workspace, kind, text):
    receipt = import_file(
        workspace.acting_as("ada"), SHOP, kind, "f.csv", text.encode(),
        profile=Profile(restatement="confirm"),
    )  # fmt: skip
    assert receipt.status == "committed", receipt


def case_called(workspace, title):
    head = "project,value_case_id,title,mechanism,model_id\n"
    put(workspace, "value_cases", f"{head}{SHOP},orders,{title},demand_forecast,m\n")


def project_called(workspace, title, **more):
    row = {"project": SHOP, "title": title, **more}
    registers.save(workspace.acting_as("ada"), SHOP, "projects", [row])


@pytest.fixture
def shop(tmp_path):
    workspace = open_recovered(Settings(data=tmp_path, demo=False))
    project_called(workspace, "Old")
    put(workspace, "models", f"project,model_id\n{SHOP},m\n")
    case_called(workspace, "Old")
    yield workspace
    workspace.close()


@pytest.fixture
def just_before(monkeypatch):
    """Have something happen once, just before a function of a module is called."""

    def set_up(module, name, happens):
        whole, waiting = getattr(module, name), [happens]

        def called(*args, **kwargs):
            if waiting:
                waiting.pop()()
            return whole(*args, **kwargs)

        monkeypatch.setattr(module, name, called)

    return set_up


def titles(workspace):
    (line,) = portfolio(workspace).lines
    return case_value(workspace, SHOP, "orders").title, line.case.title, line.project_title


@pytest.mark.parametrize(
    ("module", "name", "asked"),
    [
        (value_cases, "kept_cases", lambda w: case_value(w, SHOP, "orders")),
        (portfolio_service, "lines_of", lambda w: project_view(w, SHOP)),
        (portfolio_service, "lines_of", portfolio),
        (portfolio_service, "_lines_by", portfolio),
        (portfolio_service, "cases_by_id", portfolio),
        (deployments_service, "lines_of", lambda w: deployments_service.deployments(w, SHOP)),
        (deployments_service, "_lines_by", lambda w: deployments_service.deployments(w, None)),
        (deployments_service, "_lines_of", lambda w: deployments_service.deployments(w, None)),
    ],
)
def test_what_was_read_before_a_batch_is_not_kept_as_of_it(shop, just_before, module, name, asked):
    """Whoever asks holds a reader, or a project, of before the batch; the answer kept does not."""

    def batch():
        project_called(shop, "New")
        case_called(shop, "New")

    just_before(module, name, batch)
    asked(shop)
    assert titles(shop) == ("New", "New", "New")


def test_what_an_estimate_asks_is_not_kept_of_before_a_batch(shop, just_before):
    just_before(estimates, "kept_cases", lambda: project_called(shop, "New", currency="USD"))
    estimates.project_estimates(shop, SHOP)
    assert case_value(shop, SHOP, "orders").currency == "USD"


def test_what_is_valued_before_midnight_is_not_kept_for_the_day_after(shop, monkeypatch):
    valued, whole = [], value_cases.valued_case

    def counted(reader, project, row, today, **more):
        valued.append(today)
        return whole(reader, project, row, today, **more)

    monkeypatch.setattr(value_cases, "valued_case", counted)
    evening, day_after = datetime(2031, 1, 1, 23, 59), date(2031, 1, 2)
    for n_evenings in range(8):  # whenever midnight strikes
        left = [evening] * n_evenings
        monkeypatch.setattr(
            Workspace, "now",
            lambda self, left=left: left.pop() if left else datetime(2031, 1, 2),
        )  # fmt: skip
        shop.answers.__init__()
        valued.clear()
        portfolio(shop)
        left.clear()
        portfolio(shop)
        assert valued[-1] == day_after


@pytest.mark.parametrize("keeps", [False, True])
def test_nothing_torn_is_told_while_a_batch_is_being_committed(shop, keeps):
    """Between the commit and the moment at which everybody is told of it."""
    told, may_end = [], threading.Event()

    def read():
        with shop.store.reader() as reader:
            fresh = {p.title for p in reader.projects()}
        both = fresh | {p.title for p in shop.store.projects()}
        may_end.set()
        return both

    def ask():
        told.append(kept(shop, "q", SHOP, read) if keeps else consistent(shop, read, SHOP))

    class Slow(type(shop.store)):
        """A store whose writer is held up as soon as it has committed."""

        def __setattr__(self, name, value):
            if name == "_cached":
                threading.Thread(target=ask).start()
                may_end.wait(PATIENCE)
            super().__setattr__(name, value)

    assert {p.title for p in shop.store.projects()} == {"Old"}
    shop.store.__class__ = Slow
    project_called(shop, "New")
    shop.store.__class__ = Slow.__base__
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(10)
    if keeps:  # whoever asked may have been told half; nobody else is
        told = [kept(shop, "q", SHOP, read)]
    assert told == [{"New"}]
