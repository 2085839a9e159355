"""The flow as a generator: new latents from noise, or from a sound with some noise.

Axes: T samples, C latent channels, N latent frames, E size of an embedding.
"""

from dataclasses import replace
from math import ceil

import numpy as np
import torch
from torch import Tensor, nn

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import ConfigError, EncoderError, GenerationError
from kikimimi.generation.autoencoder.generator import AutoencoderGenerator
from kikimimi.generation.contract import Condition, Latent, Progress
from kikimimi.generation.flow.conditions import sound_embedding
from kikimimi.generation.flow.matching import Field, guided, integrate
from kikimimi.generation.flow.network import FlowNetwork
from kikimimi.generation.flow.sampling import SamplingSettings
from kikimimi.generation.flow.transformer import FlowCondition, FlowConfig, Given
from kikimimi.generation.flow.windows import windowed
from kikimimi.generation.folder import GeneratorFolder, register_kind
from kikimimi.training.config import build
from kikimimi.types import FloatArray


@register_kind("flow")
class FlowGenerator(AutoencoderGenerator):
    """The auto-encoder with a flow over its latents.

    `vary` goes part of the way back to noise and returns (Meng et al., "SDEdit", ICLR 2022); with
    the embedding that `encode` keeps, it returns to a sound of the same kind. The embedding is kept
    where the encoder that the flow was trained with is here.
    """

    def __init__(self, folder: GeneratorFolder) -> None:
        super().__init__(folder)
        where = f"generator '{self.card.name}'"
        try:
            options = folder.options
            self._flow_config = build(FlowConfig, options["flow"], where=where)
            self._sampling = build(SamplingSettings, options["sampling"], where=where)
            self._embedding_size = int(options["embedding_size"])
            self._encoder_name = str(options["encoder"])
            self._encoder_identity = str(options["encoder_identity"])
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise GenerationError(f"{folder.place}: damaged ({error}); train again") from None
        self._encoder: Encoder | None = None

    def build_parts(self) -> nn.ModuleDict:
        """Auto-encoder and flow, with random weights."""
        parts = super().build_parts()
        parts["flow"] = FlowNetwork(
            self._flow_config,
            channels=self.card.latent_channels,
            classes=len(self.card.classes),
            embedding_size=self._embedding_size,
        )
        return parts

    @property
    def flow(self) -> FlowNetwork:
        """The flow with its weights.

        Raises:
            GenerationError: they are not loaded.
        """
        return self.part("flow", FlowNetwork)

    def _encode(self, samples: FloatArray) -> Latent:
        encoder = self._find_encoder()
        embedding = None if encoder is None else sound_embedding(samples, encoder)
        return replace(super()._encode(samples), embedding=embedding)

    def _sample(
        self,
        condition: Condition,
        mel_frames: int,
        *,
        seed: int,
        loop: bool,
        progress: Progress | None,
    ) -> Latent:
        stride = self.config.stride
        length = ceil(mel_frames / stride)
        if loop:
            # a loop is a whole number of latent frames
            length = max(2, round((mel_frames - 1) / stride))
            mel_frames = length * stride + 1
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, self.card.latent_channels, length, generator=generator)
        told = self._told(condition)
        strength = self._sampling.guidance if condition.guidance is None else condition.guidance
        if told.given.item() == Given.NOTHING:
            strength = 1.0
        field = guided(
            self._field(told, loop=loop), self._field(told.dropped(), loop=loop), strength
        )
        with torch.inference_mode():
            made = integrate(field, noise, steps=self._sampling.steps, progress=progress)
            values = self.flow.restore(made)[0]
        kept = told.embeddings[0].numpy() if condition.sound is not None else None
        return Latent(values.numpy(), mel_frames, kept)

    def _vary(
        self, latent: Latent, *, amount: float, seed: int, progress: Progress | None
    ) -> Latent:
        generator = torch.Generator().manual_seed(seed)
        with torch.inference_mode():
            start = self.flow.normalise(torch.from_numpy(latent.values)[None])
            noise = torch.randn(start.shape, generator=generator)
            made = integrate(
                self._field(self._kin(latent), loop=False),
                (1 - amount) * start + amount * noise,
                steps=max(2, ceil(amount * self._sampling.steps)),
                begin=1 - amount,
                progress=progress,
            )
            values = self.flow.restore(made)[0]
        return replace(latent, values=values.numpy())

    def _field(self, condition: FlowCondition, *, loop: bool) -> Field:
        def velocity(point: Tensor, times: Tensor) -> Tensor:
            return self.flow.transformer(point, times, condition.repeated(len(point)))

        return windowed(velocity, length=self._flow_config.context, loop=loop)

    def _told(self, condition: Condition) -> FlowCondition:
        """What a condition of one sound says to the flow."""
        if condition.label is not None:
            return self._condition(Given.LABEL, label=self.card.classes.index(condition.label))
        if condition.sound is not None:
            return self._condition(Given.SOUND, embedding=self._heard(condition.sound))
        if condition.text is not None:
            return self._condition(Given.TEXT, embedding=self._words(condition.text))
        return self._condition(Given.NOTHING)

    def _kin(self, latent: Latent) -> FlowCondition:
        if latent.embedding is None:
            return self._condition(Given.NOTHING)
        return self._condition(Given.SOUND, embedding=latent.embedding)

    def _condition(
        self, given: Given, *, label: int = 0, embedding: FloatArray | None = None
    ) -> FlowCondition:
        vector = np.zeros(self._embedding_size, np.float32) if embedding is None else embedding
        return FlowCondition(
            torch.tensor([int(given)]), torch.tensor([label]), torch.from_numpy(vector)[None]
        )

    def _heard(self, samples: FloatArray) -> FloatArray:
        return sound_embedding(np.asarray(samples, np.float32), self._listener())

    def _words(self, text: str) -> FloatArray:
        found = self._listener().text_query([text])
        if found is None:
            raise GenerationError(
                'the extra "text" is not installed; install it with pip install "kikimimi[text]", '
                "or give a class"
            )
        return found[0]

    def _listener(self) -> Encoder:
        """The encoder of the conditions, loaded."""
        encoder = self._find_encoder()
        if encoder is None:
            raise GenerationError(
                f"generator '{self.card.name}' hears words and sounds with encoder "
                f"{self._encoder_identity}, which is not here; give a class or nothing, or install "
                "the Kikimimi that it was trained with"
            )
        return encoder

    def _find_encoder(self) -> Encoder | None:
        """The encoder of the conditions, loaded; None if it is gone or has other weights."""
        if self._encoder is None:
            try:
                encoder = create_encoder(self._encoder_name)
            except EncoderError:
                return None
            if encoder.identity != self._encoder_identity:
                return None
            self._encoder = encoder.load()
        return self._encoder
