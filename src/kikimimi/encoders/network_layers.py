"""What the layers of a network of `kikimimi.networks` give, over time.

Axes: B clips, F mel bands, N mel frames; N_l, C_l, F_l times, channels and bands of a layer.
"""

from collections.abc import Callable, Collection

from torch import Tensor, nn

from kikimimi.networks.contract import Network
from kikimimi.networks.spectrogram_vit import SpectrogramVit

_STACKS = ("blocks", "stages", "features")


def layer_names(network: Network) -> tuple[str, ...]:
    """Names from input to output; none for a network that is no stack of layers.

    A vision transformer has `layer1` and so on, other stacks have `block1` and so on.
    """
    if isinstance(network, SpectrogramVit):
        return tuple(f"layer{number}" for number in range(1, len(network.layers) + 1))
    return tuple(f"block{number}" for number in range(1, len(_blocks(network)) + 1))


def layer_frames(network: Network, log_mel: Tensor, names: Collection[str]) -> dict[str, Tensor]:
    """The layers `names` for (B, F, N): each (B, N_l, C_l * F_l), channels outermost."""
    if isinstance(network, SpectrogramVit):
        outputs = zip(layer_names(network), network.layer_frames(log_mel), strict=True)
        return {name: frames for name, frames in outputs if name in names}
    found: dict[str, Tensor] = {}
    blocks = zip(layer_names(network), _blocks(network), strict=True)
    hooks = [
        block.register_forward_hook(_keep(found, name)) for name, block in blocks if name in names
    ]
    try:
        network.frames(log_mel)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _keep(found: dict[str, Tensor], name: str) -> Callable[[nn.Module, object, Tensor], None]:
    def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
        is_map = output.ndim == 4  # (B, C, F, N); else already (B, N, D)
        # a copy, because the layer behind may overwrite its input
        found[name] = (output.permute(0, 3, 1, 2).flatten(2) if is_map else output).clone()

    return hook


def _blocks(network: Network) -> list[nn.Module]:
    """The parts of the stack; the poolings, where blocks end with one."""
    stacks = (getattr(network, name, None) for name in _STACKS)
    stack = next((stack for stack in stacks if isinstance(stack, nn.Sequential)), ())
    pools: list[nn.Module] = [
        part for part in stack if isinstance(part, nn.MaxPool2d | nn.AvgPool2d)
    ]
    return pools or list(stack)
