"""`kikimimi evaluate`: figures of encoders, and of what `kikimimi train` has trained."""

from typing import Any

import typer
from typer.core import TyperGroup

from kikimimi.cli.evaluating import events, mapping, perturbation, probes, runs

_RUNS = "runs"


class RunsByDefault(TyperGroup):
    """Takes a call that begins with no name of an evaluation as one of `runs`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `runs` before arguments that need it."""
        helps = {"-h", "--help"}
        if args and args[0] not in self.commands and not helps & set(args[:1]):
            args = [_RUNS, *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    verb = typer.Typer(
        cls=RunsByDefault,
        no_args_is_help=True,
        help="Score runs of `kikimimi train` (evaluate RUN... --data D), or judge an encoder.",
        epilog="Examples: kikimimi evaluate runs/residual_cnn --data ESC-50; "
        "kikimimi evaluate linear --encoder kikimimi --data ESC-50",
    )
    verb.command(_RUNS, epilog="Example: kikimimi evaluate runs/residual_cnn --data ESC-50")(
        runs.runs
    )
    verb.command(
        "linear",
        epilog="Examples: kikimimi evaluate linear --data ESC-50 --lr auto; kikimimi evaluate "
        "linear --data ESC-50 --encoder runs/m2d/fold{fold}/encoder; "
        "kikimimi evaluate linear --data ESC-50 --layers layer7,layer14",
    )(probes.linear)
    verb.command("knn", epilog="Example: kikimimi evaluate knn --data ESC-50 -k 10")(probes.knn)
    verb.command("few-shot", epilog="Example: kikimimi evaluate few-shot --data ESC-50 --shots 5")(
        probes.few_shot
    )
    verb.command(
        "perturbation",
        epilog="Example: kikimimi evaluate perturbation --data ESC-50 --most 200 "
        "--picture moved.png",
    )(perturbation.perturbation)
    verb.command(
        "map",
        epilog="Examples: kikimimi evaluate map --data ESC-50 --method ica --out map.html; "
        "kikimimi evaluate map --library sounds.kikimimi --method umap --out map.png",
    )(mapping.draw_map)
    verb.command(
        "events",
        epilog="Examples: kikimimi evaluate events --reference test.tsv --estimated found.tsv; "
        "kikimimi evaluate events --reference test.tsv --scores scores",
    )(events.events)
    app.add_typer(verb, name="evaluate")
