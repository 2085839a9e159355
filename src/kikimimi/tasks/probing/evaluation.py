"""Probes over the official parts of a data set, seed by seed.

Axes: V clips, D embedding size.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from kikimimi.errors import ConfigError
from kikimimi.metrics.confidence import Estimate, mean_with_interval
from kikimimi.tasks.probing.data import Parts, ProbeData, parts_of
from kikimimi.tasks.probing.few_shot import episode_accuracy
from kikimimi.tasks.probing.linear import (
    Examples,
    LinearSettings,
    choose_lr,
    fit_linear,
    score,
)
from kikimimi.tasks.probing.neighbours import neighbour_scores
from kikimimi.types import FloatArray

SEEDS = (42, 43, 44)

Embeddings = Callable[[int], FloatArray]
"""Gives the embeddings (V, D) of all clips that are right for a test fold."""


@dataclass(frozen=True, slots=True)
class ProbeScore:
    """What a probe reached on the test clips of a fold.

    `seed` is that of the probe, or the number of the draw in few-shot evaluation; `lr`, `epochs`
    and `validation` (its score there) are those of a linear probe.
    """

    fold: int
    seed: int
    metric: str
    value: float
    clips: int
    lr: float | None = None
    epochs: int | None = None
    validation: float | None = None

    def record(self) -> dict[str, object]:
        """As plain values, without what this kind of probe does not have."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class ProbeSummary:
    """Over seeds, each the plain mean over its folds.

    `estimate` has the mean and the half width of its 95 % confidence interval, `deviation` is the
    standard deviation (n - 1), 0 for one seed.
    """

    metric: str
    estimate: Estimate
    deviation: float
    by_seed: tuple[float, ...]
    by_fold: dict[int, float]


def linear_scores(
    data: ProbeData,
    embeddings: Embeddings,
    settings: LinearSettings,
    *,
    lr: float | None,
    folds: Sequence[int] = (),
    seeds: Sequence[int] = SEEDS,
) -> Iterator[ProbeScore]:
    """Train and test a linear probe for each test fold and seed.

    Args:
        data: the clips.
        embeddings: of them.
        settings: of the probe.
        lr: the learning rate; None chooses it once for each fold, on the validation part that the
            first seed draws.
        folds: which to test; all that the data set tests if empty.
        seeds: of the first weights, the order of the clips and a drawn validation part.

    Raises:
        ConfigError: there is no such fold, or a part is too small.
    """
    classes = len(data.class_names)
    for fold in folds or data.test_folds:
        clips, rate = Examples(embeddings(fold), data.targets), lr
        for seed in seeds:
            parts = parts_of(data, test_fold=fold, seed=seed)
            train, validation = clips.at(parts.train), clips.at(parts.validation)
            if rate is None:
                rate = choose_lr(train, validation, settings, classes=classes, seed=seed)
            probe = fit_linear(train, validation, settings, classes=classes, lr=rate, seed=seed)
            test = clips.at(parts.test)
            metric, value = score(probe.logits(test.embeddings), test.targets)
            yield ProbeScore(
                *(fold, seed, metric, value, len(parts.test)),
                lr=rate,
                epochs=probe.epochs,
                validation=probe.validation,
            )


def neighbour_fold_scores(
    data: ProbeData, embeddings: Embeddings, *, k: int, folds: Sequence[int] = ()
) -> Iterator[ProbeScore]:
    """Classify the test clips of each fold by their k nearest among all other clips.

    Raises:
        ConfigError: there is no such fold, or k is more than the training clips.
    """
    for fold in folds or data.test_folds:
        clips = Examples(embeddings(fold), data.targets)
        parts = _whole_parts(data, fold)
        test = clips.at(parts.test)
        found = neighbour_scores(
            clips.at(parts.train), test.embeddings, k=k, classes=len(data.class_names)
        )
        yield ProbeScore(fold, 0, *score(found, test.targets), len(parts.test))


def few_shot_scores(
    data: ProbeData,
    embeddings: Embeddings,
    *,
    shots: int,
    ways: int | None = None,
    draws: int = 20,
    folds: Sequence[int] = (),
) -> Iterator[ProbeScore]:
    """Run `draws` episodes on each test fold; their training clips come from the other folds.

    The draws of a fold and number are always the same, so that encoders can be compared.

    Raises:
        ConfigError: there is no such fold, clips have several labels, or a class is too small.
    """
    if data.is_multi_label:
        raise ConfigError(
            f"data set '{data.name}': few-shot evaluation needs one label for each clip; "
            "choose another"
        )
    for fold in folds or data.test_folds:
        clips = Examples(embeddings(fold), data.targets)
        parts = _whole_parts(data, fold)
        train, test = clips.at(parts.train), clips.at(parts.test)
        for draw in range(1, draws + 1):
            generator = np.random.default_rng([draw, fold])
            value = episode_accuracy(train, test, shots=shots, ways=ways, generator=generator)
            yield ProbeScore(fold, draw, "accuracy", value, len(parts.test))


def _whole_parts(data: ProbeData, fold: int) -> Parts:
    """The official parts with all that is not tested for training, where nothing is chosen."""
    parts = parts_of(data, test_fold=fold, seed=0)
    if data.validation_fold:
        return parts
    train = np.sort(np.concatenate([parts.train, parts.validation]))
    return Parts(train, parts.validation, parts.test)


def summarise(scores: Sequence[ProbeScore]) -> ProbeSummary:
    """Mean over folds for each seed, then mean, interval and deviation over seeds.

    Raises:
        ValueError: there are no scores.
    """
    seeds = dict.fromkeys(each.seed for each in scores)
    folds = dict.fromkeys(each.fold for each in scores)
    by_seed = [float(np.mean([e.value for e in scores if e.seed == seed])) for seed in seeds]
    return ProbeSummary(
        metric=scores[0].metric,
        estimate=mean_with_interval(by_seed),
        deviation=float(np.std(by_seed, ddof=1)) if len(by_seed) > 1 else 0.0,
        by_seed=tuple(by_seed),
        by_fold={
            fold: float(np.mean([e.value for e in scores if e.fold == fold])) for fold in folds
        },
    )
