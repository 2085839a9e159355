"""The sounds that a generator is trained on: ESC-50, folders by label, or any folder of sounds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kikimimi.datasets.registry import find_dataset
from kikimimi.datasets.tables import audio_files
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

_UNLABELLED = "sounds"


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Which sounds are heard."""

    name: str | None = None
    """A data set of `kikimimi.datasets.registry`; null to tell by what stands in the folder."""
    classes: tuple[str, ...] = ()
    """Only these labels; all of them if none is named."""
    longest_s: float = 60.0
    """The most that is heard of a file."""

    def __post_init__(self) -> None:
        if not self.longest_s >= 1:
            raise ConfigError(f"longest_s must be 1 or more, but is {self.longest_s}")


@dataclass(frozen=True, slots=True)
class GenerationData:
    """Sound files with the numbers of their labels in `classes`.

    Without labels there are no `classes`, and all numbers are -1.
    """

    name: str
    licence: str
    classes: tuple[str, ...]
    training: tuple[Path, ...]
    training_labels: tuple[int, ...]
    held_out: tuple[Path, ...] = ()
    held_out_labels: tuple[int, ...] = ()

    def of_class(self, label: int) -> "GenerationData":
        """The sounds of one label only; the numbers of the labels stay."""
        train = [n for n, each in enumerate(self.training_labels) if each == label]
        held = [n for n, each in enumerate(self.held_out_labels) if each == label]
        return replace(
            self,
            training=tuple(self.training[n] for n in train),
            training_labels=(label,) * len(train),
            held_out=tuple(self.held_out[n] for n in held),
            held_out_labels=(label,) * len(held),
        )


def load_generation_data(
    root: Path, settings: DataSettings, *, held_out_fold: int | None = None
) -> GenerationData:
    """List the sounds under `root`; no audio is opened.

    A folder with `meta/esc50.csv` is ESC-50, one whose sounds all lie in sub-folders has their
    names as labels, any other is a folder of sounds without labels.

    Args:
        root: the folder.
        settings: what of it is heard.
        held_out_fold: clips of this fold are not trained on; None to train on all.

    Raises:
        ConfigError: there is no such data set or fold.
        DatasetError: there are no sounds, or the data set is malformed.
    """
    name = settings.name or _layout(root)
    if name == _UNLABELLED:
        return _unlabelled(root, settings, held_out_fold)
    data_set = find_dataset(name)
    clips = data_set.clips(root)
    classes = _chosen(settings.classes, data_set.categories(root))
    numbers = {label: number for number, label in enumerate(classes)}
    kept = [clip for clip in clips if clip.labels[0] in numbers]
    folds = {clip.fold for clip in kept}
    if held_out_fold is not None and held_out_fold not in folds:
        raise ConfigError(f"the data have no fold {held_out_fold}; their folds are {sorted(folds)}")
    training = [clip for clip in kept if clip.fold != held_out_fold]
    held_out = [clip for clip in kept if clip.fold == held_out_fold]
    _require_some(training, root)
    return GenerationData(
        name=data_set.NAME,
        licence=data_set.LICENCE,
        classes=classes,
        training=tuple(clip.path for clip in training),
        training_labels=tuple(numbers[clip.labels[0]] for clip in training),
        held_out=tuple(clip.path for clip in held_out),
        held_out_labels=tuple(numbers[clip.labels[0]] for clip in held_out),
    )


def _layout(root: Path) -> str:
    if (root / "meta" / "esc50.csv").is_file():
        return "esc50"
    names = [name for name, _ in audio_files(root, hint="give a folder of sounds")]
    in_folders = bool(names) and all("/" in name for name in names)
    return "folders" if in_folders else _UNLABELLED


def _unlabelled(root: Path, settings: DataSettings, held_out_fold: int | None) -> GenerationData:
    if settings.classes:
        raise ConfigError(
            f"{display_path(root)}: the sounds have no labels, so there are no classes to choose; "
            "put them into folders named after their labels, or leave data.classes out"
        )
    if held_out_fold is not None:
        raise ConfigError(f"{display_path(root)}: sounds without labels have no folds")
    paths = tuple(path for _, path in audio_files(root, hint="give a folder of sounds"))
    _require_some(paths, root)
    name, licence = root.resolve().name, "that of the user's own audio"
    return GenerationData(name, licence, (), paths, (-1,) * len(paths))


def _chosen(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    for label in wanted:
        if label not in known:
            raise ConfigError(f"the data have no class '{label}'; {suggestion(label, known)}")
    return tuple(label for label in known if not wanted or label in wanted)


def _require_some(found: Sequence[object], root: Path) -> None:
    if not found:
        raise DatasetError(f"{display_path(root)}: there are no sounds to train on")
