"""Which modules the page needs at once, so that a browser asks for all of them together.

Without being told, it learns of a module only when the one that imports it has come: eight times
one after the other.
"""

import re
from collections.abc import Iterable
from pathlib import Path

_IMPORT = re.compile(r'^\s*(?:import|export)\s(?:[^;"]*?\sfrom\s)?\s*"(\.[^"]+)";', re.MULTILINE)


def needed_modules(folder: Path, entries: Iterable[str]) -> list[str]:
    """Paths under `folder` of some modules, of those that they import, and so on.

    Imports that wait until they are wanted, `import("...")`, are not followed.
    """
    found: dict[str, None] = {}
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = None
        module = folder / name
        for imported in _IMPORT.findall(module.read_text("utf-8")):
            waiting.append((module.parent / imported).resolve().relative_to(folder).as_posix())
    return sorted(found)


def with_preloads(document: bytes, names: Iterable[str]) -> bytes:
    """A document that names these modules in its head."""
    links = "".join(f'    <link rel="modulepreload" href="/static/{name}">\n' for name in names)
    return document.replace(b"  </head>", links.encode() + b"  </head>", 1)
