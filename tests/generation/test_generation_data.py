"""Which sounds a generator hears, and the batches cut out of them."""

import numpy as np
import pytest
import soundfile
import torch
from generator_toys import RATE_HZ, toy_sounds, vae_recipe, write_sounds

from kikimimi.errors import ConfigError, DatasetError
from kikimimi.generation.data import DataSettings, load_generation_data
from kikimimi.generation.mel import GenerationMel, unit_scaled
from kikimimi.generation.mel_bank import CropBatches, open_mel_bank
from kikimimi.generation.sounds import open_sounds
from kikimimi.training.trainable import Shard


def test_folders_are_classes_and_one_fold_stays_out(tmp_path) -> None:
    root = write_sounds(tmp_path)
    data = load_generation_data(root, DataSettings(), held_out_fold=2)
    assert data.classes == ("hiss", "tone")
    assert len(data.training) == 8 and len(data.held_out) == 2
    assert not set(data.training) & set(data.held_out)
    names = [path.parent.name for path in data.training]
    assert [data.classes[number] for number in data.training_labels] == names


def test_only_the_classes_asked_for_are_heard(tmp_path) -> None:
    root = write_sounds(tmp_path)
    data = load_generation_data(root, DataSettings(classes=("tone",)))
    assert data.classes == ("tone",) and len(data.training) == 5
    with pytest.raises(ConfigError, match="no class 'tome'; did you mean 'tone'"):
        load_generation_data(root, DataSettings(classes=("tome",)))
    with pytest.raises(ConfigError, match="have no fold 9"):
        load_generation_data(root, DataSettings(), held_out_fold=9)


def test_loose_sounds_have_no_labels(tmp_path) -> None:
    write_sounds(tmp_path / "mine")
    soundfile.write(tmp_path / "loose.wav", np.ones(100) * 0.1, RATE_HZ)
    data = load_generation_data(tmp_path, DataSettings())
    assert data.classes == () and set(data.training_labels) == {-1}
    assert len(data.training) == 11
    with pytest.raises(ConfigError, match="no labels"):
        load_generation_data(tmp_path, DataSettings(classes=("tone",)))
    with pytest.raises(ConfigError, match="no folds"):
        load_generation_data(tmp_path, DataSettings(), held_out_fold=1)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no sounds"):
        load_generation_data(tmp_path / "empty", DataSettings())


def test_esc50_is_known_by_its_table(shared_data) -> None:
    data = load_generation_data(shared_data / "esc50", DataSettings(), held_out_fold=5)
    assert (data.name, len(data.training), len(data.held_out)) == ("esc50", 1600, 400)
    rooster = load_generation_data(
        shared_data / "esc50", DataSettings(classes=("rooster",)), held_out_fold=5
    )
    assert (len(rooster.training), len(rooster.held_out)) == (32, 8)


def test_bank_has_the_spectrogram_of_each_file_and_names_bad_ones(tmp_path) -> None:
    root = write_sounds(tmp_path / "data", per_class=1)
    bad = root / "tone" / "bad.wav"
    bad.write_bytes(b"no sound")
    told = []
    paths = [root / "hiss" / "0.wav", bad, root / "tone" / "0.wav"]
    for _ in range(2):
        bank = open_mel_bank(
            paths, longest_s=60, cache=tmp_path, bad_file=lambda path, why: told.append(path)
        )
    assert told == [bad, bad]
    samples, _ = soundfile.read(paths[2], dtype="float32")
    wanted = unit_scaled(GenerationMel()(samples))
    np.testing.assert_allclose(bank.whole(2), wanted, atol=1e-3)
    assert bank.length(1) == 0 and len(bank) == 3
    with pytest.raises(DatasetError, match="none of 1 sounds can be read"):
        open_mel_bank([bad], longest_s=60, cache=tmp_path)


def test_what_lies_outside_of_a_sound_is_silence(tmp_path) -> None:
    sounds = toy_sounds(write_sounds(tmp_path, per_class=1), tmp_path)
    whole = sounds.bank.whole(0)
    crop = sounds.bank.crop(0, -3, whole.shape[1] + 10)
    assert not crop[:, :3].any() and not crop[:, -7:].any()
    np.testing.assert_array_equal(crop[:, 3:-7], whole)


def batches_of(tmp_path, **changes):
    sounds = toy_sounds(write_sounds(tmp_path), tmp_path)
    values = {"frames": 32, "batch_size": 4, "steps": 5, "seed": 3, "gain": 0.05, **changes}
    return CropBatches(sounds.bank, sounds.training, **values)


def test_batches_depend_on_seed_and_epoch_alone(tmp_path) -> None:
    batches = batches_of(tmp_path)
    first, again = (list(batches.epoch(1, Shard())) for _ in range(2))
    assert all(torch.equal(a.mel, b.mel) for a, b in zip(first, again, strict=True))
    assert [batch.seed for batch in first] == [batch.seed for batch in again]
    other = next(iter(batches.epoch(2, Shard())))
    assert not torch.equal(first[0].mel, other.mel)
    assert first[0].mel.shape == (4, 80, 32)


def test_each_sound_is_heard_before_any_is_heard_again(tmp_path) -> None:
    batches = batches_of(tmp_path, batch_size=5, steps=4)
    numbers = torch.cat([batch.numbers for batch in batches.epoch(0, Shard())])
    assert numbers[:10].unique().numel() == numbers[10:].unique().numel() == 10


def test_shards_share_an_epoch_out(tmp_path) -> None:
    batches = batches_of(tmp_path, batch_size=5, steps=1)
    heard = [next(iter(batches.epoch(0, Shard(rank, 2)))).numbers for rank in range(2)]
    assert torch.cat(heard).unique().numel() == 10


def test_gain_leaves_digital_silence_alone(tmp_path) -> None:
    batches = batches_of(tmp_path, frames=96, whole=True)
    batch = next(iter(batches.epoch(0, Shard())))
    assert not batch.mel[:, :, 70:].any()


def test_silent_sounds_alone_are_refused(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    soundfile.write(tmp_path / "data" / "silence.wav", np.zeros(16000), RATE_HZ)
    sounds = open_sounds(tmp_path / "data", vae_recipe().data, cache=tmp_path)
    batches = CropBatches(sounds.bank, sounds.training, 32, 2, 1, 0)
    with pytest.raises(DatasetError, match="silent"):
        next(iter(batches.epoch(0, Shard())))
