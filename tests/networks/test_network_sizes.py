"""What the sizes in a configuration do, network by network."""

import pytest
import torch

from kikimimi.errors import ConfigError
from kikimimi.networks.acdnet import AcdNet, AcdNetConfig
from kikimimi.networks.conformer import ConformerConfig
from kikimimi.networks.crnn import Crnn, CrnnConfig
from kikimimi.networks.eat import Eat, EatConfig, Shorten
from kikimimi.networks.mobilenet import MobileNetConfig, MobileNetV3
from kikimimi.networks.plain_cnn import PlainCnn, PlainCnnConfig
from kikimimi.networks.residual_cnn import ResidualCnn, ResidualCnnConfig

SMALL = {"stem_channels": 8, "channels": (8, 16), "blocks": (1, 2)}
STRIDES = {"frequency_strides": (1, 2), "time_strides": (1, 2)}


@pytest.mark.parametrize(
    "options",
    [
        {"squeeze_excitation": True},
        {"frequency_bias": True},
        {"sub_bands": 3},
        {"stochastic_depth": 0.2},
        {"pooling": "generalised_mean"},
        {"stem_stride": (1, 4), "stem_kernel": 7},
        {"n_mels": 50},
    ],
)
def test_every_option_of_the_residual_network_learns(options) -> None:
    torch.manual_seed(0)
    config = ResidualCnnConfig(**{**SMALL, **STRIDES, **options})
    network = ResidualCnn(config)
    embedding = network(torch.randn(16, config.n_mels, 50))
    embedding.square().mean().backward()
    assert embedding.shape == (16, network.embedding_size)
    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


def test_residual_network_strides_multiply() -> None:
    config = ResidualCnnConfig(**SMALL, frequency_strides=(1, 2), time_strides=(1, 3))
    network = ResidualCnn(config).eval()
    assert network.frames(torch.randn(1, 64, 60)).shape == (1, 10, 16)
    assert config.bands() == [32, 32, 16]


def test_frequency_bias_tells_one_pitch_from_another() -> None:
    """A network that only averages over frequency hears little of a shift; this one learns it."""
    torch.manual_seed(0)
    config = ResidualCnnConfig(**SMALL, **STRIDES, frequency_bias=True)
    network = ResidualCnn(config).eval()
    biases = [p for name, p in network.named_parameters() if name.endswith(".bias") and p.ndim == 3]
    assert [tuple(p.shape) for p in biases] == [(8, 32, 1), (8, 32, 1)]
    x = torch.zeros(1, 64, 50)
    x[:, 20:24] = 1
    before = (network(x) - network(x.roll(8, dims=1))).abs().max()
    for bias in biases:
        torch.nn.init.normal_(bias)
    assert (network(x) - network(x.roll(8, dims=1))).abs().max() > 10 * before


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ResidualCnnConfig(blocks=(2, 2)), "one number a stage"),
        (lambda: ResidualCnnConfig(stem_kernel=4), "stem_kernel must be odd"),
        (lambda: ResidualCnnConfig(sub_bands=5), "the last stage has 4 bands"),
        (lambda: ResidualCnnConfig(dropout=1.0), r"dropout must lie in \[0, 1\)"),
        (lambda: ResidualCnnConfig(pooling="max"), "pooling must be one of mean, mean_max"),
        (lambda: ResidualCnnConfig(channels=()), "channels must be a list"),
        (lambda: ResidualCnnConfig(stem_stride=(1, 2, 3)), "stem_stride must have 2"),
        (lambda: ResidualCnnConfig(stem_channels=True), "stem_channels must be a whole"),
        (lambda: ResidualCnnConfig(frequency_bias=1), "frequency_bias must be true or false"),
        (lambda: MobileNetConfig(width=float("nan")), "width must be a finite"),
        (lambda: CrnnConfig(n_mels=40), "leave nothing of 40 bands"),
        (lambda: CrnnConfig(channels=(8,)), "one number a convolution"),
        (lambda: ConformerConfig(kernel=30), "kernel must be odd"),
        (lambda: ConformerConfig(heads=5), "multiple of 5 heads"),
        (lambda: AcdNetConfig(sample_rate_hz=22050), "multiple of 400"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(make, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", [Crnn, ResidualCnn])
def test_other_count_of_bands_is_refused_where_it_matters(kind) -> None:
    network = kind(kind.Config())
    with pytest.raises(
        ConfigError, match=r"takes log-mel spectrograms \(B, 64, N\).*\(1, 40, 60\)"
    ):
        network(torch.zeros(1, 40, 60))


def test_crnn_gives_a_frame_for_each_frame_unless_time_is_pooled() -> None:
    sizes = {"channels": (4, 4, 4), "gru_size": 3}
    x = torch.randn(1, 64, 61)
    assert Crnn(CrnnConfig(**sizes)).frames(x).shape == (1, 61, 6)
    pooled = Crnn(CrnnConfig(**sizes, time_pools=(2, 2, 1)))
    assert pooled.frames(x).shape == (1, 16, 6)


def test_crnn_reads_the_future_too() -> None:
    torch.manual_seed(0)
    network = Crnn(CrnnConfig(channels=(4, 4, 4), gru_size=4)).eval()
    x = torch.randn(1, 64, 40)
    changed = x.clone()
    changed[:, :, 30:] += 3
    assert (network.frames(x)[:, 20] - network.frames(changed)[:, 20]).abs().max() > 0


@pytest.mark.parametrize("width", [0.4, 1.0, 2.0])
def test_mobilenet_width_scales_channels_in_eights(width: float) -> None:
    network = MobileNetV3(MobileNetConfig(width=width))
    assert network.embedding_size == round(960 * width)
    convolutions = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)]
    assert all(m.out_channels % 8 == 0 for m in convolutions)
    assert len(convolutions) == 1 + 14 * 3 + 2 + 1


def test_plain_cnn_of_four_blocks_in_cnn10_sizes_has_its_convolutions() -> None:
    network = PlainCnn(PlainCnnConfig(channels=(64, 128, 256, 512)))
    shapes = [tuple(p.shape[:2]) for p in network.parameters() if p.ndim == 4]
    expected = [(64, 1), (64, 64), (128, 64), (128, 128)]
    assert shapes == [*expected, (256, 128), (256, 256), (512, 256), (512, 512)]


@pytest.mark.parametrize("rate", [16000, 20000])
def test_acdnet_frames_are_10_ms_at_any_rate(rate: int) -> None:
    network = AcdNet(AcdNetConfig(sample_rate_hz=rate, channels=(4, 4))).eval()
    assert network.filters(torch.zeros(1, 1, 1, rate)).shape == (1, 64, 1, 100)


def test_eat_shortens_a_thousand_and_24_times() -> None:
    sizes = {"channels": 2, "size": 8, "heads": 2, "layers": 1, "feed_forward": 8}
    network = Eat(EatConfig(**sizes)).eval()
    assert network.frames(torch.zeros(1, 1024 * 17)).shape == (1, 17, 8)


def test_low_pass_of_eat_keeps_slow_and_removes_fast_changes() -> None:
    layer = Shorten(1, 4).eval()
    kernel = layer.low_pass[0, 0, 0].double()
    gains = torch.fft.rfft(kernel, n=1024).abs()
    assert gains[0].item() == pytest.approx(1, abs=1e-6)
    assert gains[20].item() > 0.95
    assert gains[256:].max().item() < 0.05
    assert "low_pass" not in layer.state_dict()
