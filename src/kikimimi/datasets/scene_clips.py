"""Clips of data sets of sound events as clips of acoustic scenes: the scene is the label."""

from collections.abc import Iterable, Sequence

from kikimimi.datasets.event_records import EventClip
from kikimimi.datasets.records import LabelledClip
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path


def scene_clips(
    clips: Iterable[EventClip], scenes: Sequence[str], *, fold: int
) -> tuple[LabelledClip, ...]:
    """The clips with their scenes as labels, all in one fold.

    Raises:
        DatasetError: a clip has no scene, or none of `scenes`.
    """
    return tuple(_labelled(clip, scenes, fold) for clip in clips)


def _labelled(clip: EventClip, scenes: Sequence[str], fold: int) -> LabelledClip:
    if clip.scene is None or clip.scene not in scenes:
        raise DatasetError(
            f"{display_path(clip.path)}: the scene is {clip.scene!r}, none of "
            f"{', '.join(scenes)}; mend the description of the data set"
        )
    return LabelledClip(
        path=clip.path,
        label=clip.scene,
        target=scenes.index(clip.scene),
        fold=fold,
        source_id=clip.source_id,
        take="",
    )
