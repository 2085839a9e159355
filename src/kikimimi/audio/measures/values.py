"""What the measures of a sound are, in what unit, and what they are called.

The keys are those of the columns of a library, of the axes of a space and of the page.
"""

from dataclasses import dataclass
from typing import Literal

OVERVIEW_POINTS = 128
"""Pairs of least and greatest sample in an overview."""


@dataclass(frozen=True, slots=True)
class Measures:
    """One sound, measured; None where a sound has no such thing, as silence has no brightness.

    `overview` holds 128 pairs of int8, the least and the greatest sample of equal stretches over
    all channels, 127 for full scale. The others are defined in `MEASURES`.
    """

    loudness_lufs: float | None
    peak_db: float | None
    brightness_hz: float | None
    noisiness: float | None
    pitch_hz: float | None
    pitch_confidence: float
    attack_s: float | None
    temporal_centroid_s: float | None
    overview: bytes


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """A measure for people: `key` is the name of its field in `Measures`.

    `scale` is how it is best drawn: pitch doubles from octave to octave, loudness is a logarithm
    already.
    """

    key: str
    unit: str
    scale: Literal["linear", "log"]
    english: str
    japanese: str
    definition_en: str
    definition_ja: str


MEASURES: tuple[MeasureInfo, ...] = (
    MeasureInfo(
        "loudness_lufs", "LUFS", "linear", "Loudness", "ラウドネス",
        "Integrated loudness of ITU-R BS.1770-4 with both gates; a sound shorter than 0.4 s is one "
        "block without gates.",
        "ITU-R BS.1770-4 の統合ラウドネス（2 段ゲート付き）。0.4 秒より短い音はゲートなしの 1 "
        "ブロックで測る。",
    ),
    MeasureInfo(
        "peak_db", "dBFS", "linear", "Peak", "ピーク",
        "The greatest sample of any channel, relative to full scale.",
        "全チャンネルで最大のサンプル値（フルスケール基準）。",
    ),
    MeasureInfo(
        "brightness_hz", "Hz", "log", "Brightness", "明るさ",
        "Spectral centroid below 8 kHz: the mean frequency weighted by magnitude, over frames of "
        "64 ms weighted by their energy.",
        "8 kHz 以下のスペクトル重心。振幅で重みづけた平均周波数を、64 ms "
        "フレームのエネルギーで重みづけて平均する。",
    ),
    MeasureInfo(
        "noisiness", "", "linear", "Noisiness", "ノイズらしさ",
        "Spectral flatness within octaves below 8 kHz, weighted by energy: 0 for tones, 1 for "
        "noise, whatever the slope of its spectrum.",
        "8 kHz 以下の各オクターブ内のスペクトル平坦度をエネルギーで重みづけたもの。純音で "
        "0、雑音で 1（スペクトルの傾きによらない）。",
    ),
    MeasureInfo(
        "pitch_hz", "Hz", "log", "Pitch", "音の高さ",
        "Fundamental frequency between 63 Hz and 3.2 kHz, the median over periodic frames; none "
        "where fewer than 3 of 10 audible frames are periodic.",
        "63 Hz～3.2 kHz の基本周波数（周期的なフレームの中央値）。聞こえるフレームの 3 "
        "割以上が周期的でなければ値なし。",
    ),
    MeasureInfo(
        "pitch_confidence", "", "linear", "Pitch confidence", "音の高さの確かさ",
        "How periodic the audible frames are on the whole, from 0 to 1.",
        "聞こえるフレーム全体がどれほど周期的か（0～1）。",
    ),
    MeasureInfo(
        "attack_s", "s", "log", "Attack", "立ち上がり",
        "Time from 10 to 90 % of the rise to the greatest level of the envelope (5 ms).",
        "エンベロープ（5 ms）が最大へ立ち上がる 10 % から 90 % までの時間。",
    ),
    MeasureInfo(
        "temporal_centroid_s", "s", "log", "Temporal centroid", "時間重心",
        "The moment around which the energy of the sound lies.",
        "音のエネルギーの時間的な重心。",
    ),
)  # fmt: skip
"""Every measure, in the order in which people see them."""
