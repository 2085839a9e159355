"""Giving taught tags to the sounds of a library, all of them or those just indexed.

What the user judged comes first: a judged sound has the tag with score 1, or has it not at all.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, delete, insert

from kikimimi.library import store
from kikimimi.library.schema import sound_tags
from kikimimi.library.taught.background import Background
from kikimimi.library.taught.examples import judged_sounds, judgements_of, read_heads
from kikimimi.library.taught.head import Head
from kikimimi.library.window_rows import raw_rows
from kikimimi.types import FloatArray

JUDGED_SCORE = 1.0
_LEAST_PROBABILITY = 0.5

_OF_TAG = delete(sound_tags).where(sound_tags.c.source == "taught")
_OF_SOUND = _OF_TAG.where(sound_tags.c.sound_id == bindparam("key"))


def apply_to_library(
    connection: Connection, tag_id: int, head: Head | None, library: Background
) -> dict[int, float]:
    """Replace the sounds that have a taught tag; full-text rows follow.

    Returns:
        The sounds that have it new, and the score of each.
    """
    scores = {} if head is None else _above_threshold(head, library)
    for sound_id, wanted in judged_sounds(connection, tag_id).items():
        scores.pop(sound_id, None)
        if wanted:
            scores[sound_id] = JUDGED_SCORE
    before = sounds_tagged(connection, tag_id)
    remove_all(connection, tag_id)
    _insert(connection, [(sound_id, tag_id, score) for sound_id, score in scores.items()])
    store.refresh_tag_words(connection, sorted(before ^ scores.keys()))
    return {sound_id: score for sound_id, score in scores.items() if sound_id not in before}


def remove_all(connection: Connection, tag_id: int) -> None:
    """Take a taught tag from every sound that has it by that; the caller refreshes the words."""
    connection.execute(_OF_TAG.where(sound_tags.c.tag_id == tag_id))


def sounds_tagged(connection: Connection, tag_id: int) -> set[int]:
    """The sounds that have a taught tag now."""
    rows = raw_rows(
        connection,
        "SELECT sound_id FROM sound_tags WHERE tag_id = ? AND source = 'taught'",
        (tag_id,),
    )
    return {row[0] for row in rows}


def apply_to_sounds(
    connection: Connection,
    sound_ids: Sequence[int],
    contents: Sequence[tuple[str, FloatArray]],
) -> None:
    """Tag sounds whose content is new: for each its hash and its vectors (W, D).

    The caller refreshes the full-text rows.
    """
    connection.execute(_OF_SOUND, [{"key": sound_id} for sound_id in sound_ids])
    heads = read_heads(connection)
    judged = judgements_of(connection, (content_hash for content_hash, _ in contents))
    if not (heads or judged):
        return
    windows = Background(
        np.concatenate([vectors for _, vectors in contents]),
        np.repeat(np.arange(len(contents)), [len(vectors) for _, vectors in contents]),
    )
    rows: list[tuple[int, int, float]] = []
    for tag_id in heads.keys() | judged.keys():
        scores = _above_threshold(heads[tag_id], windows) if tag_id in heads else {}
        for place, (content_hash, _) in enumerate(contents):
            wanted = judged.get(tag_id, {}).get(content_hash)
            score = scores.get(place) if wanted is None else JUDGED_SCORE if wanted else None
            if score is not None:
                rows.append((sound_ids[place], tag_id, score))
    _insert(connection, rows)


def probabilities(head: Head, library: Background) -> dict[int, float]:
    """How likely each sound of the library has the tag, by its best window."""
    sounds, best = library.highest(head.scores(library.vectors))
    return dict(zip(sounds.tolist(), head.probabilities(best).tolist(), strict=True))


def _above_threshold(head: Head, library: Background) -> dict[int, float]:
    sounds, best = library.highest(head.scores(library.vectors))
    chances = head.probabilities(best)
    above = chances > _LEAST_PROBABILITY
    return dict(zip(sounds[above].tolist(), chances[above].tolist(), strict=True))


def _insert(connection: Connection, rows: Iterable[tuple[int, int, float]]) -> None:
    values = [
        {"sound_id": sound_id, "tag_id": tag_id, "source": "taught", "score": score}
        for sound_id, tag_id, score in rows
    ]
    if values:
        connection.execute(insert(sound_tags), values)
