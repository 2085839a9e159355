"""The multi-scale mel distance, against librosa's spectrograms."""

import librosa
import numpy as np
import pytest
import torch

from kikimimi.errors import AudioError
from kikimimi.generation.multi_scale_loss import MultiScaleMelLoss
from kikimimi.generation.multi_scale_mel import multi_scale_mel_l1

SCALES = [(32, 5), (64, 10), (128, 20), (256, 40), (512, 80), (1024, 160), (2048, 320)]


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    reference, made = generator.normal(0, 0.1, (2, 8000)).astype(np.float32)
    made[4000:] = 0
    return reference, made


def by_librosa(samples: np.ndarray, window: int, bands: int) -> np.ndarray:
    magnitudes = np.abs(
        librosa.stft(samples, n_fft=window, hop_length=window // 4, pad_mode="reflect")
    )
    with np.errstate(all="ignore"):
        bank = librosa.filters.mel(sr=16000, n_fft=window, n_mels=bands)
    return np.log10(np.maximum(bank @ magnitudes, 1e-5))


@pytest.mark.filterwarnings("ignore:Empty filters")
def test_it_is_what_librosa_gives_at_the_published_scales(pair) -> None:
    expected = sum(
        np.abs(by_librosa(pair[0], *scale) - by_librosa(pair[1], *scale)).mean() for scale in SCALES
    )
    assert multi_scale_mel_l1(*pair) == pytest.approx(expected, rel=1e-3)


def test_the_loss_is_the_mean_over_clips(pair) -> None:
    first, second = (torch.from_numpy(each) for each in pair)
    batch = torch.stack([first, second])
    loss = MultiScaleMelLoss()(batch, torch.stack([second, second]))
    assert float(loss) == pytest.approx(multi_scale_mel_l1(*pair) / 2, rel=1e-4)


def test_equal_sounds_have_no_distance_and_order_does_not_matter(pair) -> None:
    assert multi_scale_mel_l1(pair[0], pair[0]) == 0
    assert multi_scale_mel_l1(*pair) == pytest.approx(multi_scale_mel_l1(*pair[::-1]))


def test_ten_times_louder_is_a_distance_of_one_at_each_scale(pair) -> None:
    assert multi_scale_mel_l1(pair[0], 10 * pair[0]) == pytest.approx(7, rel=0.02)


def test_other_shapes_are_refused(pair) -> None:
    with pytest.raises(AudioError, match="one length"):
        multi_scale_mel_l1(pair[0], pair[1][:-1])
