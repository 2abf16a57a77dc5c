"""What the environment says of this process; read before anything heavy is imported."""

from __future__ import annotations

import re
import tempfile
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from mlpm_core.errors import InputError
from mlpm_core.services.session.addresses import local_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from mlpm_core.intake import Limits

_ROOT = Path(__file__).resolve().parents[3]
_PREFIX: Final = "MLPM_"
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([,_ '])[0-9]{3})(?:\1[0-9]{3})*")


def _usual_folder() -> Path:
    """In a checkout the store beside the demo; else, where MLPM is installed, in this folder."""
    is_checkout = (_ROOT / "app.py").is_file()
    return (_ROOT / "data" / "store" if is_checkout else Path.cwd() / "mlpm-data").resolve()


def _folder(value: str | Path) -> Path:
    """The folder that a text names: ``~`` is the home folder, other paths begin here."""
    if isinstance(value, Path):
        return value
    try:
        value.encode()
        folder = Path(value).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(
            f"MLPM_DATA is {value!r}, which is no path of a folder; write one such as /srv/mlpm."
        ) from error
    if "?" in str(folder):  # DuckDB would put its log of changes elsewhere
        raise ValueError(
            f"MLPM_DATA is {value!r}; a database cannot lie in a folder with a question mark in "
            "its path. Name another one."
        )
    return folder


def _file(value: str | Path | None) -> Path | None:
    """The file that a text names, by the rules of a folder."""
    if value is None or isinstance(value, Path):
        return value
    try:
        return Path(value.strip()).expanduser().absolute()
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"MLPM_SOURCES is {value!r}, which is no path of a file; write one such as "
            "/etc/mlpm/sources.toml."
        ) from error


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _digits(value: object) -> object:
    """A whole number as it is written: ASCII digits alone."""
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise PydanticCustomError("no_whole_number", "no whole number")
    return int(text)


def _count(value: object) -> object:
    """A whole number, its thousands in groups or not."""
    text = str(value).strip()
    return _digits(re.sub(r"[,_ ']", "", text) if _GROUPED.fullmatch(text) else text)


def _address(text: str) -> str:
    return local_address(text.strip(), "MLPM_ADDRESS")


def _token(text: str | None) -> str | None:
    token = (text or "").strip()
    if not token.isprintable():
        raise ValueError(
            "MLPM_TOKEN holds a line break or another control character, which no request can "
            "send; use letters, digits and dashes."
        )
    return token or None


_Flag = Annotated[bool, BeforeValidator(_stripped)]
_Count = Annotated[int, BeforeValidator(_count)]


class Settings(BaseSettings):
    """What the environment says: each field is ``MLPM_`` and its name in capitals.

    Names, defaults, bounds and what each is for are said here alone: the errors are made of them,
    and a test holds README and ``make help`` to them.
    """

    model_config = SettingsConfigDict(
        alias_generator=lambda name: f"{_PREFIX}{name.upper()}",
        populate_by_name=True,
        case_sensitive=True,
        frozen=True,
    )

    port: Annotated[int, BeforeValidator(_digits)] = Field(
        8501, ge=1, le=65_535, description="where it listens"
    )
    address: Annotated[str, BeforeValidator(_address)] = Field(
        "127.0.0.1",
        description="on which address of this machine (127.0.0.1, ::1, localhost); another one is "
        "refused until there is sign-in",
    )
    data: Annotated[Path, BeforeValidator(_folder)] = Field(
        default_factory=_usual_folder,
        description="the store: database, raw files, ledger; a folder of any name in UTF-8 without "
        "a question mark",
    )
    demo: _Flag = Field(
        default=True, description="1 loads the demo into an empty store, 0 does not"
    )
    max_file_mb: _Count = Field(
        512,
        ge=1,
        le=1_000_000,
        description="the largest file that is taken, measured unpacked; the screen Upload takes "
        "500 MB at most",
    )
    max_rows: _Count = Field(
        1_000_000, ge=1, le=10_000_000_000, description="the most rows of one file"
    )
    max_log_rows: _Count = Field(
        20_000_000,
        ge=1,
        le=10_000_000_000,
        description="the same of a prediction log or of labels",
    )
    sources: Annotated[Path | None, BeforeValidator(_file)] = Field(
        None,
        description="the file of [scheduled sources](docs/operations.md#scheduled-sources), "
        "`sources.toml` in `MLPM_DATA` unless given",
    )
    read_only: _Flag = Field(
        default=False,
        description="1 only reads: no screen, route or command stores or undoes anything; "
        "backups and tokens can be made",
    )
    token: Annotated[str | None, BeforeValidator(_token)] = Field(
        None,
        repr=False,
        description="one more token for all HTTP routes, beside the one in `server.json` in "
        "`MLPM_DATA`, which only its owner can read",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is made by hand is what was given; `from_environment` alone reads the rest."""
        return (init_settings,)

    @property
    def max_bytes(self) -> int:
        """The largest file that is taken, once unpacked."""
        return self.max_file_mb * 2**20

    @property
    def spool(self) -> Path:
        """Where uploads lie while they arrive."""
        return self.data / "spool"

    @property
    def source_file(self) -> Path:
        """Where the operator says which sources are read on a schedule."""
        return self.sources or self.data / "sources.toml"

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
            When variables do not say what they may; it names each, and what it may say.
        """
        environment = EnvSettingsSource(cls)()
        texts = {name: text for name, text in environment.items() if text.strip()}
        try:
            return cls(**texts)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            raise InputError(
                " ".join(_sentence(str(fault["loc"][0]), fault, texts) for fault in faults)
            ) from None


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like a setting and is none.

    Examples
    --------
    >>> misspelt({"mlpm_readonly": "1", "MLPM_PORT": "8501", "HOME": "/root"})
    ['mlpm_readonly is no setting and changes nothing; did you mean MLPM_READ_ONLY?']
    """
    return [
        f"{name} is no setting and changes nothing; {_advice(name.upper())}"
        for name in sorted(environment)
        if name.upper().startswith(_PREFIX) and name not in _variables()
    ]


def _advice(name: str) -> str:
    names = sorted(_variables())
    whole = {each.removeprefix(_PREFIX): each for each in names}
    near = get_close_matches(name.removeprefix(_PREFIX), whole, n=1, cutoff=0.5)
    return f"did you mean {whole[near[0]]}?" if near else f"there are {', '.join(names)}."


def _variables() -> dict[str, FieldInfo]:
    """The field that each variable sets."""
    return {f"{_PREFIX}{name.upper()}": field for name, field in Settings.model_fields.items()}


def _sentence(variable: str, fault: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What a variable says, and what it may say."""
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    field, written = _variables()[variable], texts[variable].strip()
    if field.annotation is bool:
        return f"{variable} is {written!r}; write 1, true, yes or on, or 0, false, no or off."
    (least,) = (bound.ge for bound in field.metadata if hasattr(bound, "ge"))
    (most,) = (bound.le for bound in field.metadata if hasattr(bound, "le"))
    what, form = ("port", "d") if variable == "MLPM_PORT" else ("whole number", ",")
    return (
        f"{variable} is {written!r}; expected a {what} from {least:{form}} to {most:{form}}, "
        f"such as {field.default:{form}}."
    )
