"""Folds for data that come without any."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

DEFAULT_FOLDS = 5


def stratified_folds(
    labels: Sequence[Hashable], groups: Sequence[str], *, count: int = DEFAULT_FOLDS
) -> tuple[int, ...]:
    """Give each clip a fold from 1 to `count`.

    Clips of one group stay together, and each label is spread over the folds as evenly as the
    groups allow. The result depends on nothing but the arguments: larger groups come first, then
    those with the smaller hash of their name, each into the fold that has the least of its labels.

    Args:
        labels: the label of each clip.
        groups: the recording, or the session, of each clip.
        count: how many folds.
    """
    members: dict[str, Counter[Hashable]] = defaultdict(Counter)
    for label, group in zip(labels, groups, strict=True):
        members[group][label] += 1
    filled: dict[Hashable, list[int]] = {label: [0] * count for label in labels}
    sizes = [0] * count
    fold_of: dict[str, int] = {}
    for group in sorted(members, key=lambda name: (-members[name].total(), _digest(name))):
        inside = members[group]
        burden = [sum(filled[label][fold] for label in inside) for fold in range(count)]
        fold = min(range(count), key=lambda fold: (burden[fold], sizes[fold], fold))
        for label, number in inside.items():
            filled[label][fold] += number
        sizes[fold] += inside.total()
        fold_of[group] = fold + 1
    return tuple(fold_of[group] for group in groups)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(os.fsencode(name), digest_size=16).digest()
