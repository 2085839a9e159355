"""Names in the order in which people expect them: take2 before take10."""

import re
import unicodedata

_DIGITS = re.compile(r"[0-9]+")


def natural_key(name: str) -> bytes:
    """A key whose order, byte by byte, is the natural one.

    Numbers count by their value, letters without case and width (NFKC), all else by its code
    point, so that Japanese stands in the order of Unicode. Names that are equal so far are told
    apart by how they are written.
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    key = _DIGITS.sub(_number, plain)
    return f"{key}\0{name}".encode("utf-8", "surrogatepass")


def _number(found: re.Match[str]) -> str:
    """A number as a digit (so that it stands where digits do), its length, and its digits."""
    digits = found.group().lstrip("0")
    return f"0{chr(0x30 + min(len(digits), 0xCFFF))}{digits}"
