"""Options that several verbs have, and what they stand for."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from kikimimi.encoders.vocabulary import Language
from kikimimi.errors import QueryError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.library.library import Library

LIBRARY_VARIABLE = "KIKIMIMI_LIBRARY"

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        envvar=LIBRARY_VARIABLE,
        help="The library file.",
        show_default="~/.kikimimi/library.kikimimi",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON lines for programs.")]
LanguageOption = Annotated[
    str, typer.Option("--language", help="Language of tag names: en or ja.", show_default="LANG")
]


def library_path(given: Path | None) -> Path:
    """The library file to use: the one given, else the user's own."""
    return given if given is not None else Path.home() / ".kikimimi" / "library.kikimimi"


def open_library(given: Path | None) -> "Library":
    """Open a library that must exist.

    Raises:
        LibraryError: it does not, or is no library.
    """
    # it brings half a second of imports, which verbs without a library should not wait for
    from kikimimi.library.library import Library

    library = Library(library_path(given))
    library.database  # noqa: B018 -- opens the file, so that a missing one is named at once
    return library


def parse_language(text: str) -> Language:
    """Read `en` or `ja`; an empty text means the language of the environment.

    Raises:
        QueryError: it is another language.
    """
    chosen = text.lower() or _language_of_environment()
    for language in get_args(Language):
        if chosen == language:
            return language
    raise QueryError(f"there are no tag names in the language {text!r}; use en or ja")


def _language_of_environment() -> str:
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG", "")
    return "ja" if locale.lower().startswith("ja") else "en"


def check_output(path: Path, *, suffixes: tuple[str, ...]) -> None:
    """Check the name of a file to write before any work is done.

    Raises:
        QueryError: its folder does not exist, or its ending is none of `suffixes`.
    """
    if path.suffix.lower() not in suffixes:
        known = ", ".join(suffixes)
        raise QueryError(f"{display_path(path)}: the name must end in {known}; choose another")
    if not path.absolute().parent.is_dir():
        raise QueryError(f"{display_path(path)}: its folder does not exist; make it first")
