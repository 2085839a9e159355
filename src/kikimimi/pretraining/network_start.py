"""The network of a recipe, with random weights or those of an earlier training."""

from kikimimi.encoders.trained import TrainedEncoder
from kikimimi.encoders.trained_config import TrainedConfig
from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.registry import config_type, create_network
from kikimimi.pretraining.recipe import BackboneSettings
from kikimimi.training.config import build


def start_network(settings: BackboneSettings) -> tuple[Network, TrainedConfig | None]:
    """The network, and the configuration of the encoder that its weights are from, if any.

    Raises:
        ConfigError: the network or an option is unknown, or the earlier one is another network.
        EncoderError: the encoder to start from cannot be loaded.
    """
    sizes = build(config_type(settings.name), settings.options, where=f"network '{settings.name}'")
    network = create_network(settings.name, sizes)
    if settings.start is None:
        return network, None
    start = TrainedEncoder(settings.start)
    there = build(
        config_type(start.config.network), start.config.network_options, where=str(settings.start)
    )
    if (start.config.network, there) != (settings.name, sizes):
        raise ConfigError(
            f"network.start: {settings.start} holds a {start.config.network} {there}, but the "
            f"recipe wants a {settings.name} {sizes}; give both the same sizes"
        )
    network.load_state_dict(start.load().network.state_dict())
    return network, start.config
