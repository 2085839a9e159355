"""Starting a detector's network from an encoder that `kikimimi train` has made (fine-tuning)."""

from pathlib import Path

from kikimimi.encoders.trained import TrainedEncoder
from kikimimi.errors import ConfigError
from kikimimi.tasks.detection.network import DetectionNetwork, taggers_in
from kikimimi.tasks.detection.recipe import DetectionRecipe


def start_from_encoder(network: DetectionNetwork, recipe: DetectionRecipe, folder: Path) -> None:
    """Give the backbone (and that of the teacher) the weights of a trained encoder's network.

    Args:
        network: of the recipe, with random weights.
        recipe: it has the network and the front end of the encoder.
        folder: of the encoder.

    Raises:
        ConfigError: the encoder has another network or front end.
        EncoderError: there is no such encoder, or its weights are damaged.
    """
    encoder = TrainedEncoder(folder)
    there, front_end = encoder.config.network, encoder.config.front_end
    if there != recipe.network.name or front_end != recipe.front_end:
        raise ConfigError(
            f"network.start: {folder} holds a {there} on other log-mels or another network than "
            f"the {recipe.network.name} of the recipe; give both the same network and front_end"
        )
    weights = encoder.load().network.state_dict()
    for tagger in taggers_in(network):
        if tagger.backbone is None:
            raise ConfigError("network.start: the head stands on an encoder alone; set joined")
        try:
            tagger.backbone.load_state_dict(weights)
        except RuntimeError as error:
            reason = " ".join(str(error).split())[:160]
            raise ConfigError(
                f"network.start: the {there} of {folder} has other sizes ({reason}); give both the "
                "same options"
            ) from None
