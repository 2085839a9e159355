"""What every generator must keep, whatever kind it is."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from kikimimi.errors import GenerationError
from kikimimi.generation.contract import Condition, Generator, Latent, mel_frames_for
from kikimimi.generation.folder import open_generator
from kikimimi.generation.mel import LOWEST

KINDS = ("vae", "autoencoder", "flow")
SAMPLING = ("vae", "flow")


@pytest.fixture
def folders(toy_generators) -> dict[str, Path]:
    return {kind: toy_generators[kind] for kind in KINDS}


@pytest.fixture(params=KINDS)
def generator(request, folders) -> Generator:
    return open_generator(folders[request.param]).load()


@pytest.fixture(params=SAMPLING)
def sampler(request, folders) -> Generator:
    return open_generator(folders[request.param]).load()


def sound(seconds: float, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return (0.1 * chance.standard_normal(round(16000 * seconds))).astype(np.float32)


def test_card_says_what_there_is(generator: Generator) -> None:
    card = generator.card
    assert card.latent_hop_s > 0 and card.parameters > 0
    assert card.paper and card.licence and card.training_data
    assert generator.identity.startswith(f"{card.name}@")
    assert len(generator.weights_digest) == 64


@pytest.mark.parametrize("count", [1, 700, 16000, 50000])
def test_reconstruction_is_as_long_as_the_sound(generator: Generator, count: int) -> None:
    latent = generator.encode(sound(10)[:count])
    assert latent.values.shape[0] == generator.card.latent_channels
    assert latent.values.dtype == np.float32
    mel = generator.decode(latent)
    assert mel.shape == (80, mel_frames_for(count / 16000)) and mel.dtype == np.float32
    assert np.isfinite(mel).all() and mel.min() >= LOWEST - 1e-5


def test_silence_and_full_scale_are_taken(generator: Generator) -> None:
    for samples in (np.zeros(8000, np.float32), np.sign(sound(0.5))):
        assert np.isfinite(generator.decode(generator.encode(samples))).all()


def test_encoding_and_decoding_are_deterministic(generator: Generator) -> None:
    first, second = (generator.encode(sound(1.5)) for _ in range(2))
    assert np.array_equal(first.values, second.values)
    assert np.array_equal(generator.decode(first), generator.decode(second))


@pytest.mark.parametrize("seconds", [0.5, 3.0, 60.0])
def test_samples_are_as_long_as_asked_for(sampler: Generator, seconds: float) -> None:
    latent = sampler.sample(seconds=seconds, seed=1)
    assert sampler.decode(latent).shape == (80, mel_frames_for(seconds))


def test_seed_decides_the_bits(sampler: Generator) -> None:
    condition = Condition(label="tone")
    one, same, other = (sampler.sample(condition, seconds=1.0, seed=s) for s in (7, 7, 8))
    assert np.array_equal(one.values, same.values)
    assert not np.array_equal(one.values, other.values)
    # the state of the libraries' own generators does not matter, and stays
    torch.manual_seed(3)
    state = torch.get_rng_state()
    assert np.array_equal(sampler.sample(condition, seconds=1.0, seed=7).values, one.values)
    assert torch.equal(torch.get_rng_state(), state)


def test_label_makes_a_difference(sampler: Generator) -> None:
    tone, hiss = (
        sampler.sample(Condition(label=label), seconds=1.0, seed=7) for label in ("tone", "hiss")
    )
    assert not np.array_equal(tone.values, hiss.values)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 4.0])
def test_loop_ends_where_it_begins(generator: Generator, seconds: float) -> None:
    if generator.card.samples:
        latent = generator.sample(seconds=seconds, seed=1, loop=True)
        assert latent.mel_frames == pytest.approx(mel_frames_for(seconds), abs=4)
    else:
        latent = generator.encode(sound(seconds))
    mel = generator.decode(latent, loop=True)
    assert np.array_equal(mel[:, 0], mel[:, -1])
    assert mel.shape[1] == pytest.approx(latent.mel_frames, abs=4)
    if generator.card.samples:
        assert mel.shape[1] == latent.mel_frames


def test_variation_grows_with_its_amount(sampler: Generator) -> None:
    latent = sampler.encode(sound(2.0))
    assert np.array_equal(sampler.vary(latent, amount=0.0, seed=1).values, latent.values)
    distances = []
    for amount in (0.05, 0.3, 1.0):
        varied = [sampler.vary(latent, amount=amount, seed=s) for s in range(4)]
        assert all(each.mel_frames == latent.mel_frames for each in varied)
        distances.append(np.mean([np.abs(each.values - latent.values).mean() for each in varied]))
    assert distances[0] < distances[1] < distances[2]
    first, again = (sampler.vary(latent, amount=0.3, seed=5) for _ in range(2))
    assert np.array_equal(first.values, again.values)


def test_blend_goes_from_one_to_the_other(generator: Generator) -> None:
    first, second = generator.encode(sound(1.0)), generator.encode(0.01 * sound(2.0, seed=1))
    blends = [generator.blend(first, second, share=share) for share in np.linspace(0, 1, 5)]
    assert np.array_equal(blends[0].values, first.values)
    assert np.array_equal(blends[-1].values, second.values)
    frames = [blend.mel_frames for blend in blends]
    assert frames == sorted(frames) and frames[0] == first.mel_frames
    count = first.values.shape[1]
    away = [np.abs(blend.values[:, :count] - first.values).sum() for blend in blends]
    assert away == sorted(away)
    for blend in blends:
        assert generator.decode(blend).shape == (80, blend.mel_frames)


def test_auto_encoder_alone_says_that_it_cannot_sample(folders) -> None:
    generator = open_generator(folders["autoencoder"]).load()
    with pytest.raises(GenerationError, match="train generate_flow"):
        generator.sample(seconds=1, seed=0)
    with pytest.raises(GenerationError, match="train generate_flow"):
        generator.vary(generator.encode(sound(1)), amount=0.1, seed=0)


def test_flow_takes_sounds_and_words_and_guidance(folders) -> None:
    pytest.importorskip("tokenizers")
    generator = open_generator(folders["flow"]).load()
    assert generator.card.knows_text and generator.card.knows_sounds
    conditions = (
        Condition(text="heavy rain"),
        Condition(text="a dog barks"),
        Condition(sound=sound(1.0)),
        Condition(label="tone"),
        Condition(label="tone", guidance=6.0),
        Condition(),
    )
    made = [generator.sample(each, seconds=0.5, seed=1).values.tobytes() for each in conditions]
    assert len(set(made)) == len(conditions)


@pytest.mark.parametrize("change", [{"encoder_identity": "kikimimi@0"}, {"encoder": "/gone/away"}])
def test_flow_without_its_encoder_still_varies(folders, tmp_path, change: dict) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folders["flow"], copy)
    config = json.loads((copy / "config.json").read_text())
    config["options"].update(change)
    (copy / "config.json").write_text(json.dumps(config))
    generator = open_generator(copy).load()
    latent = generator.encode(sound(1.0))
    assert latent.embedding is None
    assert np.isfinite(generator.vary(latent, amount=0.5, seed=0).values).all()
    with pytest.raises(GenerationError, match="which is not here; give a class or nothing"):
        generator.sample(Condition(text="rain"), seconds=1, seed=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda g: g.encode(np.zeros((2, 5), np.float32)), r"shape \(2, 5\)"),
        (lambda g: g.encode(np.zeros(0, np.float32)), "mix channels down"),
        (lambda g: g.encode(np.array([0, np.nan], np.float32)), "NaN"),
        (lambda g: g.decode(Latent(np.zeros((3, 1), np.float32), 5)), "latent has 3"),
        (lambda g: g.sample(seconds=0.4, seed=0), r"0\.4 s is no length"),
        (lambda g: g.sample(seconds=61, seed=0), "no length"),
        (lambda g: g.sample(seconds=1, seed=-1), "seed"),
        (lambda g: g.sample(Condition(label="tome"), seconds=1, seed=0), "did you mean 'tone'"),
        (lambda g: g.vary(g.encode(sound(1)), amount=1.5, seed=0), "between 0 and 1"),
        (lambda g: g.blend(g.encode(sound(1)), g.encode(sound(1)), share=-1), "between 0 and 1"),
    ],
)
def test_impossible_wishes_are_refused_in_one_line(sampler, call, message: str) -> None:
    with pytest.raises(GenerationError, match=message) as caught:
        call(sampler)
    assert "\n" not in str(caught.value)


def test_conditions_contradict_each_other() -> None:
    with pytest.raises(GenerationError, match="one of label, text and sound"):
        Condition(label="tone", text="a tone")
    with pytest.raises(GenerationError, match="guidance"):
        Condition(guidance=-1)


def test_unloaded_generator_says_so(folders) -> None:
    with pytest.raises(GenerationError, match="call load"):
        open_generator(folders["vae"]).encode(sound(1))


def test_damaged_folders_are_told_in_one_line(folders, tmp_path) -> None:
    with pytest.raises(GenerationError, match="there is no generator"):
        open_generator(tmp_path)
    for kind, folder in folders.items():
        copy = tmp_path / kind
        shutil.copytree(folder, copy)
        config = json.loads((copy / "config.json").read_text())
        weights = bytearray((copy / "model.safetensors").read_bytes())
        weights[-1] ^= 1
        (copy / "model.safetensors").write_bytes(weights)
        with pytest.raises(GenerationError, match="SHA-256"):
            open_generator(copy).load()
        for broken in (
            {**config, "kind": "vea"},
            {**config, "format": "other"},
            {**config, "options": {}},
            {key: value for key, value in config.items() if key != "card"},
        ):
            (copy / "config.json").write_text(json.dumps(broken))
            with pytest.raises(GenerationError) as caught:
                open_generator(copy)
            assert "\n" not in str(caught.value)
