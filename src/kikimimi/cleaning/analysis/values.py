"""What the figures of a recording are, in what unit, and what they are called.

Axes: C channels, K bins, G groups of frames, B bands.
"""

from dataclasses import dataclass

from kikimimi.types import FloatArray

_STANDS_OUT = 10.0


@dataclass(frozen=True, slots=True)
class SoundFigures:
    """One sound, measured; None where a sound has no such thing. `FIGURES` defines each."""

    duration_s: float
    loudness_lufs: float | None
    loudness_range_lu: float | None
    true_peak_db: float | None
    peak_db: float | None
    noise_floor_db: float | None
    snr_db: float | None
    bandwidth_hz: float | None
    clipped_samples: int
    hum_hz: float | None
    hum_db: float | None
    dc_offset: float


@dataclass(frozen=True, slots=True, eq=False)
class SoundAnalysis:
    """The figures of a sound, and the spectra that suggestions are made from.

    Powers are mean squares: 1 for a square wave at full scale.

    Attributes:
        figures: what is told to people.
        sample_rate_hz: of the sound.
        channels: of the sound.
        bands_hz: edges (B + 1,) of the bands, a third of an octave or a bin wide.
        band_powers: mean power (B,) in each band.
        band_floors: power (B,) of the noise in each band; None if the sound is too short to tell.
        sibilance_db: level of the bursts between 5 and 10 kHz over what lies below in the same
            moment, and their median; None where there is nothing.
        edges_db: levels of the first and last 5 ms; None for digital silence.
        silent_start_s: digital silence before the sound.
        silent_end_s: digital silence behind the sound.
    """

    figures: SoundFigures
    sample_rate_hz: int
    channels: int
    bands_hz: FloatArray
    band_powers: FloatArray
    band_floors: FloatArray | None
    sibilance_db: tuple[float, float] | None
    edges_db: tuple[float | None, float | None]
    silent_start_s: float
    silent_end_s: float

    @property
    def stands_out(self) -> bool:
        """Whether there is a sound that can be told from noise: by 10 dB in some band."""
        if self.band_floors is None:
            return False
        return bool((self.band_powers > _STANDS_OUT * self.band_floors).any())


@dataclass(frozen=True, slots=True)
class FigureInfo:
    """A figure for people: `key` is the name of its field in `SoundFigures`."""

    key: str
    unit: str
    digits: int
    english: str
    japanese: str
    definition_en: str
    definition_ja: str


FIGURES: tuple[FigureInfo, ...] = (
    FigureInfo(
        "duration_s", "s", 2, "Length", "長さ",
        "Length of the sound.",
        "音の長さ。",
    ),
    FigureInfo(
        "loudness_lufs", "LUFS", 1, "Loudness", "ラウドネス",
        "Integrated loudness of ITU-R BS.1770-4 with both gates; a sound shorter than 0.4 s is one "
        "block without gates.",
        "ITU-R BS.1770-4 の統合ラウドネス（2 段ゲート付き）。0.4 秒より短い音はゲートなしの 1 "
        "ブロックで測る。",
    ),
    FigureInfo(
        "loudness_range_lu", "LU", 1, "Loudness range", "ラウドネスレンジ",
        "Loudness range (LRA) of EBU Tech 3342; none under 3 s.",
        "EBU Tech 3342 のラウドネスレンジ（LRA）。3 秒未満の音では値なし。",
    ),
    FigureInfo(
        "true_peak_db", "dBTP", 1, "True peak", "トゥルーピーク",
        "The greatest level between samples too, found at eight times the sample rate (four times "
        "from 96 kHz on).",
        "サンプル間も含めた最大値。8 倍（96 kHz 以上は 4 倍）のサンプリング周波数で求める。",
    ),
    FigureInfo(
        "peak_db", "dBFS", 1, "Sample peak", "サンプルピーク",
        "The greatest sample of any channel, relative to full scale.",
        "全チャンネルで最大のサンプル値（フルスケール基準）。",
    ),
    FigureInfo(
        "noise_floor_db", "dBFS", 1, "Noise floor", "ノイズフロア",
        "Level of what is always there: the power that each third of an octave is under in a tenth "
        "of the time (groups of six frames of about 40 ms), corrected for what chance makes of "
        "noise, added up. Digital silence does not count; none under four such groups.",
        "常に鳴っている成分のレベル。1/3 オクターブ帯域ごとに、時間の 1 割でそれを下回るパワー"
        "（約 40 ms のフレーム 6 つの平均）を求め、雑音の偶然のゆらぎを補正して合計する。"
        "完全な無音は除く。短すぎる音では値なし。",
    ),
    FigureInfo(
        "snr_db", "dB", 1, "Signal to noise", "SN 比",
        "What exceeds the noise floor, relative to it. A steady sound cannot be told from noise: "
        "none then.",
        "ノイズフロアを超える成分の、ノイズフロアに対する比。定常音は雑音と区別できないので値なし。",
    ),
    FigureInfo(
        "bandwidth_hz", "Hz", 0, "Bandwidth", "帯域",
        "The highest frequency at which the mean spectrum is less than 80 dB under its greatest "
        "density and above that of white noise at -90 dBFS.",
        "平均スペクトルの密度が最大値から 80 dB 以内で、かつ -90 dBFS の白色雑音を上回る"
        "最高周波数。",
    ),
    FigureInfo(
        "clipped_samples", "", 0, "Clipped samples", "クリップしたサンプル",
        "Samples in runs of three or more equal ones at the greatest level of their channel that "
        "begin or end with a step; lossy coding hides them.",
        "チャンネルの最大レベルで 3 つ以上等しい値が続き、段差で始まるか終わる区間のサンプル数"
        "（非可逆圧縮では見えなくなる）。",
    ),
    FigureInfo(
        "hum_hz", "Hz", 1, "Hum", "ハム",
        "Mains frequency, near 50 or 60 Hz, whose harmonics stand out of the spectrum as steady "
        "lines; none under 2 s.",
        "スペクトルに定常的な線として現れる倍音系列の電源周波数（50 Hz または 60 Hz 付近）。2 "
        "秒未満では値なし。",
    ),
    FigureInfo(
        "hum_db", "dBFS", 1, "Level of the hum", "ハムのレベル",
        "Level of these lines together.",
        "その線スペクトルの合計レベル。",
    ),
    FigureInfo(
        "dc_offset", "", 5, "DC offset", "直流オフセット",
        "Mean of the channel that has the greatest one; 1 for full scale.",
        "平均値が最大のチャンネルの平均値（フルスケールで 1）。",
    ),
)  # fmt: skip
"""Every figure, in the order in which people see them."""


def figure_text(info: FigureInfo, value: float | None) -> str:
    """A figure for a table, without its unit; a dash where there is none."""
    if value is None:
        return "–"
    # adding 0 makes -0.0 a plain zero
    return f"{round(value, info.digits) + 0.0:.{info.digits}f}"
