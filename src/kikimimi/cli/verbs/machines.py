"""`kikimimi machines`: recordings of synthesised machines, healthy and with faults."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_failure, print_json, print_message, print_table
from kikimimi.cli.progress import file_progress
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.datasets.machine_sounds import MachineRecipe, MachineReport

_EXAMPLE = "Example: kikimimi machines recipes/machines/small.yaml -o machines/small"


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("machines", epilog=_EXAMPLE)(machines)


def machines(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for audio and tables.")],
    change: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe, such as seed=1.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Then compare every file with its digest.")
    ] = False,
    expect: Annotated[
        str | None, typer.Option(help="Fail unless the digest of all begins like this.")
    ] = None,
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
    if expect is not None and not report.digest.startswith(expect):
        print_failure(
            out,
            f"the digest is {report.digest}, not {expect}; other versions of the packages (see "
            "versions.json) give other bytes",
        )
        raise typer.Exit(1)


def _make(wanted: "MachineRecipe", recipe_text: str, out: Path) -> "MachineReport":
    from kikimimi.datasets.machine_sounds import make_machine_sounds

    try:
        with file_progress("Making") as progress:
            return make_machine_sounds(wanted, recipe_text=recipe_text, out=out, progress=progress)
    except KeyboardInterrupt:
        print_message("stopped; what was made is kept, and the same command goes on")
        raise


def _tell(report: "MachineReport", out: Path, *, verified: bool) -> None:
    kinds = ("train_normal", "test_normal", "test_anomaly")
    rows = [
        (machine, *(str(counts.get(kind, 0)) for kind in kinds))
        for machine, counts in report.clips.items()
    ]
    columns = ("machine", "to train, normal", "to test, normal", "to test, anomalous")
    print_table(columns, rows, right=columns[1:])
    print_message(
        f"{display_path(out)}: {report.made} recordings made, {report.kept} were there; "
        f"digest {report.digest[:16]}{'; all files are as they were made' if verified else ''}"
    )
