"""Paths as text for people."""

import os


def display_path(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    """Return `path` as one line of printable text.

    Newlines and other control characters are escaped, bytes that are not UTF-8 become U+FFFD, so
    that the result can stand in an error message, a table or JSON. It is not a way back to the
    file.
    """
    text = os.fsencode(path).decode("utf-8", "replace")
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    # A space is printable here and U+3000 is not, though both belong in a name.
    if character.isprintable() or character == "\u3000":
        return character
    return character.encode("unicode_escape").decode("ascii")
