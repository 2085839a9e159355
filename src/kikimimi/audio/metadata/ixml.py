"""iXML documents, which anybody may have written: no entities, bounds on depth and length."""

from typing import Any
from xml.parsers import expat

from kikimimi.audio.metadata.texts import clean_text

_MOST_ENTRIES = 200
_DEEPEST = 20


class _RefusedError(Exception):
    """The document declares what an iXML document has no use for."""


class _Reader:
    """Collects the texts of elements without children, by the path of their names."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._is_leaf = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST or len(self.found) >= _MOST_ENTRIES:
            raise _RefusedError
        self._path.append(clean_text(name).lower())
        self._text, self._is_leaf = [], True

    def text(self, data: str) -> None:
        self._text.append(data)

    def end(self, _name: str) -> None:
        text = clean_text("".join(self._text))
        if self._is_leaf and text:
            self.found[self._free_name(" / ".join(self._path[1:]) or self._path[0])] = text
        self._path.pop()
        self._text, self._is_leaf = [], False

    def _free_name(self, path: str) -> str:
        name, number = path, 2
        while name in self.found:
            name, number = f"{path} {number}", number + 1
        return name


def read_ixml(payload: bytes) -> dict[str, Any]:
    """The texts of a document by the path of their elements; as far as it can be read.

    A document with a type declaration, where entities are declared, gives nothing.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(payload.rstrip(b"\0 \r\n\t"), True)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):
        return reader.found
    return reader.found


def _refuse(*_declaration: object) -> None:
    raise _RefusedError
