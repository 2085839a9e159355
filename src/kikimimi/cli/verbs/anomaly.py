"""`kikimimi anomaly`: learn what is normal of a machine or a place, and notice what is not."""

from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption

_FIT = "Example: kikimimi anomaly fit ~/Recordings/pump -o pump.model"
_SCORE = "Example: kikimimi anomaly score today.wav --model pump.model --json"

_EVALUATE = "Example: kikimimi anomaly evaluate dcase2024/dev_data -o results --machine fan"

DetectorOption = Annotated[
    str, typer.Option(help="autoencoder, gaussian, knn, ldn, sub_bands, mem_mixup or smote.")
]
SettingsOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="A setting of the detector, such as n_neighbors=2."),
]
RateOption = Annotated[
    float | None,
    typer.Option(help="Share of normal clips above the threshold.", show_default="0.1"),
]
FeaturesOption = Annotated[
    str | None,
    typer.Option(
        help="What is heard: encoder or log_mel_frames.",
        show_default="encoder; log_mel_frames for the autoencoder",
    ),
]
EncoderOption = Annotated[
    str | None, typer.Option(help="Name or folder of an encoder.", show_default="kikimimi")
]
LayerOption = Annotated[
    str | None,
    typer.Option(
        help="Layer of the encoder; '' for its frames.",
        show_default="layer7 where there is one, else its frames",
    ),
]
PoolingOption = Annotated[
    str | None,
    typer.Option(
        help="Over time: mean, mean_and_deviation, weighted_rank or none.", show_default="mean"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    group = typer.Typer(help="Learn what is normal, and notice what is not.", no_args_is_help=True)
    group.command("fit", epilog=_FIT)(fit)
    group.command("score", epilog=_SCORE)(score)
    group.command("evaluate", epilog=_EVALUATE)(evaluate)
    app.add_typer(group, name="anomaly")


def fit(
    normal: Annotated[
        list[Path], typer.Argument(help="Recordings of normal sound, or folders of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the model.")],
    target: Annotated[
        list[Path] | None,
        typer.Option(help="Normal sound of the target domain, where few are there."),
    ] = None,
    clip: Annotated[
        float, typer.Option(min=0, help="Length of clips in seconds; 0 to hear files whole.")
    ] = 10.0,
    detector: DetectorOption = "knn",
    settings: SettingsOption = None,
    false_alarm_rate: RateOption = None,
    features: FeaturesOption = None,
    encoder: EncoderOption = None,
    layer: LayerOption = None,
    pooling: PoolingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn from recordings of normal sound alone, and write a model."""
    from kikimimi.cli.anomalies.choices import DetectorChoice
    from kikimimi.cli.anomalies.fitting import FitCall, run_fit

    run_fit(
        FitCall(
            normal=tuple(normal),
            target=tuple(target or ()),
            output=output,
            choice=DetectorChoice(
                detector=detector,
                settings=tuple(settings or ()),
                false_alarm_rate=false_alarm_rate,
                features=features,
                encoder=encoder,
                layer=layer,
                pooling=pooling,
            ),
            clip_s=clip or None,
            as_json=as_json,
        )
    )


def score(
    files: Annotated[list[Path], typer.Argument(help="Sound files, or folders of them.")],
    model: Annotated[Path, typer.Option("--model", "-m", help="Folder of a fitted model.")],
    false_alarm_rate: Annotated[
        float | None,
        typer.Option(help="Move the threshold to this share.", show_default="the model's own"),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Folder for a picture of where each anomaly lies, PNG.")
    ] = None,
    fail_on_anomaly: Annotated[
        bool, typer.Option("--fail-on-anomaly", help="End with status 1 if one is anomalous.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell score, threshold and whether it is anomalous for each recording.

    The status is 1 if a recording, or a stretch of one, could not be scored.
    """
    from kikimimi.cli.anomalies.scoring import ScoreCall, run_scoring

    counts = run_scoring(ScoreCall(tuple(files), model, false_alarm_rate, picture, as_json))
    if counts.failed or (fail_on_anomaly and counts.anomalous):
        raise typer.Exit(1)


def evaluate(
    data: Annotated[Path, typer.Argument(help="DCASE task 2, MIMII or ToyADMOS, or named alike.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for files and report.")],
    dataset: Annotated[
        str | None,
        typer.Option(help="dcase-task2, mimii or toyadmos.", show_default="told by the layout"),
    ] = None,
    machine: Annotated[
        list[str] | None, typer.Option(help="Only this machine type; may be repeated.")
    ] = None,
    detector: DetectorOption = "knn",
    settings: SettingsOption = None,
    false_alarm_rate: RateOption = None,
    features: FeaturesOption = None,
    encoder: EncoderOption = None,
    layer: LayerOption = None,
    pooling: PoolingOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit and score each machine of a data set; write official files, figures and a report.

    The status is 1 if a machine could not be evaluated.
    """
    from kikimimi.cli.anomalies.choices import DetectorChoice
    from kikimimi.cli.anomalies.evaluating import EvaluateCall, run_evaluation

    choice = DetectorChoice(
        detector=detector,
        settings=tuple(settings or ()),
        false_alarm_rate=false_alarm_rate,
        features=features,
        encoder=encoder,
        layer=layer,
        pooling=pooling,
    )
    call = EvaluateCall(data, dataset, tuple(machine or ()), output, choice, as_json)
    if not run_evaluation(call):
        raise typer.Exit(1)
