"""Progress is told over long files too, so that a program can stop the work there."""

import pytest
from indexing_helpers import new_library, write_sound

from kikimimi.library import ingest


class StopError(Exception):
    pass


def test_work_can_be_stopped_before_the_first_file_is_done(tmp_path, monkeypatch) -> None:
    write_sound(tmp_path / "sounds" / "a.wav")
    monkeypatch.setattr(ingest, "_read_here", lambda *_: iter([None]))
    told = []

    def progress(*figures) -> None:
        told.append(figures)
        raise StopError

    with new_library(tmp_path) as library:
        with pytest.raises(StopError):
            library.index([tmp_path / "sounds"], workers=1, progress=progress)
        monkeypatch.undo()
        assert told == [(0, 1, tmp_path / "sounds" / "a.wav", 0.0)]
        assert library.index([tmp_path / "sounds"], workers=1).added == 1
