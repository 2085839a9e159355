from collections import namedtuple
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from kikimimi.errors import ConfigError
from kikimimi.training.devices import (
    DeviceSettings,
    deterministic_kernels,
    launch_fabric,
    to_device,
)

Pair = namedtuple("Pair", ["first", "second"])


@dataclass(frozen=True, slots=True)
class Batch:
    x: Tensor
    name: str


def test_tensors_move_wherever_they_lie() -> None:
    one = torch.zeros(1)
    batch = {"a": [one, (one, "text")], "b": Batch(one, "n"), "c": Pair(one, None)}
    moved = to_device(batch, torch.device("meta"))
    assert moved["a"][0].is_meta
    assert moved["a"][1][0].is_meta
    assert moved["a"][1][1] == "text"
    assert moved["b"].x.is_meta
    assert moved["b"].name == "n"
    assert isinstance(moved["c"], Pair)
    assert moved["c"].first.is_meta
    assert not one.is_meta


def test_the_numbers_of_torchrun_count(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {}

    class Fabric:
        def __init__(self, **options: object) -> None:
            asked.update(options)

        def launch(self) -> None:
            asked["launched"] = True

    monkeypatch.setattr("lightning_fabric.Fabric", Fabric)
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    monkeypatch.setenv("WORLD_SIZE", "12")
    launch_fabric(DeviceSettings("cpu"), "32-true")
    assert asked["devices"] == 4
    assert asked["num_nodes"] == 3
    assert asked["launched"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="the machine has a GPU")
def test_a_missing_gpu_is_told() -> None:
    with pytest.raises(ConfigError, match="0 CUDA devices, but 2 are asked for"):
        launch_fabric(DeviceSettings("cuda", 2), "32-true")


def test_no_device_is_refused() -> None:
    with pytest.raises(ConfigError, match="devices must be 1 or more"):
        launch_fabric(DeviceSettings("cpu", 0), "32-true")


def test_the_choice_of_kernels_ends_with_the_block() -> None:
    before = torch.are_deterministic_algorithms_enabled()
    with deterministic_kernels(wanted=True):
        assert torch.are_deterministic_algorithms_enabled()
    assert torch.are_deterministic_algorithms_enabled() == before
