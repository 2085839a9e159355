"""M2D2: the second stage of M2D-CLAP, whose texts are heard by a large language model.

Niizumi et al., "M2D2: exploring general-purpose audio-language representations beyond CLAP", 2025
(arXiv 2503.22104): an M2D is trained first, without texts; then it goes on together with sentence
embeddings of a language model, the mean of its last hidden states.
"""

from kikimimi.pretraining.m2d_clap import M2dClap
from kikimimi.pretraining.method import register


@register("m2d2")
class M2d2(M2dClap):
    """M2D-CLAP from the network of an earlier M2D."""

    title = "M2D2"
    paper = "Niizumi et al., M2D2: exploring general-purpose audio-language representations, 2025"
    needs_start = True
