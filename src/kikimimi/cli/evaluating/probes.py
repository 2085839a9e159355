"""`kikimimi evaluate linear`, `knn` and `few-shot`: how much a frozen encoder knows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kikimimi.cli.evaluating.options import (
    DEFAULT,
    CacheOption,
    DataOption,
    DatasetOption,
    EncoderOption,
    FoldEmbeddings,
    FoldsOption,
    FuseOption,
    LayersOption,
    OutOption,
    UnitOption,
    cache_folder,
    check_record,
    encoder_choice,
    read_data,
    whole_numbers,
    write_record,
)
from kikimimi.cli.options import JsonOption
from kikimimi.cli.output import print_json, print_message
from kikimimi.errors import QueryError

if TYPE_CHECKING:
    from kikimimi.tasks.probing.data import ProbeData
    from kikimimi.tasks.probing.evaluation import ProbeScore, ProbeSummary


def linear(
    data: DataOption,
    encoder: EncoderOption = DEFAULT,
    dataset: DatasetOption = None,
    layers: LayersOption = None,
    fuse: FuseOption = "concat",
    lr: Annotated[
        str,
        typer.Option(help="Learning rate; auto chooses it on the validation part of each fold."),
    ] = "3e-4",
    batch_size: Annotated[int, typer.Option(min=1, help="Clips of a step.")] = 200,
    folds: FoldsOption = None,
    seeds: Annotated[str, typer.Option(help="Seeds of the probe, one run each.")] = "42,43,44",
    unit_s: UnitOption = None,
    cache: CacheOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train one linear layer on the standardised embeddings of a frozen encoder, and test it.

    Adam, at most 200 epochs, stopped when the validation part (the official one, or a random 10 %
    of the training clips) has not improved for 20, the best kept. Prints accuracy (or mean average
    precision where clips have several labels) as the mean over seeds with its 95 % confidence
    interval, each seed the mean over folds.
    """
    import torch

    from kikimimi.tasks.probing.evaluation import linear_scores
    from kikimimi.tasks.probing.linear import LinearSettings

    torch.set_num_threads(1)
    check_record(out)
    chosen_folds, chosen_seeds = _folds(folds), whole_numbers(seeds, option="--seeds")
    rate = _learning_rate(lr)
    settings = LinearSettings(batch_size=batch_size)
    choice = encoder_choice(encoder, layers, fuse)
    clips = read_data(choice, data, dataset, unit_s)
    embeddings = FoldEmbeddings(clips, choice, cache_folder(cache))
    scores = linear_scores(
        clips, embeddings, settings, lr=rate, folds=chosen_folds, seeds=chosen_seeds
    )
    facts = {"method": "linear", "lr": rate or "auto", **asdict(settings)}
    _report(scores, clips, embeddings, facts, out, as_json=as_json)


