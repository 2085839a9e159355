from dataclasses import replace

import librosa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from logmel_oracles import kaldi_mel_matrix

from kikimimi.features.config import LogMelConfig
from kikimimi.features.mel import (
    hz_to_mel_htk,
    hz_to_mel_slaney,
    mel_filterbank,
    mel_to_hz_htk,
    mel_to_hz_slaney,
    used_bins,
)
from kikimimi.features.presets import AST, CNN14_32K, KOMIYA, YAMNET
from kikimimi.features.window import frame_window

FREQUENCIES_HZ = np.linspace(0, 24000, 4801)


def test_htk_scale_is_librosas() -> None:
    np.testing.assert_allclose(
        hz_to_mel_htk(FREQUENCIES_HZ), librosa.hz_to_mel(FREQUENCIES_HZ, htk=True), rtol=1e-12
    )


def test_slaney_scale_is_librosas() -> None:
    np.testing.assert_allclose(
        hz_to_mel_slaney(FREQUENCIES_HZ), librosa.hz_to_mel(FREQUENCIES_HZ), rtol=1e-12
    )


@given(st.floats(0, 100_000))
def test_scales_are_inverted(frequency_hz) -> None:
    frequency = np.array([frequency_hz])
    np.testing.assert_allclose(mel_to_hz_htk(hz_to_mel_htk(frequency)), frequency, atol=1e-6)
    np.testing.assert_allclose(mel_to_hz_slaney(hz_to_mel_slaney(frequency)), frequency, atol=1e-6)


@pytest.mark.parametrize("scale", ["slaney", "htk"])
@pytest.mark.parametrize("norm", [None, "slaney"])
@pytest.mark.parametrize("config", [KOMIYA, CNN14_32K, YAMNET])
def test_bank_is_librosas(config: LogMelConfig, scale, norm) -> None:
    config = replace(config, mel_scale=scale, mel_norm=norm)
    expected = librosa.filters.mel(
        sr=config.sample_rate_hz,
        n_fft=config.n_fft,
        n_mels=config.n_mels,
        fmin=config.f_min_hz,
        fmax=config.f_max_hz,
        htk=scale == "htk",
        norm=norm,
        dtype=np.float64,
    )
    np.testing.assert_allclose(mel_filterbank(config), expected, atol=1e-12)


@pytest.mark.parametrize("config", [AST, YAMNET])
def test_kaldi_bank_is_kaldis(config) -> None:
    np.testing.assert_allclose(mel_filterbank(config), kaldi_mel_matrix(config), atol=1e-9)


def test_yamnet_bank_is_the_published_networks(shared_folder) -> None:
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    network = interpreter.Interpreter(str(shared_folder / "weights" / "yamnet" / "yamnet.tflite"))
    network.allocate_tensors()
    (bank,) = (t for t in network.get_tensor_details() if list(t["shape"]) == [64, 257])
    step = bank["quantization"][0]
    expected = network.get_tensor(bank["index"]) * step
    np.testing.assert_allclose(mel_filterbank(YAMNET), expected, rtol=0, atol=0.51 * step)


def test_used_bins_leave_out_only_empty_columns() -> None:
    bank = mel_filterbank(YAMNET)
    bins = used_bins(bank)
    assert bins.start > 0
    assert bins.stop < bank.shape[1]
    assert bank[:, bins].sum() == bank.sum()


@pytest.mark.parametrize(
    ("name", "librosa_name"), [("hann", "hann"), ("hamming", "hamming"), ("rectangular", "boxcar")]
)
@pytest.mark.parametrize("length", [1, 2, 400, 401])
def test_periodic_windows_are_librosas(name, librosa_name, length) -> None:
    expected = librosa.filters.get_window(librosa_name, length)
    np.testing.assert_allclose(frame_window(name, length), expected, atol=1e-12)


@pytest.mark.parametrize("name", ["hann_symmetric", "povey"])
def test_symmetric_windows_start_and_end_at_zero(name) -> None:
    window = frame_window(name, 400)
    np.testing.assert_allclose(window, window[::-1], atol=1e-9)
    assert window[0] == 0
    assert window.max() > 0.99
