"""What a training example is made of."""

from pathlib import Path

import numpy as np
import pytest
import torch
from classification_toys import recipe_with
from torch.utils.data import DataLoader

from kikimimi.audio.waveform_bank import WaveformBank, open_bank
from kikimimi.tasks.classification.data import load_data
from kikimimi.tasks.classification.examples import EpochBatches, ExampleMaker
from kikimimi.types import FloatArray


@pytest.fixture(scope="module")
def bank(toy_data: Path, tmp_path_factory: pytest.TempPathFactory) -> WaveformBank:
    data = load_data("folders", toy_data)
    cache = tmp_path_factory.mktemp("cache")
    return open_bank(data.paths, sample_rate_hz=16000, longest_s=2.0, cache=cache)


@pytest.fixture(scope="module")
def targets(toy_data: Path) -> FloatArray:
    return load_data("folders", toy_data).targets


def _batches(bank: WaveformBank, targets: FloatArray, *, epoch: int, **changes: object):
    recipe = recipe_with(**changes)
    clips = np.arange(0, 30, 2)
    make = ExampleMaker(bank, targets, clips, recipe.augmentation)
    return EpochBatches(make, clips, batch_size=4, seed=3, epoch=epoch)


def test_a_batch_is_the_same_whenever_it_is_asked_for(bank, targets) -> None:
    first, again = _batches(bank, targets, epoch=2), _batches(bank, targets, epoch=2)
    assert len(first) == 3
    later = again[1]
    assert torch.equal(first[1].samples, later.samples)
    assert torch.equal(first[1].targets, later.targets)
    assert first[1].seed == later.seed
    assert not torch.equal(_batches(bank, targets, epoch=3)[1].samples, later.samples)


def test_shapes_and_shares(bank, targets) -> None:
    batch = _batches(bank, targets, epoch=0)[0]
    assert batch.samples.shape == (4, 16000)
    assert batch.samples.dtype == batch.targets.dtype == torch.float32
    torch.testing.assert_close(batch.targets.sum(dim=1), torch.ones(4))


@pytest.mark.parametrize("mixing", ["mixup", "between_class"])
def test_mixing_gives_shares_of_two_classes(bank, targets, mixing: str) -> None:
    changed = {"augmentation": {"crop_s": 1.0, "mixing": mixing, "mixing_probability": 1.0}}
    batches = _batches(bank, targets, epoch=0, **changed)
    shares = torch.cat([batches[n].targets for n in range(3)])
    assert ((shares > 0).sum(dim=1) <= 2).all()
    assert ((shares > 0.01).sum(dim=1) == 2).any()


def test_without_mixing_every_target_is_one_class(bank, targets) -> None:
    changed = {"augmentation": {"crop_s": 1.0, "mixing": "none"}}
    batch = _batches(bank, targets, epoch=0, **changed)[0]
    assert sorted(set(batch.targets.flatten().tolist())) == [0.0, 1.0]


def test_clips_that_do_not_train_are_never_heard(bank, targets) -> None:
    """With all other clips deafening, nothing loud comes through."""
    loud = bank.samples.copy()
    for number in range(1, 30, 2):
        loud[bank.offsets[number] : bank.offsets[number + 1]] = 32767
    deafening = WaveformBank(loud, bank.offsets, bank.sample_rate_hz)
    augmentation = {"augmentation": {"crop_s": 1.0, "mixing": "mixup", "mixing_probability": 1.0}}
    batches = _batches(deafening, targets, epoch=0, **augmentation)
    # the toys are at most half of full scale; a share of a deafening clip would shift the median
    assert all(float(batches[n].samples.median().abs()) < 0.2 for n in range(3))


def test_workers_make_the_same_batches(bank, targets) -> None:
    batches = _batches(bank, targets, epoch=1)
    by_workers = list(DataLoader(batches, batch_size=None, num_workers=2))
    assert len(by_workers) == len(batches)
    for number, batch in enumerate(by_workers):
        assert torch.equal(batch.samples, batches[number].samples)
        assert batch.seed == batches[number].seed
