"""What a lighthouse project found out flows back into the brief of the project it is for."""

from __future__ import annotations

import pytest

from mlpm_core.errors import InputError, NotFoundError
from mlpm_core.records import FindingRecord
from mlpm_core.services.ingest import registers
from mlpm_core.services.ingest.recovery import open_recovered
from mlpm_core.services.ingest.undo import undo
from mlpm_core.services.plan.lighthouses import lighthouses, offered_findings, take_over
from mlpm_core.services.session.settings import Settings
from tests.stores import copied

SOLID = {
    "finding_id": "a", "area": "data", "statement": "Two years are there", "confidence": "proven",
    "evidence": "counted", "found_on": "2026-05-01", "owner": "Pia", "factor": "data_dirty",
    "applies": "no",
}  # fmt: skip


@pytest.fixture
def shop(tmp_path, empty_folder):
    """A store with a project, a lighthouse for it, and one for something else."""
    workspace = open_recovered(Settings(data=copied(empty_folder, tmp_path), demo=False))
    workspace = workspace.acting_as("ada")
    save(workspace, "big", "projects", {"project": "big", "title": "Big"})
    for name, target in (("lamp", "big"), ("other", "elsewhere")):
        row = {"project": name, "title": f"The {name}", "lighthouse_for": target}
        save(workspace, name, "projects", row)
        save(workspace, name, "findings", SOLID)
    yield workspace
    workspace.close()


def save(workspace, project, kind, *rows):
    receipt = registers.save(workspace, project, kind, rows)
    assert receipt.status == "committed", receipt.rejects


def findings_of(workspace, project):
    with workspace.store.reader() as reader:
        return {f.finding_id: f for f in reader.current(FindingRecord, project)}


def test_only_checked_and_proven_findings_of_its_own_lighthouses_are_offered(shop):
    more = {"area": "data", "statement": "?"}
    save(
        shop, "lamp", "findings",
        more | {"finding_id": "b", "confidence": "assumed"},
        more | {"finding_id": "c", "confidence": "checked"},
        more | {"finding_id": "d", "confidence": "proven", "archived": True},
    )  # fmt: skip
    assert [p.project for p in lighthouses(shop, "big")] == ["lamp"]
    assert [o.finding_id for o in offered_findings(shop, "big")] == ["lamp-a", "lamp-c"]
    assert offered_findings(shop, "lamp") == ()


def test_a_project_is_no_lighthouse_for_itself_and_an_archived_one_is_none(shop):
    save(shop, "big", "projects", {"project": "big", "title": "Big", "lighthouse_for": "big"})
    save(shop, "big", "findings", SOLID)
    row = {"project": "lamp", "title": "L", "lighthouse_for": "big", "archived": True}
    save(shop, "lamp", "projects", row)
    assert offered_findings(shop, "big") == ()


def test_a_finding_taken_over_says_which_lighthouse_it_rests_on_and_can_be_undone(shop):
    receipt = take_over(shop, "big", ["lamp-a"]).receipt
    assert receipt.status == "committed"
    taken = findings_of(shop, "big")["lamp-a"]
    assert taken.evidence == "Lighthouse The lamp: counted"
    original = findings_of(shop, "lamp")["a"]
    for name in ("area", "statement", "confidence", "owner", "found_on", "factor", "applies"):
        assert getattr(taken, name) == getattr(original, name), name
    assert offered_findings(shop, "big") == ()
    undo(shop, "big", receipt.batch)
    assert findings_of(shop, "big") == {}
    assert len(offered_findings(shop, "big")) == 1


def test_what_the_lighthouse_says_differently_later_is_offered_as_an_update(shop):
    take_over(shop, "big", ["lamp-a"])
    own = dict(findings_of(shop, "big")["lamp-a"]) | {"owner": "Tom"}
    save(shop, "big", "findings", {k: v for k, v in own.items() if k != "project"})
    assert offered_findings(shop, "big") == ()
    save(shop, "lamp", "findings", SOLID | {"statement": "Only one year is there"})
    (offer,) = offered_findings(shop, "big")
    assert offer.is_update
    take_over(shop, "big", [offer.finding_id])
    taken = findings_of(shop, "big")["lamp-a"]
    assert (taken.statement, taken.owner) == ("Only one year is there", "Tom")


def test_one_that_was_put_aside_is_not_offered_again(shop):
    take_over(shop, "big", ["lamp-a"])
    row = dict(findings_of(shop, "big")["lamp-a"]) | {"archived": True}
    save(shop, "big", "findings", {k: v for k, v in row.items() if k != "project"})
    save(shop, "lamp", "findings", SOLID | {"statement": "Something else"})
    assert offered_findings(shop, "big") == ()


def test_what_is_not_offered_is_not_taken_over(shop):
    for names in ([], ["lamp-z"], ["other-a"], ["lamp-a", "lamp-z"]):
        with pytest.raises(InputError):
            take_over(shop, "big", names)
    assert findings_of(shop, "big") == {}
    with pytest.raises(NotFoundError):
        offered_findings(shop, "nowhere")
