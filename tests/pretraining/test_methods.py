"""What every method keeps, and the equations of each."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from kikimimi.errors import ConfigError
from kikimimi.networks.registry import config_type, create_network
from kikimimi.pretraining.method import (
    Examples,
    Method,
    Setting,
    create_method,
    method_names,
    method_type,
)
from kikimimi.training.config import build

VIT = {"n_mels": 16, "patch": (8, 8), "width": 12, "depth": 1, "heads": 3}
CNN = {"channels": (4, 8), "convolutions": 1, "dropout": 0.0}
SMALL = {"width": 12, "depth": 1, "heads": 3}
OPTIONS: dict[str, dict[str, Any]] = {
    "byol_a": {"hidden_size": 16, "projection_size": 8, "mixup_memory": 8},
    "cola": {"projection_size": 8},
    "m2d": {"predictor": SMALL, "target_decay": (0.5, 0.9)},
    "m2d2": {"predictor": SMALL, "hidden_size": 8},
    "m2d_clap": {"predictor": SMALL, "hidden_size": 8},
    "msm_mae": {"decoder": SMALL},
    "waveform_agreement": {
        "waveform_options": {"filters": (2, 4), "channels": (4, 8)},
        "hidden_size": 16,
        "projection_size": 8,
    },
}
SETTING = Setting(bands=16, frames=32, text_size=5)


def make(name: str, *, seed: int = 0, **options: Any) -> Method:
    torch.manual_seed(seed)
    patches = "m2d" in name or name == "msm_mae"
    network, sizes = ("spectrogram_vit", VIT) if patches else ("plain_cnn", CNN)
    backbone = create_network(network, build(config_type(network), sizes, where="test"))
    config = build(method_type(name).Config, {**OPTIONS[name], **options}, where="test")
    return create_method(name, config, backbone, SETTING).train()


def examples_for(method: Method, *, clips: int = 4, seed: int = 0) -> Examples:
    generator = torch.Generator().manual_seed(seed)
    shape = (clips, method.views)
    return Examples(
        samples=torch.randn(*shape, 4000, generator=generator),
        log_mel=torch.randn(*shape, 16, 32, generator=generator),
        texts=torch.randn(clips, 5, generator=generator) if method.needs_texts else None,
    )


def weights_of(module: nn.Module) -> list[Tensor]:
    return [weight.detach().clone() for weight in module.parameters()]


@pytest.fixture(params=method_names())
def method(request) -> Method:
    return make(request.param)


def test_every_method_has_options_here() -> None:
    assert set(OPTIONS) == set(method_names())


def test_losses_are_numbers_and_reach_the_network(method: Method) -> None:
    losses = method.losses(examples_for(method))
    assert all(loss.ndim == 0 and torch.isfinite(loss) for loss in losses.values())
    losses["loss"].backward()
    for name, weight in method.network.named_parameters():
        assert weight.grad is not None, name
    assert sum(float(w.grad.abs().sum()) for w in method.network.parameters()) > 0


def test_everything_that_wants_a_gradient_gets_one_and_targets_get_none(method: Method) -> None:
    method.losses(examples_for(method))["loss"].backward()
    for name, weight in method.named_parameters():
        assert (weight.grad is None) == name.startswith("target_"), name
        assert weight.requires_grad != name.startswith("target_"), name


def test_training_lowers_the_loss(method: Method) -> None:
    optimiser = torch.optim.Adam([w for w in method.parameters() if w.requires_grad], lr=3e-3)
    examples = examples_for(method, clips=8)
    found = []
    for _ in range(30):
        loss = method.losses(examples)["loss"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append(float(loss.detach()))
    assert np.mean(found[-5:]) < np.mean(found[:5])


def test_a_copy_from_its_state_goes_on_alike(method: Method) -> None:
    method.losses(examples_for(method))
    other = make(method.name, seed=1)
    other.load_state_dict(method.state_dict())
    found = []
    for each in (method, other):
        torch.manual_seed(5)
        found.append(each.losses(examples_for(method, seed=1))["loss"].item())
    assert found[0] == found[1]


def test_methods_of_patches_refuse_other_networks() -> None:
    network = create_network("plain_cnn")
    for name in ("m2d", "msm_mae", "m2d_clap"):
        config = build(method_type(name).Config, OPTIONS[name], where="test")
        with pytest.raises(ConfigError, match="spectrogram_vit"):
            create_method(name, config, network, SETTING)


def test_wrong_calls() -> None:
    with pytest.raises(ConfigError, match="did you mean 'cola'"):
        method_type("colla")
    with pytest.raises(ConfigError, match="hears log_mel, but this one hears waveform"):
        create_method("cola", method_type("cola").Config(), create_network("acdnet"), SETTING)
    with pytest.raises(ConfigError, match="hears log_mel; name one that hears waveforms"):
        make("waveform_agreement", waveform_network="plain_cnn", waveform_options={})
    with pytest.raises(ConfigError, match="mask_ratio"):
        make("m2d", mask_ratio=1.0)
    with pytest.raises(ConfigError, match="target_decay"):
        make("m2d", target_decay=(0.5, 1.5))
    with pytest.raises(ConfigError, match="temperature"):
        make("waveform_agreement", temperature=0.0)
    config = build(method_type("m2d_clap").Config, OPTIONS["m2d_clap"], where="test")
    network = create_network("spectrogram_vit", config_type("spectrogram_vit")(**VIT))
    with pytest.raises(ConfigError, match="captions"):
        create_method("m2d_clap", config, network, Setting(bands=16, frames=32))


def test_cola_tells_a_clip_by_its_other_crop() -> None:
    method = make("cola").eval()
    examples = examples_for(method, clips=3)
    projected = [
        [method.projection(method.network(view[None]))[0].detach().numpy() for view in clip]
        for clip in examples.log_mel
    ]
    assert np.abs(projected).max() <= 1  # tanh
    matrix = method.similarity.detach().numpy()
    losses = []
    for place in range(3):
        scores = np.array([projected[place][0] @ matrix @ clip[1] for clip in projected])
        losses.append(np.log(np.exp(scores).sum()) - scores[place])
    assert float(method.losses(examples)["loss"]) == pytest.approx(np.mean(losses), rel=1e-4)


def test_byol_a_is_symmetric_and_its_target_trails() -> None:
    method = make("byol_a", mixup=0.0, crop_plane=(1.0, 1.0), crop_scale=(1.0, 1.0))
    examples = examples_for(method)
    with torch.no_grad():
        method.network.blocks[0][0].weight.mul_(2)
    before = weights_of(method.target_network)
    loss = float(method.losses(examples)["loss"])
    online = weights_of(method.network)
    for target, old, new in zip(weights_of(method.target_network), before, online, strict=True):
        torch.testing.assert_close(target, 0.99 * old + 0.01 * new)
    # without augmentation both views are the normalised input
    log_mel = examples.log_mel[:, 0]
    view = (log_mel - log_mel.mean()) / log_mel.std()
    predicted = method.predictor(method.projector(method.network(view)))
    wanted = method.target_projector(method.target_network(view))
    one_way = (2 - 2 * functional.cosine_similarity(predicted, wanted)).mean()
    assert loss == pytest.approx(2 * float(one_way), rel=1e-3)


def test_byol_a_remembers_inputs_before_they_are_changed() -> None:
    method = make("byol_a", fader_gain=1.0)
    examples = examples_for(method)
    method.losses(examples)
    assert int(method.mixup.count) == 4
    torch.testing.assert_close(method.mixup.bank[:4], examples.log_mel[:, 0].half())


def test_msm_mae_counts_masked_patches_only(monkeypatch) -> None:
    method = make("msm_mae")
    examples = examples_for(method, clips=2)
    log_mel = examples.log_mel[:, 0]
    masked = torch.tensor([[0, 2, 3, 4, 6, 7], [1, 2, 3, 5, 6, 7]])
    visible = torch.tensor([[1, 5], [0, 4]])
    monkeypatch.setattr(
        "kikimimi.pretraining.msm_mae.divide_patches",
        lambda clips, patches, ratio, device: _division(visible, masked),
    )
    tokens = method.network.encode(log_mel, visible)
    predicted = method.decoder(tokens, visible, (2, 4)).detach().numpy()
    errors = []
    for clip in range(2):
        for place in masked[clip].tolist():
            band, time = divmod(place, 4)
            patch = log_mel[clip, 8 * band : 8 * band + 8, 8 * time : 8 * time + 8].numpy().ravel()
            target = (patch - patch.mean()) / patch.std(ddof=1)
            errors.append(np.mean((predicted[clip, place] - target) ** 2))
    assert float(method.losses(examples)["loss"]) == pytest.approx(np.mean(errors), rel=1e-4)


def test_m2d_shows_each_network_its_own_patches(monkeypatch) -> None:
    method = make("m2d")
    examples = examples_for(method, clips=2)
    log_mel = examples.log_mel[:, 0]
    masked = torch.tensor([[0, 2, 3, 4, 6], [1, 2, 3, 5, 6]])
    visible = torch.tensor([[1, 5, 7], [0, 4, 7]])
    monkeypatch.setattr(
        "kikimimi.pretraining.m2d.divide_patches",
        lambda clips, patches, ratio, device: _division(visible, masked),
    )
    tokens = method.network.encode(log_mel, visible)
    predicted = method.predictor(tokens, visible, (2, 4)).detach().numpy()
    targets = method.target_network.encode(log_mel, masked).numpy()
    errors = []
    for clip in range(2):
        for row, place in enumerate(masked[clip].tolist()):
            target = targets[clip, row] - targets[clip, row].mean()
            found = predicted[clip, place]
            cosine = found @ target / np.linalg.norm(found) / np.linalg.norm(target)
            errors.append(2 - 2 * cosine)
    loss = method.losses(examples)["loss"]
    assert float(loss) == pytest.approx(np.mean(errors), rel=1e-3)
    # what is masked does not reach the online network, nor what is visible the target
    for hidden, network in ((masked, method.network), (visible, method.target_network)):
        changed = log_mel.clone()
        for clip in range(2):
            for place in hidden[clip].tolist():
                band, time = divmod(place, 4)
                changed[clip, 8 * band : 8 * band + 8, 8 * time : 8 * time + 8] += 9
        shown = visible if network is method.network else masked
        torch.testing.assert_close(network.encode(changed, shown), network.encode(log_mel, shown))


def test_the_target_of_m2d_slows_down_linearly(monkeypatch) -> None:
    decays: list[float] = []
    monkeypatch.setattr(
        "kikimimi.pretraining.m2d.move_target", lambda target, online, decay: decays.append(decay)
    )
    method = make("m2d", target_decay=(0.5, 0.9))
    method.total_steps = 5
    for _ in range(6):
        method.losses(examples_for(method))
    np.testing.assert_allclose(decays, [0.5, 0.6, 0.7, 0.8, 0.9, 0.9])


@pytest.mark.parametrize("crops", ["two", "same"])
def test_waveforms_agree_with_spectrograms(crops: str) -> None:
    method = make("waveform_agreement", crops=crops).eval()
    examples = examples_for(method, clips=3)
    heard = examples.log_mel[:, 0 if crops == "two" else 1]
    seen = method.projector(method.network(heard))
    told = method.waveform_projector(method.waveform_network(examples.samples[:, 1]))
    seen, told = (functional.normalize(each, dim=1).detach().numpy() for each in (seen, told))
    logits = seen @ told.T / 0.1
    losses = [np.log(np.exp(row).sum()) - row[place] for place, row in enumerate(logits)]
    losses += [np.log(np.exp(row).sum()) - row[place] for place, row in enumerate(logits.T)]
    assert float(method.losses(examples)["loss"]) == pytest.approx(np.mean(losses), rel=1e-4)


@pytest.mark.parametrize("name", ["m2d_clap", "m2d2"])
def test_sounds_and_texts_are_weighed(name: str) -> None:
    method = make(name, text_weight=0.25, temperature=0.2)
    examples = examples_for(method)
    examples.texts.requires_grad_()
    losses = method.losses(examples)
    expected = losses["masked"] + 0.25 * losses["agreement"]
    torch.testing.assert_close(losses["loss"], expected)
    losses["loss"].backward()
    assert examples.texts.grad is None
    assert float(method.sharpness.exp()) == pytest.approx(5.0)
    assert dict(method.kept_beside()) == {"text_projector": method.text_projector}


def test_silence_and_loud_values_give_finite_losses(method: Method) -> None:
    method.losses(examples_for(method))  # fills the memory of BYOL-A
    good = examples_for(method)
    for factor in (0.0, 1e3):
        examples = Examples(good.samples * factor, good.log_mel * factor, good.texts)
        losses = method.losses(examples)
        losses["loss"].backward()
        assert torch.isfinite(losses["loss"])
        for name, weight in method.named_parameters():
            assert weight.grad is None or torch.isfinite(weight.grad).all(), name


def _division(visible: Tensor, masked: Tensor) -> Any:
    from kikimimi.pretraining.masking import Division

    return Division(visible, masked)
