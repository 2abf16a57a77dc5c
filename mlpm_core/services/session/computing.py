"""Computations that may fail without taking anything else down."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, TypeVar

from mlpm_core.errors import MlpmError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = logging.getLogger("mlpm.computing")

_Result = TypeVar("_Result")
FAILED: Final = "It could not be computed; the server's log says why."
"""The sentence for what is an error of ours: it is not kept, for the next try may go well."""


def or_reason(what: str, compute: Callable[[], _Result]) -> tuple[_Result | None, str | None]:
    """The result of a computation, or the sentence that says why there is none.

    One case or project stands beside many: whatever its numbers do to the maths, the others are
    answered. What is no sentence of ours is an error of ours, so it goes to the log.

    Parameters
    ----------
    what : str
        What is computed, for the log.

    Raises
    ------
    StoreError
        When the store itself refuses: that concerns everything.

    Examples
    --------
    >>> or_reason("a sum", lambda: 1 + 1)
    (2, None)
    """
    try:
        return compute(), None
    except StoreError:
        raise
    except MlpmError as error:
        return None, str(error)
    except Exception:
        LOG.exception("%s could not be computed", what)
        return None, FAILED
