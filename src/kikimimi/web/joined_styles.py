"""The style sheets of the page as one, so that a browser waits for a single file of them."""

import re
from pathlib import Path

_LINK = re.compile(r'^\s*<link rel="stylesheet" href="/static/([^"]+)">\n', re.MULTILINE)


def joined_styles(document: str, folder: Path) -> str:
    """The style sheets that a document names, one after the other in its order."""
    return "\n".join((folder / name).read_text("utf-8") for name in _LINK.findall(document))


def with_one_style(document: str, address: str) -> str:
    """The document with one style sheet in place of the first, and without the others."""
    once = iter([f'    <link rel="stylesheet" href="{address}">\n'])
    return _LINK.sub(lambda _: next(once, ""), document)
