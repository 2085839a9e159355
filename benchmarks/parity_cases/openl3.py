"""OpenL3 against the torch port, and against the authors' Keras network for its weights file."""

import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import torch

from kikimimi.encoders.published.openl3 import OpenL3Encoder, OpenL3Env512, OpenL3Music6144
from parity_cases.keras import keras, randomise_keras, save_legacy_h5
from parity_cases.oracles import import_oracle, randomise, some_sounds, stand_ins
from parity_cases.registry import Comparison, Setting, case

_SAMPLES = 2 * 48000


@case("openl3_env_512", oracle="torchopenl3 1.0.1 (PyPI), random weights")
def compare_small(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare_with_port(setting, OpenL3Env512)


@case("openl3_music_6144", oracle="torchopenl3 1.0.1 (PyPI), random weights")
def compare_large(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare_with_port(setting, OpenL3Music6144)


@case("openl3_keras", oracle="marl/openl3 (repository) on keras 3, legacy .h5, random weights")
def compare_keras(setting: Setting) -> Iterator[Comparison]:
    """The network behind the front end, through a file of Keras weights."""
    library = keras()
    parts = {
        "tensorflow.keras": library,
        "tensorflow.keras.backend": {},
        "tensorflow.keras.layers": library.layers,
        "tensorflow.keras.regularizers": library.regularizers,
    }
    with stand_ins(parts):
        models = import_oracle("openl3.models")
    network = randomise_keras(models.AUDIO_MODELS["mel256"](include_frontend=False))
    for encoder_type, pool in ((OpenL3Env512, (32, 24)), (OpenL3Music6144, (8, 8))):
        path = setting.folder / f"openl3_{pool[0]}.h5"
        save_legacy_h5(network, path)
        encoder = encoder_type(path).load()
        spectra = encoder.log_mel(some_sounds(2, 48000))
        maps = library.layers.MaxPooling2D(pool_size=pool, padding="same")(network.output)
        whole = library.Model(network.input, library.layers.Flatten()(maps))
        with torch.inference_mode():
            ours = encoder.embed_windows(torch.from_numpy(spectra)).numpy()
        theirs = np.asarray(whole.predict(spectra[..., None], verbose=0))
        yield Comparison(f"window embeddings, {ours.shape[1]}-d", ours, theirs)


def _compare_with_port(setting: Setting, encoder_type: type[OpenL3Encoder]) -> Iterator[Comparison]:
    port = _port()
    card = encoder_type.card
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Empty filters")  # so it is in the original
        network = port.PytorchOpenl3(encoder_type.content, "mel256", card.embedding_size)
        network.speclayer.mel_basis = torch.from_numpy(_trained_mel_matrix())
    randomise(network)
    path = setting.folder / card.source.file_name
    torch.save(network.state_dict(), path)
    encoder = encoder_type(path).load()
    clips = some_sounds(1, _SAMPLES)
    windows = encoder.windows(clips, encoder.hop_samples)
    with torch.inference_mode():
        network.double()
        sounds = torch.from_numpy(windows[0].astype(np.float64))[:, None]
        spectra = network.speclayer(sounds)[..., 0].float().numpy()
        theirs = network(sounds).float().numpy()
    yield Comparison("log-mel, 80 dB", encoder.log_mel(windows[0]) / 80, spectra / 80)
    yield Comparison("window embeddings", encoder.embed_frames(clips).embeddings[0], theirs)
    yield Comparison("embedding", encoder.embed_clips(clips), theirs.mean(axis=0)[None])


def _port() -> ModuleType:
    """Its network; the module that reads files and resamples is not used."""
    with stand_ins({"torchopenl3.core": {}}):
        return import_oracle("torchopenl3.models")


def _trained_mel_matrix() -> Any:
    """HTK scale, triangles of equal area: what the port's published checkpoints hold.

    The package itself asks librosa for another norm, which the checkpoints then overwrite. That
    they hold this one was seen in the matrix that the port's repository had in 2021.
    """
    import librosa

    return librosa.filters.mel(
        sr=48000, n_fft=2048, n_mels=256, fmin=0, fmax=24000, htk=True, norm="slaney"
    )
