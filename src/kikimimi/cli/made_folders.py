"""What commands have in common that make a folder of audio by a recipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.output import print_failure, print_message
from kikimimi.paths import display_path

RecipeArgument = Annotated[Path, typer.Argument(help="The recipe, a YAML file.")]
ChangeOption = Annotated[
    list[str] | None, typer.Option("--set", help="Change the recipe, such as seed=1.")
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Then compare every file with its digest.")
]
ExpectOption = Annotated[
    str | None, typer.Option(help="Fail unless the digest of all begins like this.")
]


@contextmanager
def goes_on_when_stopped() -> Iterator[None]:
    """Tell someone who stops the command that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        print_message("stopped; what was made is kept, and the same command goes on")
        raise


def made_text(out: Path, *, what: str, made: int, kept: int, digest: str, verified: bool) -> str:
    """One line about what stands in the folder now."""
    end = "; all files are as they were made" if verified else ""
    return f"{display_path(out)}: {made} {what} made, {kept} were there; digest {digest[:16]}{end}"


def leave_unless_expected(out: Path, digest: str, expected: str | None, *, causes: str) -> None:
    """End with status 1 if the digest of a folder does not begin as it is expected to.

    Args:
        out: the folder.
        digest: of all that it holds.
        expected: how it should begin; None takes any.
        causes: what gives other bytes, as a plural.
    """
    if expected is not None and not digest.startswith(expected):
        print_failure(out, f"the digest is {digest}, not {expected}; {causes} give other bytes")
        raise typer.Exit(1)
