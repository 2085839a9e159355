"""VGGish against the torch port whose checkpoint it reads."""

from collections.abc import Iterator

import numpy as np
import torch

from kikimimi.encoders.published.vggish import VggishEncoder
from parity_cases.oracles import import_oracle, randomise, some_sounds
from parity_cases.registry import Comparison, Setting, case

_SAMPLES = 78400
"""4.9 s: five patches in both, without a rest to disagree about."""


@case("vggish", oracle="torchvggish 0.2 (PyPI), random weights")
def compare(setting: Setting) -> Iterator[Comparison]:
    """Log-mel, patch embeddings and the checkpoint's layout, from the waveform on."""
    port = import_oracle("torchvggish.torchvggish")
    front_end = import_oracle("torchvggish.vggish_input", stubs=("resampy",))
    network = randomise(port.VGG(port.make_layers(), postprocess=False))
    path = setting.folder / "vggish.pth"
    torch.save(network.state_dict(), path)
    encoder = VggishEncoder(path).load()
    clip = some_sounds(1, _SAMPLES)
    examples = front_end.waveform_to_examples(clip[0], 16000).detach()
    with torch.inference_mode():
        theirs = network(examples.float()).numpy()
    yield Comparison("log-mel", encoder.patches(clip)[0].numpy(), examples[:, 0].numpy())
    yield Comparison("patch embeddings", encoder.embed_frames(clip).embeddings[0], theirs)
    yield Comparison("embedding", encoder.embed_clips(clip), np.mean(theirs, axis=0)[None])
