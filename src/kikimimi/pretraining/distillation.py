"""Distillation of a MobileNet from YAMNet, with class labels where there are any.

The student starts from the teacher's layers, hears whole clips instead of patches, and learns at
once: the teacher's event scores over time, the classes of labelled clips, groups of these classes,
to be near clips of the same kind, binary codes of several lengths, and to keep all of it in a 128-d
vector (from which a training-only head must tell the teacher's scores too). Knowledge distillation:
Hinton, Vinyals and Dean, 2015.

Axes: B clips, N mel frames, F mel bands, M embedding frames, K_e events, K_c classes, G groups.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.encoders.mobilenet import EMBEDDING_SCALE, MobileNet, MobileNetConfig
from kikimimi.pretraining.contrastive import ContrastiveConfig, ContrastiveLoss
from kikimimi.pretraining.distillation_batches import (
    Batch,
    ViewAugmentation,
    ViewChoice,
    load_batch,
)
from kikimimi.pretraining.distillation_views import Views
from kikimimi.pretraining.hashing.heads import HashConfig, HashHeads
from kikimimi.pretraining.hashing.losses import classification_loss
from kikimimi.pretraining.yamnet_teacher import copy_layers
from kikimimi.training.loop import LoopSettings, fit
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder
from kikimimi.training.schedules import ScheduleSettings
from kikimimi.training.seeds import epoch_generator, seed_libraries
from kikimimi.training.trainable import Shard

_BACKBONE_SHARE = 0.1
_RARE_LOGIT = -4.0


@dataclass(frozen=True, slots=True)
class LossWeights:
    """What each thing that is learned counts."""

    events: float = 0.1
    embedding_events: float = 0.1
    classes: float = 1.0
    """Each class for itself, so that its score says whether it is heard."""
    groups: float = 0.0
    """Each group for itself."""
    choice: float = 0.0
    """One class against the others, and one group against the others."""
    contrast: float = 0.0
    hashing: float = 0.0


@dataclass(frozen=True, slots=True)
class DistillationConfig:
    """Settings of one training."""

    batch_size: int = 32
    frozen_blocks: int = 4
    """Lowest blocks, and the stem, that keep the teacher's weights."""
    weights: LossWeights = field(default_factory=LossWeights)
    augmentation: ViewAugmentation = field(default_factory=ViewAugmentation)
    hashing: HashConfig = field(default_factory=lambda: HashConfig(embedding_scale=EMBEDDING_SCALE))
    contrast: ContrastiveConfig = field(default_factory=ContrastiveConfig)
    optimiser: OptimiserSettings = field(
        default_factory=lambda: OptimiserSettings(
            lr=2e-3,
            weight_decay=1e-2,
            lr_multipliers={"network.blocks": _BACKBONE_SHARE, "network.events": _BACKBONE_SHARE},
        )
    )
    schedule: ScheduleSettings = field(default_factory=lambda: ScheduleSettings(warmup_epochs=1.5))
    loop: LoopSettings = field(
        default_factory=lambda: LoopSettings(
            epochs=24, gradient_clip=1.0, ema_decay=0.998, figures_every=0
        )
    )


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The classes that are learned: columns of `Views.classes`, and the group of each."""

    categories: tuple[int, ...]
    groups: tuple[int, ...]


class Student(nn.Module):
    """The network and the heads that are needed in training only."""

    def __init__(self, labels: LabelSet, config: DistillationConfig) -> None:
        super().__init__()
        classes = len(labels.categories)
        self.network = MobileNet(MobileNetConfig(class_count=classes))
        size = self.network.config.embedding_size
        self.embedding_events = nn.Linear(size, self.network.config.event_count)
        self.groups = nn.Linear(size, max(labels.groups) + 1)
        grouping = functional.one_hot(torch.tensor(labels.groups), self.groups.out_features)
        self.contrast = ContrastiveLoss(grouping.float(), size, config.contrast)
        self.hash_heads = HashHeads(size, classes, config.hashing)
        for head in (self.embedding_events, self.network.classes):
            nn.init.constant_(head.bias, _RARE_LOGIT)

    def encoder(self) -> MobileNet:
        """The network with the planes of the binary codes, as an encoder needs it."""
        config = self.network.config
        bits = tuple(self.hash_heads.config.bits)
        encoder = MobileNet(
            MobileNetConfig(config.embedding_size, config.event_count, config.class_count, bits)
        )
        encoder.load_state_dict({**self.network.state_dict(), **self.hash_heads.encoder_tensors()})
        return encoder.eval()


class Distillation:
    """A student with its views and its losses, as the training loop wants it.

    Args:
        views: what the student hears, and the teacher's scores.
        teacher: the teacher's file, whose layers the student starts from.
        config: the settings.
        labels: the classes that are learned; views of other classes are left out.
        test_fold: the fold that the training never hears; None for none.
    """

    def __init__(
        self,
        views: Views,
        teacher: Path,
        config: DistillationConfig,
        labels: LabelSet,
        *,
        test_fold: int | None,
    ) -> None:
        seed_libraries(config.loop.seed)
        self._student = Student(labels, config)
        copy_layers(teacher, self._student.network)
        self._student.network.stem.requires_grad_(requires_grad=False)
        self._student.network.blocks[: config.frozen_blocks].requires_grad_(requires_grad=False)
        self.network: nn.Module = self._student
        self._views, self._config, self._labels = views, config, labels
        self._choice = ViewChoice(views, test_fold=test_fold, categories=labels.categories)

    def steps_per_epoch(self, world_size: int) -> int:
        """Batches of an epoch for each process."""
        return len(self._choice) // self._config.batch_size // world_size

    def batches(self, epoch: int, shard: Shard) -> Iterator[Batch]:
        """Every clip once, in one of its views."""
        seed = self._config.loop.seed
        picked = list(self._choice.epoch(self._config.batch_size, epoch_generator(seed, epoch)))
        generator = epoch_generator(seed, epoch, rank=shard.rank + 1)
        for rows in shard.take(picked):
            yield load_batch(
                self._views, rows, self._config.augmentation, self._labels.categories, generator
            )

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """All terms, and their weighted sum."""
        student, weights = self._student, self._config.weights
        output = student.network(batch.log_mel)
        embedding = EMBEDDING_SCALE * output.embedding
        labelled = ~torch.isnan(batch.classes[:, 0])
        shares = distributions(batch.classes)
        hashing = student.hash_heads.losses(output.embedding, shares)
        group_logits = student.groups(embedding)
        grouping = student.contrast.grouping
        terms = {
            "classes": labelled_entropy(output.class_logits, batch.classes),
            "events": sum_of_entropies(output.event_logits, batch.events).mean(),
            "embedding_events": sum_of_entropies(
                student.embedding_events(embedding), batch.events.mean(dim=1)
            ).mean(),
            "groups": labelled_entropy(group_logits, batch.classes @ grouping),
            "choice": classification_loss(output.class_logits, shares)
            + classification_loss(group_logits, shares @ grouping),
            "contrast": student.contrast(output.embedding[labelled], batch.classes[labelled]),
            "hashing": hashing["loss"],
        }
        loss = torch.stack([getattr(weights, name) * term for name, term in terms.items()]).sum()
        return {"loss": loss, **terms}

    def figures(self, network: nn.Module) -> dict[str, float]:
        """None: nothing is chosen by figures while training."""
        return {}


def distil(
    views: Views,
    teacher: Path,
    config: DistillationConfig,
    labels: LabelSet,
    *,
    test_fold: int | None,
    run: RunFolder,
) -> MobileNet:
    """Train a student on all views but those of `test_fold`; return its averaged weights.

    Killed and called again, it goes on to the same result.

    Raises:
        ConfigError: the run folder belongs to another recipe.
        KikimimiError: the loss became NaN, or the run folder cannot be written.
    """
    trained = fit(
        Distillation(views, teacher, config, labels, test_fold=test_fold),
        config.loop,
        run,
        optimiser=config.optimiser,
        schedule=config.schedule,
    )
    student = trained.ema or trained.network
    if not isinstance(student, Student):
        raise TypeError(f"expected a Student, got {type(student).__name__}")
    return student.encoder()


def labelled_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """`sum_of_entropies` (B, K), mean over the clips that have a label; 0 if none has."""
    labelled = ~torch.isnan(targets[:, 0])
    losses = sum_of_entropies(logits, targets.nan_to_num())
    return (losses * labelled).sum() / labelled.sum().clamp_min(1)


def sum_of_entropies(logits: Tensor, targets: Tensor) -> Tensor:
    """Binary cross-entropies (..., K) summed over K."""
    return functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(-1)


def distributions(shares: Tensor) -> Tensor:
    """Shares of classes (B, K) brought to a sum of 1; rows without a label stay NaN."""
    return shares / shares.sum(dim=1, keepdim=True).clamp_min(1e-6)
