"""What is particular to VGGish, YAMNet and the networks of PANNs."""

import numpy as np
import pytest
import torch

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.published.panns import Cnn6Encoder, Cnn10Encoder, Cnn14Encoder
from kikimimi.encoders.published.vggish import VggishEncoder
from kikimimi.encoders.published.yamnet import YamnetEncoder
from kikimimi.encoders.vocabulary import audioset_527, vocabulary
from kikimimi.errors import EncoderError


@pytest.mark.parametrize(
    ("encoder", "published"),
    [(Cnn14Encoder, 80_753_615), (Cnn10Encoder, 5_219_279), (Cnn6Encoder, 4_837_455)],
)
def test_networks_of_panns_have_the_size_that_the_paper_gives(encoder, published) -> None:
    """Table V of the paper."""
    with torch.device("meta"):
        network = encoder().build()
    assert sum(p.numel() for p in network.parameters()) == published == encoder.card.parameters


def test_tags_are_those_of_the_class_maps() -> None:
    assert YamnetEncoder.card.vocabulary == tuple(entry.tag for entry in vocabulary("audioset"))
    assert Cnn14Encoder.card.vocabulary == tuple(entry.tag for entry in audioset_527())


@pytest.mark.parametrize(
    ("seconds", "count"),
    [(0.1, 1), (0.96, 1), (1.0, 1), (1.43, 1), (1.5, 2), (4.9, 5), (5.0, 5), (10.0, 10)],
)
def test_vggish_hears_whole_patches_and_long_rests(seconds, count) -> None:
    assert VggishEncoder().patch_count(round(16000 * seconds)) == count


@pytest.mark.parametrize(
    ("samples", "count"), [(1, 1), (15600, 1), (15601, 2), (23280, 2), (23281, 3), (80000, 10)]
)
def test_yamnet_hears_every_sample(samples, count) -> None:
    """One patch of 15,600 samples, and one more for each 7,680 that are begun after it."""
    encoder = YamnetEncoder()
    assert encoder.patch_count(samples) == count
    assert encoder.patches(np.zeros((2, samples), np.float32)).shape == (2, count, 96, 64)


def test_patches_of_a_clip_are_those_of_its_parts() -> None:
    """The second patch is what starts 0.48 s (0.96 s) later."""
    clip = np.random.default_rng(0).standard_normal((1, 64000)).astype(np.float32)
    for encoder, hop in ((YamnetEncoder(), 7680), (VggishEncoder(), 15360)):
        whole, later = encoder.patches(clip)[0], encoder.patches(clip[:, hop:])[0]
        torch.testing.assert_close(whole[1], later[0], rtol=1e-5, atol=1e-5)


@pytest.fixture(scope="module")
def yamnet(shared_folder) -> Encoder:
    """Real weights."""
    pytest.importorskip("ai_edge_litert")
    return YamnetEncoder(shared_folder / "weights" / "yamnet" / "yamnet.tflite").load()


@pytest.mark.parametrize(
    ("clip", "tag"), [("1-100032-A-0", "audioset/Dog"), ("1-17367-A-10", "audioset/Rain")]
)
def test_yamnet_names_what_is_heard(yamnet, shared_data, clip, tag) -> None:
    (path,) = (shared_data / "esc50" / "audio").glob(f"{clip}.*")
    samples = read_clip(path, sample_rate_hz=16000, mono=True).samples
    scores = yamnet.encode(samples[:1]).tag_scores[0]
    best = [yamnet.card.vocabulary[index] for index in np.argsort(-scores)[:6]]
    assert tag in best


def test_yamnet_gives_means_over_patches(yamnet) -> None:
    clip = np.random.default_rng(1).standard_normal((1, 40000)).astype(np.float32)
    frames = yamnet.embed_frames(clip).embeddings
    np.testing.assert_allclose(yamnet.embed_clips(clip), frames.mean(axis=1), rtol=1e-5)
    assert frames.min() >= 0  # a mean after ReLU


def test_what_is_no_tflite_file_is_refused(tmp_path) -> None:
    pytest.importorskip("ai_edge_litert")
    path = tmp_path / "yamnet.tflite"
    path.write_bytes(b"no model" * 100)
    with pytest.raises(EncoderError, match=r"yamnet\.tflite: is no tflite file") as caught:
        YamnetEncoder(path).load()
    assert "\n" not in str(caught.value)
