"""What every registered network must keep, whoever wrote it."""

import re
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from kikimimi.errors import ConfigError
from kikimimi.networks.contract import Network
from kikimimi.networks.registry import (
    config_type,
    create_network,
    network_names,
    network_type,
)
from kikimimi.training.config import build, load_recipe, recipe_text

NAMES = network_names()
N_MELS = 64
SMALL: dict[str, dict] = {
    "acdnet": {"filters": (4, 16), "channels": (8, 8, 16)},
    "ast": {"size": 24, "layers": 2, "feed_forward": 32},
    "byol_a_v1": {"embedding_size": 32},
    "byol_a_v2": {"mlp_size": 32},
    "cnn10": {"channels": (4, 4, 8, 8)},
    "cnn14": {"channels": (4, 4, 4, 8, 8, 16)},
    "cnn6": {"channels": (4, 4, 8, 8)},
    "conformer": {"size": 16, "layers": 2, "subsampling_channels": 8, "feed_forward": 32},
    "crnn": {"channels": (8, 8, 8), "gru_size": 8},
    "eat": {"channels": 4, "size": 16, "heads": 2, "layers": 2, "feed_forward": 32},
    "efficientnet": {"width": 0.1},
    "mobilenet": {"width": 0.2},
    "multiscale_cnn": {"branch_channels": 4, "pool": (4, 4)},
    "openl3": {"channels": (4, 4, 8, 8), "pool": (4, 3), "n_mels": N_MELS, "patch_frames": 50},
    "plain_cnn": {"channels": (8, 8, 16, 16)},
    "residual_cnn": {"stem_channels": 8, "channels": (8, 8, 16, 16), "blocks": (1, 1, 1, 1)},
    "resnet18": {"channels": 8},
    "spectrogram_vit": {"n_mels": N_MELS, "width": 24, "depth": 2, "heads": 2},
    "vggish": {"channels": (4, 4, 8, 8), "hidden": 32, "embedding_size": 16},
    "yamnet": {"width": 0.1},
}
"""Sizes for speed; a network without an entry is tested at its own."""


@pytest.fixture(params=NAMES)
def name(request) -> str:
    torch.manual_seed(3)
    return request.param


@pytest.fixture
def network(name: str) -> Network:
    return create_network(name, config_type(name)(**SMALL.get(name, {})))


def sounds(network: Network, count: int, length: float = 1.0) -> Tensor:
    """Input of `length` times the shortest: 16,000 samples or 50 frames of 20 ms, of 64 bands."""
    if network.input_kind == "waveform":
        return 0.1 * torch.randn(count, round(16000 * length))
    return torch.randn(count, N_MELS, round(50 * length))


