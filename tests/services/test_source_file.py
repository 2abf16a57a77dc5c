"""The file of sources: a fault is a sentence that says where and repeats no secret."""

from __future__ import annotations

import pytest

from mlpm_core.services.ingest.source_file import read_source_file
from tests.scheduled import DSN, PASSWORD, toml

WHOLE = {
    "name": "a", "project": "shop", "kind": "metric_results", "every": "1 day", "files": "/x/*.csv",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"every": "daily"}, ["every", '"1 day"']),
        ({"every": "0 days"}, ["every"]),
        ({"every": 5}, ["every"]),
        ({"every": "9999 weeks"}, ["53 weeks"]),
        ({"kind": "results"}, ["results"]),
        ({"project": ""}, ["project"]),
        ({"files": "x/*.csv"}, ["whole path"]),
        ({"files": None}, ["files"]),
        ({"name": None}, ["name is missing"]),
        ({"name": "../x"}, ["letters"]),
        ({"answers": {"no-such-question": "x"}}, ["no-such-question"]),
        ({"accept_good": "yes"}, ["accept_good"]),
        ({"dsn": DSN}, ["dsn is not known", "dsn_env"]),
        ({"files": None, "connection": "postgres", "query": "SELECT 1"}, ["dsn_env"]),
        (
            {"files": None, "connection": "postgres", "query": "SELECT 1", "dsn_env": DSN},
            ["dsn_env", "environment variable"],
        ),
        ({"connection": "mysql"}, ["connection", "postgres"]),
    ],
)
def test_a_fault_in_the_file_is_a_sentence_that_repeats_no_secret(tmp_path, change, words):
    entry = {k: v for k, v in (WHOLE | change).items() if v is not None}
    path = tmp_path / "sources.toml"
    lines = [f"{key} = {toml(value)}" for key, value in entry.items()]
    path.write_text("\n".join(["[[source]]", *lines]) + '\n[[source]]\nname = "b"\nproject = "p"\n'
                    'kind = "kpi_actuals"\nevery = "2 hours"\nfiles = "/y"\n')  # fmt: skip
    read = read_source_file(path)
    assert [source.name for source in read.sources] == ["b"]
    (fault,) = read.faults
    assert all(word in fault for word in [*words, str(path), "source 1"])
    assert PASSWORD not in fault


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (f'[[source]]\ndsn = "{DSN}\n', "line 2"),
        ("source = 1", "[[source]]"),
        ("[source]\nname = 'a'", "[[source]]"),
        ("sources = []", "'sources'"),
        ("source = [1]", "source 1"),
        ("\x00", "TOML"),
    ],
)
def test_a_file_that_is_no_list_of_sources_is_a_sentence(tmp_path, text, word):
    path = tmp_path / "sources.toml"
    path.write_text(text)
    read = read_source_file(path)
    assert read.sources == ()
    assert word in " ".join(read.faults)
    assert PASSWORD not in " ".join(read.faults)


def test_a_file_that_everybody_may_write_is_not_believed(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text("")
    path.chmod(0o666)
    assert "chmod o-w" in read_source_file(path).faults[0]
    assert read_source_file(tmp_path / "none.toml").faults == ()
