"""Text that came in gzip, unpacked and counted on the way out."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from mlpm_core.intake.files.text_of_rows import over_limit
from mlpm_core.intake.messages import Refusal

if TYPE_CHECKING:
    from mlpm_core.intake.profile import Limits

_FIRST, _LARGEST = 1 << 8, 1 << 20
_MOST_MEMBERS: Final = 100_000  # a block-wise packer writes one for every 64 kB
_PADDING: Final = re.compile(rb"\x00*")


def unpacked_gzip(data: bytes, filename: str, limits: Limits) -> bytes:
    """What a gzip archive holds, all its members one after the other.

    Raises
    ------
    Refusal
        When it is damaged, or larger than the limit once unpacked.
    """
    out = bytearray()
    at, n_members = 0, 0
    while at < len(data):
        n_members += 1
        if n_members > _MOST_MEMBERS:
            kind = f"a gzip archive of more than {_MOST_MEMBERS:,} parts"
            raise Refusal.of("wrong-type", file=filename, type=kind)
        try:
            at = _member(data, at, out, limits.file_bytes)
        except zlib.error:
            raise Refusal.of("wrong-type", file=filename, type="a damaged gzip archive") from None
        except EOFError:
            kind = "a gzip archive that is cut off"
            raise Refusal.of("wrong-type", file=filename, type=kind) from None
        padding = _PADDING.match(data, at)
        at = padding.end() if padding else at
    return bytes(out)


def _member(data: bytes, at: int, out: bytearray, most: int) -> int:
    """Unpack one member, and return where it ends.

    What lies behind a member is handed back as a copy, so that a small one must be given little
    beyond itself: pieces begin small and grow.
    """
    stream = zlib.decompressobj(wbits=31)
    piece = _FIRST
    while not stream.eof:
        if at >= len(data):
            raise EOFError
        rest = data[at : at + piece]
        at += len(rest)
        piece = min(2 * piece, _LARGEST)
        while rest and not stream.eof:
            out += stream.decompress(rest, min(_LARGEST, most + 1 - len(out)))
            rest = stream.unconsumed_tail
            if len(out) > most:
                raise over_limit(most)
    return at - len(stream.unused_data)
