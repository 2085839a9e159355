"""Text out of binary fields, whatever its encoding was."""

_LONGEST = 4000


def decode_text(data: bytes) -> str:
    """One line of printable text: UTF-8, else Shift-JIS where that gives Japanese, else Latin-1.

    What follows a zero byte is left out, and so is what follows 4,000 characters.
    """
    held = data.split(b"\0", 1)[0]
    return clean_text(_decoded(held))


def clean_text(text: str) -> str:
    """The text on one line without control characters, at most 4,000 of them."""
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())[:_LONGEST]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        return data.decode("latin-1")
    # Half-width katakana are what accented letters of Latin-1 look like in Shift-JIS.
    is_japanese = not any("｡" <= character <= "ﾟ" for character in text)
    return text if is_japanese else data.decode("latin-1")
