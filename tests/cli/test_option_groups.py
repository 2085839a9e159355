"""Options that commands share, declared as the fields of a dataclass."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from kikimimi.cli.option_groups import takes


@dataclass(frozen=True, kw_only=True)
class Where:
    place: Annotated[str, typer.Option("--place", "-p", help="Where.")]
    depth: Annotated[int, typer.Option(min=0)] = 3


@takes(Where)
def dig(where: Where, tool: Annotated[str, typer.Argument()]) -> None:
    """Dig."""
    print(f"{tool} {where.place} {where.depth}")


@takes(Where, without={"depth"})
def look(where: Where) -> None:
    """Look."""
    print(f"{where.place} {where.depth}")


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(dig)
    app.command()(look)
    return app


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dig", "spade", "-p", "garden"], "spade garden 3"),
        (["dig", "--depth", "5", "--place", "here", "spoon"], "spoon here 5"),
        (["look", "-p", "there"], "there 3"),
    ],
)
def test_fields_become_options(command: typer.Typer, arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(command, arguments)
    assert (done.exit_code, done.stdout.strip()) == (0, told)


@pytest.mark.parametrize(
    "arguments",
    [["dig", "spade"], ["dig", "-p", "here"], ["dig", "s", "-p", "x", "--depth", "-1"]],
)
def test_what_is_missing_or_wrong_is_refused(command: typer.Typer, arguments: list[str]) -> None:
    assert CliRunner().invoke(command, arguments).exit_code == 2


def test_what_is_left_out_is_no_option(command: typer.Typer) -> None:
    done = CliRunner().invoke(command, ["look", "-p", "x", "--depth", "1"])
    assert done.exit_code == 2
