"""Who can do which work: what is covered, what hangs on one person, who leads, who learns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

ALONE: Final = 3
"""Level from which somebody does a category of work without help; 4 teaches it."""
WITH_HELP: Final = 2
HIGHEST: Final = 4
GOVERNANCE: Final = "governance"
MODELLING: Final = ("data", "explore", "feature", "train", "evaluate", "deploy")
"""The product's own: categories of which a technical lead masters at least one."""
USUAL_ROLES: Final = {
    "governance": ("BT", "DM"),
    "data": ("DE", "BT"),
    "infra": ("MLE", "DE"),
    "explore": ("DS", "DE"),
    "feature": ("DS", "DE"),
    "train": ("DS", "MLE"),
    "evaluate": ("DS", "BT"),
    "deploy": ("MLE", "DE"),
    "document": ("DS", "MLE"),
    "support": ("MLE", "DS"),
}
"""The product's own: the role that usually leads each category of work, and one that helps."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a team: the role they play, and a level from 0 to 4 in each category of work.

    A category without a level is one they cannot do.
    """

    person_id: str
    name: str
    role: str
    levels: Mapping[str, int]
    wants: frozenset[str] = frozenset()
    is_lead: bool = False

    def level(self, category: str) -> int:
        """How well they do a category of work, 0 to 4."""
        return self.levels.get(category, 0)


class Cover(StrEnum):
    """How well a category of work is covered."""

    COVERED = "covered"
    ONE_PERSON = "one_person"
    UNCOVERED = "uncovered"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class CategoryCover:
    """One row of the coverage matrix.

    ``by_role`` is the best level of each role, ``alone`` the names of those who do it without
    help: as many as the bus factor.
    """

    category: str
    cover: Cover
    by_role: Mapping[str, int]
    alone: tuple[str, ...]
    best: int

    @property
    def bus_factor(self) -> int:
        """How many people do it without help."""
        return len(self.alone)


def coverage_matrix(
    people: Sequence[Person], needed: Collection[str], *, categories: Sequence[str] = ()
) -> tuple[CategoryCover, ...]:
    """Categories of work by roles: the best level of each, and on how many people it hangs.

    Parameters
    ----------
    people : sequence of Person
        The team.
    needed : collection of str
        Categories in which there is work to do.
    categories : sequence of str
        Rows in their order; by default those of ``USUAL_ROLES``.

    Returns
    -------
    tuple of CategoryCover
        A needed category that nobody does without help (level 3) is uncovered, one that a single
        person does hangs on that person.

    Raises
    ------
    InputError
        When a level is not from 0 to 4.

    Examples
    --------
    >>> ana = Person("ana", "Ana", "DS", {"train": 3, "data": 1})
    >>> rows = coverage_matrix([ana], {"train", "data"})
    >>> [(r.category, r.cover.value, r.bus_factor) for r in rows if r.cover != "not_needed"]
    [('data', 'uncovered', 0), ('train', 'one_person', 1)]
    """
    _check(people)
    roles = list(dict.fromkeys(person.role for person in people))
    rows = []
    for category in categories or USUAL_ROLES:
        by_role = {role: max(p.level(category) for p in people if p.role == role) for role in roles}
        alone = tuple(p.name for p in people if p.level(category) >= ALONE)
        cover = _cover(len(alone)) if category in needed else Cover.NOT_NEEDED
        best = max(by_role.values(), default=0)
        rows.append(CategoryCover(category, cover, by_role, alone, best))
    return tuple(rows)


def _cover(bus_factor: int) -> Cover:
    if bus_factor == 0:
        return Cover.UNCOVERED
    return Cover.ONE_PERSON if bus_factor == 1 else Cover.COVERED


def _check(people: Sequence[Person]) -> None:
    for person in people:
        if any(not 0 <= level <= HIGHEST for level in person.levels.values()):
            raise InputError(f"A level of {person.name!r} is not from 0 to {HIGHEST}.")


class Shape(StrEnum):
    """What somebody's levels look like."""

    T_SHAPED = "t_shaped"
    DEEP = "deep"
    BROAD = "broad"
    GROWING = "growing"


@dataclass(frozen=True, slots=True)
class TShape:
    """Depth and breadth of somebody's skills.

    ``depth`` is the highest level, ``second`` the second highest, ``index`` the first less the
    second, and ``breadth`` how many other categories they do with help at least.
    """

    depth: int
    second: int
    breadth: int
    shape: Shape

    @property
    def index(self) -> int:
        """Highest level less the second highest: 0 for equal skills, 4 for a single one."""
        return self.depth - self.second


