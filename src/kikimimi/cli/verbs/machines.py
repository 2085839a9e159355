"""`kikimimi machines`: recordings of synthesised machines, healthy and with faults."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kikimimi.cli.made_folders import (
    ChangeOption,
    ExpectOption,
    RecipeArgument,
    VerifyOption,
    goes_on_when_stopped,
    leave_unless_expected,
    made_text,
)
from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_json, print_message, print_table
from kikimimi.cli.progress import file_progress

if TYPE_CHECKING:
    from kikimimi.datasets.machine_sounds import MachineRecipe, MachineReport

_EXAMPLE = "Example: kikimimi machines recipes/machines/small.yaml -o machines/small"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("machines", epilog=_EXAMPLE)(machines)


def machines(
    recipe: RecipeArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for audio and tables.")],
    change: ChangeOption = None,
    verify: VerifyOption = False,
    expect: ExpectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make recordings of machines by physical models, named as DCASE task 2 does.

    Same recipe and same versions: same bytes. Stopped and started again, it goes on where it was.
    """
    from kikimimi.datasets.machine_sounds import MachineRecipe
    from kikimimi.datasets.machine_sounds.folder import MachineFolder
    from kikimimi.training.config import load_recipe, recipe_text

    wanted = load_recipe(recipe, MachineRecipe, overrides=tuple(change or ()))
    report = _make(wanted, recipe_text(wanted), out)
    if verify:
        MachineFolder(out).check()
    if as_json:
        print_json(asdict(report))
    else:
        _tell(report, out, verified=verify)
    leave_unless_expected(
        out, report.digest, expect, causes="other versions of the packages (see versions.json)"
    )


def _make(wanted: "MachineRecipe", recipe_text: str, out: Path) -> "MachineReport":
    from kikimimi.datasets.machine_sounds import make_machine_sounds

    with goes_on_when_stopped(), file_progress("Making") as progress:
        return make_machine_sounds(wanted, recipe_text=recipe_text, out=out, progress=progress)


def _tell(report: "MachineReport", out: Path, *, verified: bool) -> None:
    kinds = ("train_normal", "test_normal", "test_anomaly")
    rows = [
        (machine, *(str(counts.get(kind, 0)) for kind in kinds))
        for machine, counts in report.clips.items()
    ]
    columns = ("machine", "to train, normal", "to test, normal", "to test, anomalous")
    print_table(columns, rows, right=columns[1:])
    print_message(
        made_text(
            out,
            what="recordings",
            made=report.made,
            kept=report.kept,
            digest=report.digest,
            verified=verified,
        )
    )
