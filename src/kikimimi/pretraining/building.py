"""The method of a recipe around its network."""

from typing import Any

from kikimimi.pretraining.method import Setting, create_method, method_type
from kikimimi.pretraining.network_start import start_network
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.sounds import Sounds
from kikimimi.pretraining.trainable import Pretraining, frame_count, measure_normalisation
from kikimimi.training.config import build


def build_pretraining(recipe: PretrainingRecipe, sounds: Sounds) -> Pretraining:
    """The method around its network, normalised, with the weights that it starts from.

    Raises:
        ConfigError: the method or the network cannot be made with these settings.
        DatasetError: none of the files can be read.
        EncoderError: the encoder to start from cannot be loaded.
    """
    front_end = recipe.front_end
    backbone, start = start_network(recipe.network)
    samples = round(recipe.crops.crop_s * front_end.sample_rate_hz)
    mean, scale = 0.0, 1.0
    if recipe.normalisation.of == "data":
        count = recipe.normalisation.files
        mean, scale = measure_normalisation(sounds.stream, front_end, files=count)
    elif start is not None and recipe.normalisation.of == "start":
        mean, scale = start.mean, start.scale
    setting = Setting(
        bands=front_end.n_mels,
        frames=frame_count(samples, front_end),
        text_size=sounds.captions.size if sounds.captions is not None else None,
        log_scale=scale * front_end.scale,
    )
    where = f"method '{recipe.method.name}'"
    config: Any = build(method_type(recipe.method.name).Config, recipe.method.options, where=where)
    network = Pretraining(create_method(recipe.method.name, config, backbone, setting), front_end)
    network.set_normalisation(mean, scale)
    return network
