"""COLA against EfficientNet-B0 of Keras, behind a spectrogram by transformers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kikimimi.encoders.published.cola import ColaEncoder
from parity_cases.keras import keras, randomise_keras, save_legacy_h5
from parity_cases.oracles import some_sounds
from parity_cases.registry import Comparison, MissingOracle, Setting, case

_WINDOW = 15680


@case("cola", oracle="keras 3 (EfficientNetB0), transformers (audio_utils), random weights")
def compare(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a file of Keras weights."""
    network = randomise_keras(
        keras().applications.EfficientNetB0(
            include_top=False, weights=None, input_shape=(None, 64, 1), pooling="max"
        )
    )
    path = setting.folder / "cola.h5"
    save_legacy_h5(network, path)
    encoder = ColaEncoder(path).load()
    clips = some_sounds(1, 2 * _WINDOW)
    windows = clips.reshape(2, _WINDOW)
    spectra = np.stack([_log_mel(window) for window in windows])
    yield Comparison("log-mel", encoder.log_mel(windows), spectra)
    theirs = np.asarray(network.predict(spectra.transpose(0, 2, 1)[..., None], verbose=0))
    yield Comparison("window embeddings", encoder.embed_frames(clips).embeddings[0], theirs)
    yield Comparison("embedding", encoder.embed_clips(clips), theirs.mean(axis=0)[None])
    with torch.inference_mode():
        odd = torch.from_numpy(spectra[:, :, :77])
        ours = encoder.embed_windows(odd).numpy()
    theirs = np.asarray(network.predict(odd.numpy().transpose(0, 2, 1)[..., None], verbose=0))
    yield Comparison("77 frames, an odd number", ours, theirs)


def _log_mel(window: NDArray[np.float32]) -> Any:
    try:
        from transformers.audio_utils import mel_filter_bank, spectrogram, window_function
    except ImportError:
        raise MissingOracle("transformers is not installed") from None
    bank = mel_filter_bank(
        num_frequency_bins=513,
        num_mel_filters=64,
        min_frequency=60.0,
        max_frequency=7800.0,
        sampling_rate=16000,
        norm=None,
        mel_scale="kaldi",
        triangularize_in_mel_space=True,
    )
    return spectrogram(
        window / np.sqrt(np.square(window.astype(np.float64)).sum()),
        window_function(400, "hann"),
        frame_length=400,
        hop_length=160,
        fft_length=1024,
        power=1.0,
        center=False,
        mel_filters=bank,
        mel_floor=1e-5,
        log_mel="log",
    ).astype(np.float32)
