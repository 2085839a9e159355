import errno
import json
import os
from pathlib import Path

import pytest

import kikimimi
from kikimimi.errors import ConfigError, KikimimiError
from kikimimi.training.config import load_recipe
from kikimimi.training.optimisers import OptimiserSettings
from kikimimi.training.run_folder import RunFolder


def test_nothing_is_written_before_it_is_opened(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "runs" / "a", OptimiserSettings())
    run.check()
    assert not (tmp_path / "runs").exists()


def test_the_recipe_is_kept_whole(tmp_path: Path) -> None:
    settings = OptimiserSettings(lr=1e-5, lr_multipliers={"backbone": 0.1})
    run = RunFolder(tmp_path / "runs" / "a", settings)
    with run.opened():
        pass
    assert load_recipe(run.config, OptimiserSettings) == settings
    with RunFolder(run.path, settings).opened():
        pass


def test_another_recipe_is_refused_with_the_keys_that_differ(tmp_path: Path) -> None:
    with RunFolder(tmp_path, {"optimiser": {"lr": 0.1, "name": "sgd"}, "old": 1}).opened():
        pass
    other = RunFolder(tmp_path, {"optimiser": {"lr": 0.2, "name": "sgd"}, "new": [1]})
    with pytest.raises(ConfigError, match="another recipe") as caught, other.opened():
        pass
    message = str(caught.value)
    assert "optimiser.lr is 0.1 there, 0.2 now" in message
    assert "old is 1 there, absent now" in message
    assert "new is absent there, [1] now" in message
    assert "sgd" not in message


def test_many_differences_are_counted(tmp_path: Path) -> None:
    with RunFolder(tmp_path, {str(key): 1 for key in range(9)}).opened():
        pass
    with pytest.raises(ConfigError, match="and 5 more"):
        RunFolder(tmp_path, {str(key): 2 for key in range(9)}).check()


def test_two_trainings_cannot_share_a_folder(tmp_path: Path) -> None:
    with RunFolder(tmp_path).opened():
        with (
            pytest.raises(ConfigError, match="another process trains in this folder"),
            RunFolder(tmp_path).opened(),
        ):
            pass
        assert len(json.loads((tmp_path / "revision.json").read_text())) == 1
    with RunFolder(tmp_path).opened():
        pass


def test_every_start_is_recorded(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    for _ in range(2):
        with run.opened():
            pass
    starts = json.loads(run.revision.read_text())
    assert len(starts) == 2
    assert starts[0]["kikimimi"] == kikimimi.__version__
    assert starts[0]["libraries"]["torch"]
    assert starts[0]["machine"]["cores"]
    assert isinstance(starts[0]["command"], list)


def test_a_damaged_record_of_starts_does_not_stop_a_training(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.revision.write_text("{")
    with run.opened():
        pass
    assert len(json.loads(run.revision.read_text())) == 1


def test_drafts_of_a_killed_training_are_deleted(tmp_path: Path) -> None:
    draft = tmp_path / ".kikimimi-0123456789abcdef.tmp"
    draft.write_text("half a checkpoint")
    with RunFolder(tmp_path).opened():
        assert not draft.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(KikimimiError, match=r"file/run: cannot be written .*no checkpoint yet"),
        RunFolder(tmp_path / "file" / "run").opened(),
    ):
        pass


def test_a_full_disk_is_told_with_what_is_left(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    run.checkpoint.touch()
    with (
        pytest.raises(KikimimiError, match="MB free") as caught,
        run.writing(run.metrics),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    message = str(caught.value)
    assert message.startswith(f"{run.metrics}: cannot be written (No space left on device;")
    assert "the last checkpoint is kept" in message
    assert "\n" not in message
