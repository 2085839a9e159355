"""Steady noise and hum."""

from kikimimi.cleaning.analysis.values import SoundAnalysis
from kikimimi.cleaning.suggestions.contract import Suggestion

_INAUDIBLE_DBFS = -75.0
_CLEAN_DB = 45.0
_LEAST_DB, _MOST_DB = 6.0, 18.0
_HUM_UNDER_NOISE_DB = 15.0


def suggest_noise_reduction(analysis: SoundAnalysis) -> Suggestion | None:
    """Take noise down to -75 dBFS, by 6 to 18 dB: more would be heard in the sound itself."""
    figures = analysis.figures
    floor_db, snr_db = figures.noise_floor_db, figures.snr_db
    if floor_db is None or floor_db <= _INAUDIBLE_DBFS:
        return None
    if not analysis.stands_out:
        return Suggestion(
            "noise_reduction",
            "the sound is nearly as steady as noise and cannot be told from it; give a stretch of "
            "noise alone as the profile",
            is_certain=False,
            warns_of="noise_reduction",
        )
    if snr_db is not None and snr_db >= _CLEAN_DB:
        return None
    reduction_db = round(min(_MOST_DB, max(_LEAST_DB, floor_db - _INAUDIBLE_DBFS)))
    return Suggestion(
        "noise_reduction",
        f"{_noise_text(snr_db)} a noise floor of {floor_db:.0f} dBFS",
        {"reduction_db": float(reduction_db)},
    )


def suggest_hum_removal(analysis: SoundAnalysis) -> Suggestion | None:
    """Take mains hum out where it is not far under the noise."""
    figures = analysis.figures
    if figures.hum_hz is None or figures.hum_db is None:
        return None
    floor_db = figures.noise_floor_db
    if floor_db is not None and figures.hum_db < floor_db - _HUM_UNDER_NOISE_DB:
        return None
    return Suggestion(
        "hum_removal",
        f"steady lines at multiples of {figures.hum_hz:.2f} Hz, {figures.hum_db:.0f} dBFS together",
    )


def _noise_text(snr_db: float | None) -> str:
    return "parts stand out of" if snr_db is None else f"the sound is {snr_db:+.0f} dB over"
