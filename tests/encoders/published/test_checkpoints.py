"""Checkpoints are read without running what they hold, and fit or are refused by name."""

import os
import pickle
from collections import OrderedDict

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from kikimimi.encoders.published.checkpoints import (
    converted_for,
    fit,
    read_checkpoint,
    save_converted,
    tensors_in,
)
from kikimimi.errors import EncoderError

STATE = OrderedDict(weight=torch.arange(6.0).reshape(2, 3), bias=torch.ones(2))


class Attack:
    """Unpickling this runs a command."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_old_and_new_are_read(tmp_path, zipped) -> None:
    path = tmp_path / "model.pth"
    extra = {"iteration": 5, "sampler": {"indexes": np.arange(3), "share": np.float64(0.5)}}
    torch.save({"model": STATE, **extra}, path, _use_new_zipfile_serialization=zipped)
    checkpoint = read_checkpoint(path)
    assert checkpoint["iteration"] == 5
    np.testing.assert_array_equal(checkpoint["sampler"]["indexes"], np.arange(3))
    torch.testing.assert_close(tensors_in(checkpoint, "model"), dict(STATE))


def test_arrays_pickled_by_numpy_1_are_read(tmp_path) -> None:
    path = tmp_path / "model.pth"
    torch.save({"indexes": np.arange(3)}, path, _use_new_zipfile_serialization=False)
    old = path.read_bytes().replace(b"numpy._core.", b"numpy.core.")
    assert old != path.read_bytes()
    path.write_bytes(old)
    np.testing.assert_array_equal(read_checkpoint(path)["indexes"], np.arange(3))


def test_safetensors_are_read(tmp_path) -> None:
    save_file(dict(STATE), tmp_path / "model.safetensors")
    torch.testing.assert_close(dict(read_checkpoint(tmp_path / "model.safetensors")), dict(STATE))


@pytest.mark.parametrize("how", ["zipped", "old", "plain pickle"])
def test_code_in_a_checkpoint_is_never_run(tmp_path, how) -> None:
    """The file would make `proof` if it were unpickled, which the test shows at its end."""
    path, proof = tmp_path / "model.pth", tmp_path / "proof"
    checkpoint = {"model": STATE, "extra": Attack(f"touch {proof}")}
    if how == "plain pickle":
        path.write_bytes(pickle.dumps({"extra": Attack(f"touch {proof}")}, protocol=2))
    else:
        torch.save(checkpoint, path, _use_new_zipfile_serialization=how == "zipped")
    with pytest.raises(EncoderError, match=r"model\.pth: ") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)
    assert not proof.exists()
    if how == "plain pickle":
        pickle.loads(path.read_bytes())
        assert proof.exists()
    else:
        assert "holds code or objects" in str(caught.value)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_checkpoint_that_is_cut_short_is_refused(tmp_path, zipped, share) -> None:
    path = tmp_path / "model.pth"
    torch.save({"weight": torch.randn(1000)}, path, _use_new_zipfile_serialization=zipped)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(EncoderError, match=r"model\.pth: is damaged, cut short") as caught:
        read_checkpoint(path)
    assert "\n" not in str(caught.value)


def test_safetensors_that_are_cut_short_are_refused(tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(dict(STATE), path)
    path.write_bytes(path.read_bytes()[:-1])
    for read in (read_checkpoint, converted_for):
        with pytest.raises(EncoderError, match="is damaged, cut short"):
            read(path)


def test_what_is_no_checkpoint_is_refused(tmp_path) -> None:
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(EncoderError, match="holds a list"):
        read_checkpoint(tmp_path / "list.pth")
    with pytest.raises(EncoderError, match=r"none\.pth: cannot be read"):
        read_checkpoint(tmp_path / "none.pth")


def test_wrappers_and_the_prefix_of_parallel_training_are_taken_off() -> None:
    inner = {f"module.{name}": value for name, value in STATE.items()}
    for checkpoint in (inner, {"model": inner, "epoch": 3}, {"state_dict": inner}):
        assert list(tensors_in(checkpoint, "model", "state_dict")) == ["weight", "bias"]


def test_a_fitting_state_fills_the_network(tmp_path) -> None:
    network = nn.Linear(3, 2)
    fit(network, STATE, path=tmp_path, model="a line")
    torch.testing.assert_close(network.weight.detach(), STATE["weight"])


def test_a_state_of_another_model_is_refused_by_name(tmp_path) -> None:
    path = tmp_path / "model.pth"
    with pytest.raises(EncoderError) as caught:
        fit(nn.Linear(3, 2), {"head": STATE["bias"], "tail": STATE["bias"]}, path=path, model="X")
    assert str(caught.value) == (
        f"{path}: is not a checkpoint of X: it lacks 'weight' and 1 more, has the unexpected "
        "'head' and 1 more; give the file that the card names"
    )
    with pytest.raises(EncoderError, match=r"another shape 'weight \(2, 3\) for \(5, 3\)'"):
        fit(nn.Linear(3, 5, bias=False), {"weight": STATE["weight"]}, path=path, model="X")


def test_a_converted_file_says_whose_it_is(tmp_path) -> None:
    path = tmp_path / "converted.safetensors"
    save_converted(path, STATE, name="toy", origin="toy.pth")
    assert converted_for(path) == "toy"
    torch.testing.assert_close(dict(read_checkpoint(path)), dict(STATE))
    save_file(dict(STATE), path)
    assert converted_for(path) is None
    assert converted_for(tmp_path / "model.pth") is None
