"""What the environment says of this process; read before anything heavy is imported."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlpm_core.errors import InputError
from mlpm_core.services.session.addresses import local_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlpm_core.intake import Limits

_ROOT = Path(__file__).resolve().parents[3]
_PREFIX: Final = "MLPM_"
_NAMES: Final = (
    "MLPM_ADDRESS", "MLPM_DATA", "MLPM_DEMO", "MLPM_MAX_FILE_MB", "MLPM_MAX_LOG_ROWS",
    "MLPM_MAX_ROWS", "MLPM_PORT", "MLPM_READ_ONLY", "MLPM_TOKEN",
)  # fmt: skip
_YES: Final = frozenset({"1", "true", "yes", "on", "y", "t"})
_NO: Final = frozenset({"0", "false", "no", "off", "n", "f"})
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([,_ '])[0-9]{3})(?:\1[0-9]{3})*")
_MOST_MB: Final = 1_000_000
_MOST_ROWS: Final = 10_000_000_000


@dataclass(frozen=True)
class Settings:
    """What the environment says: ``MLPM_DATA``, ``MLPM_PORT``, ``MLPM_ADDRESS`` and the rest.

    ``MLPM_MAX_FILE_MB``, ``MLPM_MAX_ROWS`` and ``MLPM_MAX_LOG_ROWS`` (of prediction logs) bound
    what is read.
    """

    data: Path
    port: int = 8501
    address: str = "127.0.0.1"
    demo: bool = True
    read_only: bool = False
    token: str | None = None
    max_file_mb: int = 512
    max_rows: int = 1_000_000
    max_log_rows: int = 20_000_000

    @property
    def max_bytes(self) -> int:
        """The largest file that is taken, once unpacked."""
        return self.max_file_mb * 2**20

    @property
    def spool(self) -> Path:
        """Where uploads lie while they arrive."""
        return self.data / "spool"

    def limits(self, kind: str) -> Limits:
        """The largest file of a kind that is read."""
        from mlpm_core.intake import Limits

        is_log = kind in ("prediction_log", "labels")
        return Limits(self.max_bytes, self.max_log_rows if is_log else self.max_rows)

    def make_folder(self) -> None:
        """Make the data folder if it is missing, for its owner alone, and see that it can be used.

        Raises
        ------
        InputError
            When it cannot be made, is no folder, or cannot be written although this copy of MLPM
            does more than read.
        """
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.read_only:
                with tempfile.TemporaryFile(dir=self.data):
                    pass
        except FileExistsError:
            raise InputError(
                f"MLPM_DATA is {str(self.data)!r}, which is a file; name a folder."
            ) from None
        except OSError as error:
            raise InputError(
                f"MLPM_DATA is {str(self.data)!r}, where nothing can be written "
                f"({error.strerror}); name a folder that you may write to, or set MLPM_READ_ONLY=1 "
                "to read what is there."
            ) from error

    @classmethod
    def from_environment(cls) -> Settings:
        """The settings of this process; what is empty or only spaces counts as not set.

        Raises
        ------
        InputError
            When a variable does not say what it may; the sentence names it and what it may say.
        """
        return cls(
            data=_folder("MLPM_DATA", _usual_folder()),
            port=_port("MLPM_PORT", cls.port),
            address=local_address(_said("MLPM_ADDRESS") or cls.address, "MLPM_ADDRESS"),
            demo=_flag("MLPM_DEMO", default=cls.demo),
            read_only=_flag("MLPM_READ_ONLY", default=cls.read_only),
            token=_token("MLPM_TOKEN"),
            max_file_mb=_above_zero("MLPM_MAX_FILE_MB", cls.max_file_mb, _MOST_MB),
            max_rows=_above_zero("MLPM_MAX_ROWS", cls.max_rows, _MOST_ROWS),
            max_log_rows=_above_zero("MLPM_MAX_LOG_ROWS", cls.max_log_rows, _MOST_ROWS),
        )


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like a setting and is none.

    Examples
    --------
    >>> misspelt({"mlpm_readonly": "1", "MLPM_PORT": "8501", "HOME": "/root"})
    ['mlpm_readonly is no setting and changes nothing; did you mean MLPM_READ_ONLY?']
    """
    return [
        f"{name} is no setting and changes nothing; {_advice(name.upper(), _NAMES)}"
        for name in sorted(environment)
        if name.upper().startswith(_PREFIX) and name not in _NAMES
    ]


def _advice(name: str, names: Iterable[str]) -> str:
    whole = {each.removeprefix(_PREFIX): each for each in names}
    near = get_close_matches(name.removeprefix(_PREFIX), whole, n=1, cutoff=0.5)
    return f"did you mean {whole[near[0]]}?" if near else f"there are {', '.join(names)}."


def _said(name: str) -> str:
    """What a variable says, without the spaces around it."""
    return os.environ.get(name, "").strip()


def _flag(name: str, *, default: bool) -> bool:
    said = _said(name)
    if not said:
        return default
    if said.lower() in _YES:
        return True
    if said.lower() in _NO:
        return False
    raise InputError(f"{name} is {said!r}; write 1, true, yes or on, or 0, false, no or off.")


def _port(name: str, default: int) -> int:
    said = _said(name) or str(default)
    if not (re.fullmatch(r"[0-9]{1,5}", said) and 0 < int(said) < 65536):
        raise InputError(f"{name} is {said!r}; expected a port from 1 to 65535, such as {default}.")
    return int(said)


def _above_zero(name: str, default: int, most: int) -> int:
    """A whole number, its thousands in groups or not."""
    said = _said(name) or str(default)
    digits = re.sub(r"[,_ ']", "", said) if _GROUPED.fullmatch(said) else said
    if not (re.fullmatch(r"[0-9]{1,18}", digits) and 0 < int(digits) <= most):
        raise InputError(
            f"{name} is {said!r}; expected a whole number from 1 to {most:,}, such as {default:,}."
        )
    return int(digits)


def _usual_folder() -> Path:
    """In a checkout the store beside the demo; else, where MLPM is installed, in this folder."""
    is_checkout = (_ROOT / "app.py").is_file()
    return _ROOT / "data" / "store" if is_checkout else Path.cwd() / "mlpm-data"


def _folder(name: str, default: Path) -> Path:
    """The folder that a variable names: ``~`` is the home folder, other paths begin here."""
    said = os.environ.get(name, "")
    if not said.strip():
        return default.resolve()
    try:
        said.encode()
        folder = Path(said).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            f"{name} is {said!r}, which is no path of a folder; write one such as /srv/mlpm."
        ) from error
    if "?" in str(folder):  # DuckDB would put its log of changes elsewhere
        raise InputError(
            f"{name} is {said!r}; a database cannot lie in a folder with a question mark in its "
            "path. Name another one."
        )
    return folder


def _token(name: str) -> str | None:
    said = _said(name)
    if not said.isprintable():
        raise InputError(
            f"{name} holds a line break or another control character, which no request can send; "
            "use letters, digits and dashes."
        )
    return said or None