def t_shape(person: Person) -> TShape:
    """Whether somebody is deep in one category of work and useful in others.

    Notes
    -----
    T-shaped: one level of at least 3, and at least two other categories of at least 2. Deep
    without breadth hangs the person's other work on others; broad without depth needs help
    everywhere. The limits are the product's own.

    Examples
    --------
    >>> shape = t_shape(Person("ana", "Ana", "DS", {"train": 4, "feature": 3, "data": 2}))
    >>> shape.index, shape.breadth, shape.shape.value
    (1, 2, 't_shaped')
    """
    levels = sorted(person.levels.values(), reverse=True)
    depth, second = [*levels, 0, 0][:2]
    breadth = sum(level >= WITH_HELP for level in levels[1:])
    enough = breadth >= 2
    if depth >= ALONE:
        shape = Shape.T_SHAPED if enough else Shape.DEEP
    else:
        shape = Shape.BROAD if enough else Shape.GROWING
    return TShape(depth, second, breadth, shape)


class LeadGap(StrEnum):
    """What a project's technical lead lacks."""

    NOBODY = "nobody"
    NOT_A_MODELLING_ROLE = "not_a_modelling_role"
    NO_DEPTH = "no_depth"
    NO_DELIVERY = "no_delivery"


def lead_gaps(
    people: Sequence[Person], modelling_roles: Collection[str]
) -> tuple[tuple[str, LeadGap], ...]:
    """What each technical lead lacks; nothing when all is well.

    Parameters
    ----------
    people : sequence of Person
        The team.
    modelling_roles : collection of str
        Roles that build models; empty when nobody said which do, and then only levels count.

    Returns
    -------
    tuple of (str, LeadGap)
        Name and gap; a team without a lead has one gap, of nobody.

    Notes
    -----
    A lead plays a role that builds models with a level of at least 3 in some of that work, and has
    at least 2 in managing delivery. That a technical person leads is Thompson's (2023, Managing
    machine learning projects, Manning); the levels are the product's own.

    Examples
    --------
    >>> pia = Person("pia", "Pia", "DS", {"train": 3, "governance": 1}, is_lead=True)
    >>> [(name, gap.value) for name, gap in lead_gaps([pia], {"DS"})]
    [('Pia', 'no_delivery')]
    """
    leads = [person for person in people if person.is_lead]
    if not leads:
        return (("", LeadGap.NOBODY),)
    gaps = []
    for lead in leads:
        if modelling_roles and lead.role not in modelling_roles:
            gaps.append((lead.name, LeadGap.NOT_A_MODELLING_ROLE))
        if max(lead.level(category) for category in MODELLING) < ALONE:
            gaps.append((lead.name, LeadGap.NO_DEPTH))
        if lead.level(GOVERNANCE) < WITH_HELP:
            gaps.append((lead.name, LeadGap.NO_DELIVERY))
    return tuple(gaps)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two people for a piece of work: one wants to learn it, the other is one level above."""

    category: str
    learner: str
    teacher: str
    level: int


def pairings(people: Sequence[Person], needed: Collection[str]) -> tuple[Pairing, ...]:
    """Who could learn from whom in the work there is.

    Parameters
    ----------
    people : sequence of Person
        The team; ``wants`` are the categories somebody wants to learn.
    needed : collection of str
        Categories in which there is work to do.

    Returns
    -------
    tuple of Pairing
        Where the gap is one level: who is further above explains too much at once. Those whose
        work hangs on the fewest people come first.

    Examples
    --------
    >>> ana = Person("ana", "Ana", "DS", {"train": 3})
    >>> ben = Person("ben", "Ben", "DE", {"train": 2}, wants=frozenset({"train"}))
    >>> pairings([ana, ben], {"train"})
    (Pairing(category='train', learner='Ben', teacher='Ana', level=2),)
    """
    found = [
        Pairing(category, learner.name, teacher.name, learner.level(category))
        for learner in people
        for category in sorted(learner.wants & set(needed))
        for teacher in people
        if teacher.person_id != learner.person_id
        and teacher.level(category) - learner.level(category) == 1
    ]
    alone = {c: sum(p.level(c) >= ALONE for p in people) for c in needed}
    return tuple(sorted(found, key=lambda pair: (alone[pair.category], -pair.level, pair.category)))


def unmet_wishes(people: Sequence[Person]) -> tuple[tuple[str, str], ...]:
    """Who wants to learn what, with nobody one level above them: a course rather than a pairing.

    Examples
    --------
    >>> unmet_wishes([Person("ben", "Ben", "DE", {}, wants=frozenset({"train"}))])
    (('Ben', 'train'),)
    """
    return tuple(
        (person.name, category)
        for person in people
        for category in sorted(person.wants)
        if not any(other.level(category) - person.level(category) == 1 for other in people)
    )
