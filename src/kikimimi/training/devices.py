"""Where a training runs: one process or several, on CPUs or GPUs."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import torch
from torch import Tensor

from kikimimi.errors import ConfigError

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Precision = Literal["32-true", "bf16-mixed"]


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """Which devices to use. Under torchrun its own numbers of processes and nodes count."""

    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    devices: int = 1
    """Processes on this machine, one GPU each."""


def launch_fabric(settings: DeviceSettings, precision: Precision) -> "Fabric":
    """Start the processes; returns in each of them.

    Without torchrun, the processes beyond the first run the command line of this one anew.

    Raises:
        ConfigError: Fabric is not installed, or the machine lacks the devices.
    """
    try:
        from lightning_fabric import Fabric
    except ImportError:
        raise ConfigError(
            'training needs lightning-fabric; install it with pip install "kikimimi[train]"'
        ) from None
    devices, nodes = _processes(settings)
    _check_devices(settings, devices)
    fabric = Fabric(
        accelerator=settings.accelerator, devices=devices, num_nodes=nodes, precision=precision
    )
    fabric.launch()
    return fabric


def _processes(settings: DeviceSettings) -> tuple[int, int]:
    """Processes a node, and nodes."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return settings.devices, 1
    local = int(os.environ["LOCAL_WORLD_SIZE"])
    return local, int(os.environ["WORLD_SIZE"]) // local


def _check_devices(settings: DeviceSettings, devices: int) -> None:
    if devices < 1:
        raise ConfigError(f"devices must be 1 or more, but is {devices}")
    wants_cuda = settings.accelerator == "cuda" or (
        settings.accelerator == "auto" and torch.cuda.is_available()
    )
    if wants_cuda and torch.cuda.device_count() < devices:
        raise ConfigError(
            f"the machine has {torch.cuda.device_count()} CUDA devices, but {devices} are asked "
            "for; lower devices, or set accelerator to cpu"
        )


@contextmanager
def deterministic_kernels(*, wanted: bool) -> Iterator[None]:
    """Use kernels that give the same bits each time, where there are any; a warning names others.

    With `wanted` off nothing changes.
    """
    before = torch.are_deterministic_algorithms_enabled()
    warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    if wanted:
        # cuBLAS reads this once, when it is first used
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warn_only)


def to_device(batch: Any, device: torch.device) -> Any:
    """The batch with its tensors on `device`, whatever mappings or sequences they lie in.

    Tuples, lists and dataclasses keep their type; values that are no tensors stay as they are.
    """
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, Mapping):
        return {key: to_device(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple | list):
        moved = [to_device(value, device) for value in batch]
        return type(batch)(*moved) if hasattr(batch, "_fields") else type(batch)(moved)
    if is_dataclass(batch) and not isinstance(batch, type):
        names = [field.name for field in fields(batch) if field.init]
        return replace(batch, **{n: to_device(getattr(batch, n), device) for n in names})
    return batch