def knn(
    data: DataOption,
    encoder: EncoderOption = DEFAULT,
    dataset: DatasetOption = None,
    layers: LayersOption = None,
    fuse: FuseOption = "concat",
    k: Annotated[int, typer.Option("-k", "--neighbours", min=1, help="How many vote.")] = 10,
    folds: FoldsOption = None,
    unit_s: UnitOption = None,
    cache: CacheOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give each test clip the class that most of its k nearest clips have (cosine similarity)."""
    from kikimimi.tasks.probing.evaluation import neighbour_fold_scores

    check_record(out)
    chosen_folds = _folds(folds)
    choice = encoder_choice(encoder, layers, fuse)
    clips = read_data(choice, data, dataset, unit_s)
    embeddings = FoldEmbeddings(clips, choice, cache_folder(cache))
    scores = neighbour_fold_scores(clips, embeddings, k=k, folds=chosen_folds)
    _report(scores, clips, embeddings, {"method": "knn", "k": k}, out, as_json=as_json)


def few_shot(
    data: DataOption,
    encoder: EncoderOption = DEFAULT,
    dataset: DatasetOption = None,
    layers: LayersOption = None,
    fuse: FuseOption = "concat",
    shots: Annotated[int, typer.Option(min=1, help="Training clips of each class.")] = 5,
    ways: Annotated[
        int | None, typer.Option(min=2, help="Classes of an episode.", show_default="all")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Episodes on each test fold.")] = 20,
    folds: FoldsOption = None,
    unit_s: UnitOption = None,
    cache: CacheOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Know each class by a few training clips: the nearest class mean wins (cosine similarity)."""
    from kikimimi.tasks.probing.evaluation import few_shot_scores

    check_record(out)
    chosen_folds = _folds(folds)
    choice = encoder_choice(encoder, layers, fuse)
    clips = read_data(choice, data, dataset, unit_s)
    embeddings = FoldEmbeddings(clips, choice, cache_folder(cache))
    scores = few_shot_scores(
        clips, embeddings, shots=shots, ways=ways, draws=draws, folds=chosen_folds
    )
    facts = {"method": "few-shot", "shots": shots, "ways": ways or "all", "draws": draws}
    _report(scores, clips, embeddings, facts, out, as_json=as_json)


def _folds(text: str | None) -> tuple[int, ...]:
    return whole_numbers(text, option="--folds")


def _learning_rate(text: str) -> float | None:
    if text == "auto":
        return None
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1:
        raise QueryError(f"--lr '{text}' is no rate between 0 and 1; write 3e-4, or auto")
    return rate


def _report(
    scores: "Iterator[ProbeScore]",
    clips: "ProbeData",
    embeddings: FoldEmbeddings,
    facts: dict[str, object],
    out: Any,
    *,
    as_json: bool,
) -> None:
    """Print each score as it comes, then the summary; write both to a file if asked."""
    from kikimimi.tasks.probing.evaluation import summarise

    collected: list[ProbeScore] = []
    for each in scores:
        collected.append(each)
        if as_json:
            print_json(each.record())
        elif each.seed != 0 and facts["method"] == "linear":
            print_message(_line(each))
    summary = summarise(collected)
    record = {**_facts(clips, embeddings, facts), **_summary_record(summary)}
    if as_json:
        print_json(record)
    else:
        _print_summary(summary, clips, embeddings, facts)
    write_record(out, {**record, "scores": [each.record() for each in collected]})


def _line(each: "ProbeScore") -> str:
    return (
        f"fold {each.fold}, seed {each.seed}: {each.metric} {each.value:.2%} "
        f"({each.clips} clips; lr {each.lr:g}, {each.epochs} epochs, "
        f"validation {each.validation:.2%})"
    )


def _facts(
    clips: "ProbeData", embeddings: FoldEmbeddings, facts: dict[str, object]
) -> dict[str, object]:
    encoders = embeddings.identities
    return {
        "dataset": clips.name,
        "clips": len(clips.paths),
        "unit_s": clips.unit_s,
        "encoder": next(iter(encoders.values())) if len(set(encoders.values())) == 1 else encoders,
        **facts,
    }


def _summary_record(summary: "ProbeSummary") -> dict[str, object]:
    return {
        summary.metric: summary.estimate.mean,
        "confidence_95": summary.estimate.half_width,
        "deviation": summary.deviation,
        "by_seed": list(summary.by_seed),
        "by_fold": {str(fold): value for fold, value in summary.by_fold.items()},
    }


def _print_summary(
    summary: "ProbeSummary",
    clips: "ProbeData",
    embeddings: FoldEmbeddings,
    facts: dict[str, object],
) -> None:
    encoders = list(dict.fromkeys(embeddings.identities.values()))
    settings = ", ".join(f"{name} {value}" for name, value in facts.items() if name != "method")
    print_message(
        f"{clips.name}, {clips.unit_s:g} s of each clip; {facts['method']}: {settings}; "
        f"encoder {_listed(encoders)}"
    )
    value = f"{summary.metric} {summary.estimate.mean:.2%}"
    count, folds = len(summary.by_seed), len(summary.by_fold)
    over = f"over {count} {'draws' if facts['method'] == 'few-shot' else 'seeds'}"
    if count == 1:
        print(f"{value} ({folds} {'fold' if folds == 1 else 'folds'})")
    elif facts["method"] == "few-shot":
        print(f"{value}, s.d. {summary.deviation:.2%} {over}")
    else:
        print(f"{value} ± {summary.estimate.half_width:.2%} (95 % CI {over})")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more, one a fold"
