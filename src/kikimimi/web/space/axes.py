"""The axes that a space may have, with their names in both languages."""

from collections.abc import Iterator, Sequence

from kikimimi.audio.measures.values import MEASURES, MeasureInfo
from kikimimi.encoders.vocabulary import Language, display_name
from kikimimi.library.layouts.linear import ICA_AXES, PCA_AXES
from kikimimi.library.layouts.neighbourhood import UMAP_AXES
from kikimimi.library.layouts.records import AxisDescription, LayoutInfo, LayoutKind
from kikimimi.web.payloads.space import AxisAnswer
from kikimimi.web.space.describing import tag_words

DURATION = MeasureInfo(
    "duration_s", "s", "log", "Duration", "長さ", "Length of the sound.", "音の長さ。"
)
MEASURED: dict[str, MeasureInfo] = {
    info.key: info for info in (*MEASURES, DURATION) if info.key != "pitch_confidence"
}
LAYOUT_AXES: dict[LayoutKind, int] = {"pca": PCA_AXES, "ica": ICA_AXES, "umap": UMAP_AXES}

_TITLES: dict[LayoutKind, str] = {"pca": "PCA", "ica": "ICA", "umap": "UMAP"}
_NAMED_TAGS, _DESCRIBED_TAGS, _NAMED_SOUNDS = 2, 4, 2


def measure_axes() -> Iterator[AxisAnswer]:
    """What is measured of each sound."""
    for info in MEASURED.values():
        yield AxisAnswer(
            key=info.key, kind="measure",
            label_en=info.english, label_ja=info.japanese,
            description_en=info.definition_en, description_ja=info.definition_ja,
            unit=info.unit, scale=info.scale, available=True,
        )  # fmt: skip


def layout_axes(
    kind: LayoutKind, info: LayoutInfo | None, sound_names: dict[int, str], reasons: tuple[str, str]
) -> Iterator[AxisAnswer]:
    """The axes of a layout; without one, as many as it would have, and why there are none."""
    found: Sequence[AxisDescription | None] = (None,) * LAYOUT_AXES[kind]
    if info is not None:
        found = info.axes
    for number, axis in enumerate(found, start=1):
        yield AxisAnswer(
            key=f"{kind}.{number}", kind=kind,
            label_en=_label(kind, number, axis, "en"), label_ja=_label(kind, number, axis, "ja"),
            description_en=reasons[0] if axis is None else _english(kind, axis, sound_names),
            description_ja=reasons[1] if axis is None else _japanese(kind, axis, sound_names),
            unit="", scale="linear", available=axis is not None,
        )  # fmt: skip


def tag_axes(names: Sequence[str]) -> Iterator[AxisAnswer]:
    """The scores of tags."""
    for name in names:
        english, japanese = display_name(name, "en"), display_name(name, "ja")
        yield AxisAnswer(
            key=f"tag:{name}", kind="tag", label_en=english, label_ja=japanese,
            description_en=f"Score of the tag {english}, 0 to 1; 0 for sounds without it.",
            description_ja=f"タグ「{japanese}」のスコア（0～1、付いていない音は 0）。",
            unit="", scale="linear", available=True,
        )  # fmt: skip


def _label(kind: LayoutKind, number: int, axis: AxisDescription | None, language: Language) -> str:
    title = f"{_TITLES[kind]} {number}"
    if axis is None or kind == "umap":
        return title
    high = tag_words(_names(axis.tags), language, most=_NAMED_TAGS)
    return f"{title}: {high}" if high else title


def _english(kind: LayoutKind, axis: AxisDescription, sound_names: dict[int, str]) -> str:
    if kind == "umap":
        return "Sounds that are alike lie near each other; the axis itself has no meaning."
    parts = [] if axis.share is None else [f"{axis.share:.1%} of the variance."]
    for side, tags in (("High", axis.tags), ("Low", axis.opposite_tags)):
        if words := tag_words(_names(tags), "en", most=_DESCRIBED_TAGS):
            parts.append(f"{side}: {words}.")
    if names := _sounds(axis, sound_names):
        parts.append(f"Highest sounds: {', '.join(names)}.")
    return " ".join(parts)


def _japanese(kind: LayoutKind, axis: AxisDescription, sound_names: dict[int, str]) -> str:
    if kind == "umap":
        return "似た音が近くに並ぶ。軸そのものに意味はない。"
    parts = [] if axis.share is None else [f"分散の {axis.share:.1%}。"]
    for side, tags in (("高い側", axis.tags), ("低い側", axis.opposite_tags)):
        if words := tag_words(_names(tags), "ja", most=_DESCRIBED_TAGS):
            parts.append(f"{side}: {words}。")
    if names := _sounds(axis, sound_names):
        parts.append(f"最も高い音: {'、'.join(names)}。")
    return "".join(parts)


def _names(tags: Sequence[tuple[str, float]]) -> list[str]:
    return [name for name, _ in tags]


def _sounds(axis: AxisDescription, sound_names: dict[int, str]) -> list[str]:
    return [sound_names[each] for each in axis.sounds if each in sound_names][:_NAMED_SOUNDS]
