"""Offset, peaks, clipping, and how a sound begins and ends."""

from kikimimi.cleaning.analysis.values import SoundAnalysis
from kikimimi.cleaning.suggestions.contract import Suggestion

_LEAST_OFFSET = 5e-4
_CEILING_DB = -1.0
_AUDIBLE_EDGE_DB = -60.0
_FADE_S = 0.005
_LONG_S = 2.0
_LEAST_SILENCE_S = 0.1
_BURSTS_DB = -3.0
_BURSTS_OVER_MEDIAN_DB = 12.0


def suggest_dc_removal(analysis: SoundAnalysis) -> Suggestion | None:
    """An offset that clicks where a sound begins."""
    offset = analysis.figures.dc_offset
    if abs(offset) < _LEAST_OFFSET:
        return None
    return Suggestion("dc_removal", f"the samples lie around {offset:+.4f} and not around 0")


def suggest_de_esser(analysis: SoundAnalysis) -> Suggestion | None:
    """Bursts between 5 and 10 kHz; they may as well be birds, so it is not certain."""
    if analysis.sibilance_db is None:
        return None
    bursts_db, median_db = analysis.sibilance_db
    if bursts_db < _BURSTS_DB or bursts_db - median_db < _BURSTS_OVER_MEDIAN_DB:
        return None
    return Suggestion(
        "de_esser",
        f"bursts between 5 and 10 kHz stand {bursts_db - median_db:.0f} dB over what is usual "
        "there; if they are hissing voices and not birds or keys",
        is_certain=False,
    )


def suggest_limiter(analysis: SoundAnalysis) -> Suggestion | None:
    """Peaks that a player or a lossy encoder cuts off."""
    peak_db = analysis.figures.true_peak_db
    if peak_db is None or peak_db <= _CEILING_DB:
        return None
    return Suggestion(
        "limiter", f"the true peak is {peak_db:+.1f} dBTP", {"ceiling_dbtp": _CEILING_DB}
    )


def suggest_fades(analysis: SoundAnalysis) -> Suggestion | None:
    """A sound that is cut off; the beginning of a short one may be its attack and is kept."""
    start_db, end_db = analysis.edges_db
    is_long = analysis.figures.duration_s >= _LONG_S
    fade_in = is_long and start_db is not None and start_db > _AUDIBLE_EDGE_DB
    fade_out = end_db is not None and end_db > _AUDIBLE_EDGE_DB
    if not fade_in and not fade_out:
        return None
    places = [
        *([f"begins at {start_db:.0f} dBFS"] if fade_in else []),
        *([f"ends at {end_db:.0f} dBFS"] if fade_out else []),
    ]
    settings = {
        "in_s": _FADE_S if fade_in else 0.0,
        "out_s": _FADE_S if fade_out else 0.0,
    }
    return Suggestion("fades", f"the sound {' and '.join(places)}, which clicks", settings)


def suggest_silence_trim(analysis: SoundAnalysis) -> Suggestion | None:
    """Digital silence around the sound; it may keep the sound in time with a picture."""
    start_s, end_s = analysis.silent_start_s, analysis.silent_end_s
    if max(start_s, end_s) < _LEAST_SILENCE_S or start_s >= analysis.figures.duration_s:
        return None
    return Suggestion(
        "silence_trim",
        f"{start_s:.2f} s before the sound and {end_s:.2f} s behind it are digital silence",
        is_certain=False,
    )


def tell_of_clipping(analysis: SoundAnalysis) -> Suggestion | None:
    """Clipped samples, which no stage brings back."""
    count = analysis.figures.clipped_samples
    if not count:
        return None
    share = count / max(1.0, analysis.figures.duration_s * analysis.sample_rate_hz)
    return Suggestion(
        "",
        f"{count} samples ({share:.2%}) are clipped, which no stage mends; record it again if you "
        "can",
        is_certain=False,
    )
