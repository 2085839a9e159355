"""Weights files of Keras are read by name, and nothing outside them."""

import gzip
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from kikimimi.encoders.published.keras_h5 import read_keras_h5
from kikimimi.errors import EncoderError

KERNEL = np.arange(24, dtype=np.float32).reshape(2, 2, 3, 2)


def write(path: Path, *, root: str = "/") -> Path:
    """Two layers, the first under a name that Keras makes longer, and one without weights."""
    with h5py.File(path, "w") as file:
        group = file.require_group(root)
        group.attrs["layer_names"] = [b"conv2d_7", b"relu", b"conv2d_3"]
        for name in ("conv2d_7", "conv2d_3"):
            group[f"{name}/model/{name}/kernel:0"] = KERNEL
            group[f"{name}/model/{name}/bias:0"] = KERNEL[0, 0, 0]
            weights = (f"model/{name}/kernel:0", f"model/{name}/bias:0")
            group[name].attrs["weight_names"] = [weight.encode() for weight in weights]
        group.require_group("relu").attrs["weight_names"] = np.zeros(0)
    return path


@pytest.mark.parametrize("root", ["/", "model_weights"])
def test_arrays_are_read_in_the_order_of_the_layers(tmp_path, root) -> None:
    tensors = read_keras_h5(write(tmp_path / "model.h5", root=root))
    assert list(tensors) == [
        *("conv2d_7/kernel", "conv2d_7/bias"),
        *("conv2d_3/kernel", "conv2d_3/bias"),
    ]
    np.testing.assert_array_equal(tensors["conv2d_7/kernel"], KERNEL)


def test_a_compressed_file_is_read(tmp_path) -> None:
    path = write(tmp_path / "model.h5")
    packed = tmp_path / "model.h5.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert read_keras_h5(packed).keys() == read_keras_h5(path).keys()
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(EncoderError, match=r"model\.h5\.gz: is no file of Keras weights"):
        read_keras_h5(packed)


def test_links_to_other_files_are_refused(tmp_path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = KERNEL
    path = write(tmp_path / "model.h5")
    with h5py.File(path, "a") as file:
        del file["conv2d_3/model/conv2d_3/kernel:0"]
        file["conv2d_3/model/conv2d_3/kernel:0"] = h5py.ExternalLink(str(secret), "/kernel")
    with pytest.raises(EncoderError, match=r"conv2d_3/kernel:0 is not in the file"):
        read_keras_h5(path)


def test_arrays_that_lie_in_other_files_are_refused(tmp_path) -> None:
    raw = tmp_path / "raw.bin"
    raw.write_bytes(KERNEL.tobytes())
    path = write(tmp_path / "model.h5")
    with h5py.File(path, "a") as file:
        del file["conv2d_3/model/conv2d_3/kernel:0"]
        file["conv2d_3/model/conv2d_3"].create_dataset(
            "kernel:0", KERNEL.shape, "f4", external=[(str(raw), 0, KERNEL.nbytes)]
        )
    with pytest.raises(EncoderError, match=r"conv2d_3/kernel:0 is not in the file"):
        read_keras_h5(path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_what_is_no_such_file_is_refused_in_one_line(tmp_path, content) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match=r"model\.h5: is no file of Keras weights") as caught:
        read_keras_h5(path)
    assert "\n" not in str(caught.value)


def test_files_cut_short_and_files_of_something_else_are_refused(tmp_path) -> None:
    path = write(tmp_path / "model.h5")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(EncoderError, match="cut short or damaged"):
        read_keras_h5(path)
    with h5py.File(path, "w") as file:
        file["table"] = KERNEL
    with pytest.raises(EncoderError, match="layer_names"):
        read_keras_h5(path)
    with pytest.raises(EncoderError, match=r"gone\.h5: is no file"):
        read_keras_h5(tmp_path / "gone.h5")


def test_without_h5py_it_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(EncoderError, match="needs h5py; install it with pip install h5py"):
        read_keras_h5(tmp_path / "model.h5")
