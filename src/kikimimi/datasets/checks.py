"""Checks of clips before hours are spent on them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kikimimi.audio.probing import probe
from kikimimi.datasets.records import DatasetClip
from kikimimi.datasets.tables import listed
from kikimimi.errors import AudioError, DatasetError


def require_readable_audio(clips: Sequence[DatasetClip], *, where: str) -> None:
    """Open every file as far as its header.

    Raises:
        DatasetError: some are empty, damaged or no audio; the message counts them, names the first
            three and says what is wrong with the first.
    """
    faults: dict[str, str] = {}
    for clip in clips:
        try:
            probe(clip.path)
        except AudioError as error:
            faults[str(clip.path)] = str(error)
    if faults:
        raise DatasetError(
            f"{where}: {len(faults)} of {len(clips)} audio files cannot be used: "
            f"{listed(list(faults))}; the first: {next(iter(faults.values()))}"
        )


def require_trainable_classes(clips: Iterable[DatasetClip], *, where: str) -> None:
    """Refuse classes that cannot stand on both sides of a split.

    Raises:
        DatasetError: there are fewer than two classes, or all clips of a class lie in one fold
            (as a single clip does, or clips of a single source).
    """
    counts: Counter[str] = Counter()
    folds: dict[str, set[int]] = defaultdict(set)
    for clip in clips:
        for label in clip.labels:
            counts[label] += 1
            folds[label].add(clip.fold)
    if len(counts) < 2:
        raise DatasetError(f"{where}: classes with clips: {len(counts)}; give two or more")
    single = [label for label, count in counts.items() if count == 1]
    if single:
        raise DatasetError(
            f"{where}: there is only one clip of {listed(single)}; give each class two clips or "
            "more, one to train and one to test, or remove it"
        )
    alone = [label for label, found in folds.items() if len(found) == 1]
    if alone:
        raise DatasetError(
            f"{where}: all clips of {listed(alone)} lie in one fold (or come from one source, "
            "which is kept together); spread them over two or more"
        )
