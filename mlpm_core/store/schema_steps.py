"""How the schema came about: the migrations, and what they make of an empty store at once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

import duckdb

# A type is written in quotes until its file is opened again, so quotes are left out.
VIEWS: Final = """
SELECT view_name AS name, replace(sql, '"', '') AS text FROM duckdb_views() WHERE NOT internal
UNION ALL SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal
"""


@cache
def migrations() -> tuple[tuple[int, str], ...]:
    """Every numbered migration with its text, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".sql"))
    return tuple((int(n[:4]), folder.joinpath(n).read_text("utf-8")) for n in files)


@cache
def first_schema() -> tuple[int, str]:
    """What all migrations up to a number make of an empty store, as text; with that number.

    They make most views several times and most tables twice. A test holds both ways equal; later
    migrations come on top.
    """
    folder = resources.files(__package__).joinpath("migrations", "whole")
    (file,) = (f for f in folder.iterdir() if f.name.endswith(".sql"))
    return int(file.name[:4]), file.read_text("utf-8")


@cache
def intended_views() -> frozenset[tuple[str, str]]:
    """The name and text of every view and macro that the migrations make."""
    with duckdb.connect(config={"enable_external_access": "false"}) as blank:
        for _, text in migrations():
            blank.execute(text)
        return frozenset(blank.execute(VIEWS).fetchall())
