"""Spectra before and after, in one picture."""

import matplotlib.image
import numpy as np
import pytest

from kikimimi.pictures.spectrogram_pair import HeardSpectrum, draw_spectrogram_pair
from kikimimi.pictures.spectrum_axes import TimelineSpectrum


def heard(label: str, level: int, duration_s: float = 2.0) -> HeardSpectrum:
    levels = np.full((32, 40), level, np.uint8)
    return HeardSpectrum(label, TimelineSpectrum(levels, 0.0, 8000.0), duration_s)


def test_both_spectra_are_drawn_with_one_scale(tmp_path) -> None:
    path = tmp_path / "pair.png"
    pair = [heard("before", 255), heard("after", 0)]
    draw_spectrogram_pair(path, pair, floor_db=-100, ceiling_db=0, title="雨 rain")
    picture = matplotlib.image.imread(path)[:, :, :3]
    height = len(picture)
    yellow = (picture[:, :, 0] > 0.9) & (picture[:, :, 2] < 0.2)
    assert yellow[: height // 2].mean() > 0.5, "level 255 fills the upper half"
    assert yellow[height // 2 :].mean() < 0.1


def test_a_shorter_sound_fills_less(tmp_path) -> None:
    pair = [heard("before", 255, 4.0), heard("after", 255, 1.0)]
    draw_spectrogram_pair(tmp_path / "p.png", pair, floor_db=-100, ceiling_db=0)
    picture = matplotlib.image.imread(tmp_path / "p.png")[:, :, :3]
    yellow = (picture[:, :, 0] > 0.9) & (picture[:, :, 2] < 0.2)
    upper, lower = np.array_split(yellow, 2)
    assert lower.sum() / upper.sum() == pytest.approx(0.25, abs=0.06)


@pytest.mark.parametrize("spectra", [[], [heard("before", 1, 0.0)]])
def test_nothing_is_refused(tmp_path, spectra) -> None:
    with pytest.raises(ValueError, match="more than 0 s"):
        draw_spectrogram_pair(tmp_path / "p.png", spectra, floor_db=-100, ceiling_db=0)
