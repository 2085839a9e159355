"""The command `kikimimi`: finds the verbs, runs one, turns errors into one line and a status.

Each module in `kikimimi.cli.verbs` is one verb. Status 0: all went well; 1: some inputs failed,
each is named; 2: the call was wrong or the library cannot be used.
"""

import pkgutil
import sys
from importlib import import_module
from typing import Annotated, Any

import typer

from kikimimi import __version__
from kikimimi.audio.native_messages import silence_native_messages
from kikimimi.cli import verbs
from kikimimi.errors import KikimimiError


def main() -> None:
    """Run the command line and leave the process with its status."""
    silence_native_messages()
    try:
        app(only=_named_verb(sys.argv[1:]))(standalone_mode=True)
    except KikimimiError as error:
        print(f"kikimimi: {error}", file=sys.stderr)
        sys.exit(2)


def app(*, only: str | None = None) -> Any:
    """Build the command with every verb, or with one: what the others import takes a second."""
    command = typer.Typer(
        name="kikimimi",
        help="Kikimimi (聞き耳): find sound effects by ear.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    command.callback()(_common)
    for name in _verb_names() if only is None else [only]:
        import_module(f"{verbs.__name__}.{name}").register(command)
    return command


def _verb_names() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(verbs.__path__)]


def _named_verb(arguments: list[str]) -> str | None:
    """The verb that a call begins with, None if it begins with anything else."""
    return arguments[0] if arguments and arguments[0] in _verb_names() else None


def _common(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=lambda v: _version(v))
    ] = False,
) -> None:
    """Find sound effects by ear."""


def _version(wanted: bool) -> None:
    if wanted:
        print(f"kikimimi {__version__}")
        raise typer.Exit
