"""Every encoder behind the common API of HEAR 2021, a benchmark of audio representations.

Turian et al., "HEAR: Holistic evaluation of audio representations", 2022. Axes: S sounds,
T samples, N timestamps, D embedding size.
"""

import numpy as np
import torch
from torch import Tensor

from kikimimi.audio.windows import cut_windows
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import DEFAULT_ENCODER, load_encoder
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray


class HearModel(torch.nn.Module):
    """An encoder with the attributes that HEAR asks of a model, which must be a torch module."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.sample_rate = encoder.card.sample_rate_hz
        self.scene_embedding_size = encoder.card.embedding_size
        self.timestamp_embedding_size = encoder.card.embedding_size


def load_model(model_file_path: str = "") -> HearModel:
    """Load the encoder of that name; without one, the default encoder.

    Raises:
        EncoderError: no encoder has this name, or its weights are missing or damaged.
    """
    return HearModel(load_encoder(str(model_file_path) or DEFAULT_ENCODER))


def get_scene_embeddings(audio: Tensor, model: HearModel) -> Tensor:
    """One embedding for each sound: (S, T) at `model.sample_rate` -> (S, D) float32.

    A sound longer than the encoder's window is cut into consecutive windows, the last one ending
    with the sound; its embedding is the mean of theirs.

    Raises:
        EncoderError: `audio` has another shape, no samples, or NaN or infinite ones.
    """
    encoder = model.encoder
    sounds = _sounds(audio)
    embeddings = np.empty((len(sounds), encoder.card.embedding_size), dtype=np.float32)
    for sound, row in zip(sounds, embeddings, strict=True):
        row[:] = np.mean(
            [encoder.embed_clips(w[None])[0] for w in _windows(sound, encoder)], axis=0
        )
    return _tensor(embeddings, audio)


def get_timestamp_embeddings(audio: Tensor, model: HearModel) -> tuple[Tensor, Tensor]:
    """Embeddings over time: (S, T) -> (S, N, D) and their timestamps (S, N) in milliseconds.

    Timestamps are evenly spaced, as HEAR demands; that of a last frame which the end of the sound
    cuts short may so lie behind the end.

    Raises:
        EncoderError: `audio` has another shape, no samples, or NaN or infinite ones.
    """
    encoder = model.encoder
    sounds = _sounds(audio)
    frames, first_s = [], 0.0
    for sound in sounds:
        embeddings, first_s = _frames_of(sound, encoder)
        frames.append(embeddings)
    shape = (len(sounds), len(frames[0]), encoder.card.embedding_size)
    seconds = first_s + np.arange(shape[1]) * encoder.card.frame_hop_s
    timestamps_ms = np.tile(seconds * 1000, (len(sounds), 1))
    return _tensor(np.reshape(frames, shape), audio), _tensor(timestamps_ms, audio)


def _frames_of(sound: FloatArray, encoder: Encoder) -> tuple[FloatArray, float]:
    """Frame embeddings (N, D) of one sound (T,), and the time of the first in seconds.

    A long sound is taken in stretches of whole frames, so that its timestamps stay evenly spaced.
    """
    card = encoder.card
    hops = max(1, int(card.window_s / card.frame_hop_s))
    length = round(hops * card.frame_hop_s * card.sample_rate_hz)
    embeddings, first_s = [], 0.0
    for start in range(0, len(sound), length):
        encoding = encoder.embed_frames(sound[None, start : start + length])
        is_last = start + length >= len(sound)
        rows = encoding.embeddings[0]
        embeddings.append(rows if is_last else _exactly(rows, hops))
        if start == 0:
            first_s = float(encoding.timestamps_s[0])
    return np.concatenate(embeddings), first_s


def _exactly(rows: FloatArray, count: int) -> FloatArray:
    """The frames (N, D) of a stretch that another follows, as one for each of its `count` hops.

    A frame centred on the end comes again as the first one of the next stretch; an encoder whose
    frames lie wholly inside the stretch has fewer, and its last one is repeated.
    """
    return np.pad(rows[:count], ((0, max(0, count - len(rows))), (0, 0)), mode="edge")


def _windows(sound: FloatArray, encoder: Encoder) -> list[FloatArray]:
    card = encoder.card
    cut = cut_windows(
        sound,
        sample_rate_hz=card.sample_rate_hz,
        window_s=card.window_s,
        hop_s=card.window_s,
        min_s=0.0,
        quantum_s=0.0,
    )
    return [samples for _, samples in cut]


def _sounds(audio: Tensor) -> FloatArray:
    if not isinstance(audio, Tensor) or audio.ndim != 2 or 0 in audio.shape:
        raise EncoderError(
            f"HEAR takes a tensor of shape (n_sounds, n_samples), neither of them 0, but got "
            f"{tuple(audio.shape) if isinstance(audio, Tensor) else type(audio).__name__}; "
            "give one sound as audio[None, :]"
        )
    return audio.detach().to("cpu", torch.float32).numpy()


def _tensor(array: FloatArray, audio: Tensor) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32)).to(audio.device)
