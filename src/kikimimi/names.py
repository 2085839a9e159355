"""Telling which name was probably meant, for messages about names that do not exist."""

from collections.abc import Iterable
from difflib import get_close_matches


def suggestion(name: str, known: Iterable[str]) -> str:
    """The known name nearest to `name` as a question, or all that are known."""
    options = list(known)
    near = get_close_matches(name, options, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known: {', '.join(options)}"