def settle(network: Network, x: Tensor) -> Network:
    """Evaluation mode after two steps that set the running statistics to those of `x`."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.momentum = None
    with torch.no_grad():
        for _ in range(2):
            network.train()(x)
    return network.eval()


def test_class_says_what_it_takes_and_where_it_comes_from(name: str) -> None:
    kind = network_type(name)
    assert issubclass(kind, Network)
    assert kind.input_kind in ("log_mel", "waveform")
    assert re.search(r"\d{4}|et al\.| and ", kind.paper)
    assert kind.Config is config_type(name)


@pytest.mark.parametrize("length", [1.0, 1.37, 20.0])
def test_any_length_gives_embeddings_and_frames(network: Network, length: float) -> None:
    x = sounds(network, 2, length)
    with torch.inference_mode():
        embedding, frames = network.eval()(x), network.frames(x)
    assert embedding.shape == (2, network.embedding_size)
    assert frames.ndim == 3 and frames.shape[0] == 2 and frames.shape[1] >= 1
    assert embedding.isfinite().all() and frames.isfinite().all()


def test_longer_sounds_have_more_frames(network: Network) -> None:
    with torch.inference_mode():
        counts = [network.eval().frames(sounds(network, 1, s)).shape[1] for s in (1, 4, 16)]
    assert counts[0] < counts[1] < counts[2]
    assert counts[2] == pytest.approx(4 * counts[1], rel=0.2)


def test_gradient_reaches_every_parameter(network: Network) -> None:
    """Also those of a decoder, through the reconstruction."""
    x = sounds(network.train(), 4, 2.0)
    loss = network(x).square().mean()
    if hasattr(network, "reconstruct"):
        loss = loss + (network.reconstruct(x) - x).square().mean()
    loss.backward()
    silent = [
        name
        for name, parameter in network.named_parameters()
        if parameter.grad is None or not parameter.grad.isfinite().all() or not parameter.grad.any()
    ]
    assert silent == []


def test_trains_in_bfloat16_under_autocast(network: Network) -> None:
    x = sounds(network.train(), 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        embedding = network(x)
    embedding.float().square().mean().backward()
    assert embedding.isfinite().all()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


def test_embedding_depends_on_the_sound(network: Network) -> None:
    x = sounds(network, 2, 2.0)
    x[1] *= torch.linspace(0, 2, x.shape[-1])
    with torch.inference_mode():
        first, second = settle(network, x)(x)
    assert (first - second).abs().max() > 1e-4


def test_evaluation_is_deterministic(network: Network) -> None:
    x = sounds(network, 2)
    settle(network, x)
    with torch.inference_mode():
        assert torch.equal(network(x), network(x))


@pytest.mark.parametrize("what", [Network.forward, Network.frames], ids=["forward", "frames"])
def test_neighbours_in_the_batch_do_not_matter(network: Network, what: Callable) -> None:
    x = sounds(network, 3, 1.5)
    x[1] *= 20
    settle(network, x)
    with torch.inference_mode():
        together = getattr(network, what.__name__)(x)
        alone = torch.cat([getattr(network, what.__name__)(clip[None]) for clip in x])
    torch.testing.assert_close(together, alone, rtol=1e-3, atol=1e-5)


def test_weights_go_through_a_file(network: Network, name: str) -> None:
    x = sounds(network, 2)
    settle(network, x)
    other = create_network(name, config_type(name)(**SMALL.get(name, {})))
    other.load_state_dict(load(save(network.state_dict())))
    with torch.inference_mode():
        assert torch.equal(network(x), other.eval()(x))


def test_strided_input_is_the_same_input(network: Network) -> None:
    x = sounds(network, 2)
    strided = x.transpose(0, -1).contiguous().transpose(0, -1)
    with torch.inference_mode():
        torch.testing.assert_close(network.eval()(strided), network(x), rtol=1e-4, atol=1e-5)


def test_standard_sizes_have_the_count_that_the_docstring_names(name: str) -> None:
    network = create_network(name)
    counts = re.findall(r"([\d,]+) parameters", type(network).__doc__ or "")
    assert [int(count.replace(",", "")) for count in counts] == [
        sum(parameter.numel() for parameter in network.parameters())
    ]


def test_config_goes_through_a_recipe(name: str, tmp_path) -> None:
    config = config_type(name)(**SMALL.get(name, {}))
    path = tmp_path / "network.yaml"
    path.write_text(recipe_text(config))
    assert load_recipe(path, config_type(name)) == config


def test_config_typo_is_refused_with_the_right_spelling(name: str) -> None:
    kind = config_type(name)
    field = next(iter(kind.__dataclass_fields__))
    with pytest.raises(ConfigError, match=f"unknown key '{field}x'; did you mean '{field}'"):
        build(kind, {f"{field}x": 1}, where="recipe.yaml")


def test_impossible_sizes_are_refused_by_name(name: str) -> None:
    kind = config_type(name)
    for field in kind.__dataclass_fields__:
        with pytest.raises(ConfigError, match=field) as caught:
            kind(**{field: -1})
        assert "\n" not in str(caught.value)


def test_input_of_another_shape_is_refused(network: Network) -> None:
    with pytest.raises(ConfigError, match=r"\(1, 2, 3, 4\)"):
        network(torch.zeros(1, 2, 3, 4))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [("residual_cn", "did you mean 'residual_cnn'"), ("zzzz", "known: .*acdnet.*")],
)
def test_unknown_name_is_refused_with_the_nearest(wrong: str, message: str) -> None:
    for ask in (create_network, config_type, network_type):
        with pytest.raises(ConfigError, match=message):
            ask(wrong)


def test_config_of_another_network_is_refused() -> None:
    with pytest.raises(ConfigError, match="'crnn' takes a CrnnConfig, not a AstConfig"):
        create_network("crnn", config_type("ast")())


def test_the_specified_architectures_are_there() -> None:
    assert set(SMALL) <= set(NAMES)
