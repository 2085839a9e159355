"""`Library.re_embed`: another encoder, and nothing that a user made is lost."""

import os
import shutil
import signal
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from indexing_helpers import contents, new_library, write_sound

from kikimimi.encoders import registry
from kikimimi.encoders.contract import EncoderCard, Encoding
from kikimimi.encoders.hash_projection import HashProjection
from kikimimi.encoders.placeholder import PlaceholderEncoder
from kikimimi.errors import EncoderError, LibraryError
from kikimimi.library import ingest, switching, writer
from kikimimi.library.library import Library
from kikimimi.library.query import Filters

SOUNDS = 12


class SecondVersion(PlaceholderEncoder):
    """The placeholder with other weights, longer vectors, one new tag and fewer codes."""

    card: ClassVar[EncoderCard] = EncoderCard(
        name="placeholder",
        title="Second version",
        paper="none",
        licence="Apache-2.0",
        training_data="none",
        sample_rate_hz=16000,
        embedding_size=24,
        frame_hop_s=0.016,
        window_s=1.0,
        vocabulary=("placeholder/low", "placeholder/high", "placeholder/sound"),
        embedded=True,
    )

    @property
    def weights_digest(self) -> str:
        return "2" * 64

    @property
    def hash_bits(self) -> tuple[int, ...]:
        return (64,)

    def _hash_projection(self, bits: int) -> HashProjection:
        weights = np.random.default_rng(bits).standard_normal((bits, 24))
        return HashProjection(weights.astype(np.float32), np.zeros(bits, np.float32))

    def _encode(self, samples: np.ndarray) -> Encoding:
        first = super()._encode(samples)
        turn = np.random.default_rng(2).standard_normal((16, 24)).astype(np.float32)
        scores = np.hstack([first.tag_scores, np.full((len(samples), 1), 0.9, np.float32)])
        return Encoding(first.embeddings @ turn, scores)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for seed in range(SOUNDS):
        write_sound(tmp_path / "sounds" / f"{seed:02d}.wav", seed=seed, seconds=0.3 + seed % 3)
    return tmp_path / "sounds"


@pytest.fixture
def library(tmp_path: Path, root: Path) -> Library:
    """A library made with version 1."""
    library = new_library(tmp_path)
    library.index([root], workers=1)
    return library


@pytest.fixture
def upgrade(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install version 2 in the place of version 1."""
    use_version_2(monkeypatch)


def use_version_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._FACTORIES, "placeholder", SecondVersion)


def fresh(tmp_path: Path, root: Path) -> Library:
    """What indexing with version 2 gives from nothing."""
    (tmp_path / "fresh").mkdir()
    library = new_library(tmp_path / "fresh")
    library.index([root], workers=1)
    return library


def vector_sizes(library: Library) -> set[int]:
    return {len(each.embedding.vector) for each in library.embeddings()}


def left_beside(library: Library) -> list[str]:
    return [path.name for path in library.path.parent.glob("*.re-embed*")]


def test_the_refusal_names_the_way_out(library: Library, root: Path, upgrade: None) -> None:
    with Library(library.path) as opened:
        write_sound(root / "new.wav", seed=99)
        with pytest.raises(LibraryError, match=r"run kikimimi index --re-embed$") as caught:
            opened.index([root], workers=1)
        assert "\n" not in str(caught.value)
        with pytest.raises(LibraryError, match="--re-embed"):
            opened.search(like=root / "new.wav")
    with pytest.raises(LibraryError, match=r"--re-embed --encoder kikimimi$"):
        Library(library.path, encoder="kikimimi")


def test_everything_heard_is_new_and_everything_given_is_kept(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = {sound.path: sound.id for sound in library.sounds()}
    library.add_tag([root / "00.wav"], "door")
    high = next(tag.name for tag in library.tags_of(root / "11.wav"))
    library.remove_tag([root / "11.wav"], high)
    library.playlists.create("mine")
    library.playlists.add("mine", [root / "03.wav", root / "01.wav"])
    library.use_hash(64)
    use_version_2(monkeypatch)
    steps: list[tuple[int, int]] = []
    report = library.re_embed(workers=1, progress=lambda d, t, p, a: steps.append((d, t)))
    assert (report.updated, report.missing, report.failures) == (SOUNDS, 0, ())
    assert report.audio_seconds > 0 and steps[-1] == (SOUNDS, SOUNDS)
    assert left_beside(library) == []
    assert {sound.path: sound.id for sound in library.sounds()} == ids
    assert [sound.path.name for sound in library.playlists.items("mine")] == ["03.wav", "01.wav"]
    assert library.hash_bits == 64
    assert ("door", "user") in {(tag.name, tag.source) for tag in library.tags_of(root / "00.wav")}
    assert high not in {tag.name for tag in library.tags_of(root / "11.wav")}
    assert [hit.path.name for hit in library.search("door")] == ["00.wav"]
    library.check()
    with fresh(tmp_path, root) as new:
        new.add_tag([root / "00.wav"], "door")
        new.remove_tag([root / "11.wav"], high)
        assert contents(library) == contents(new)
        like = [(hit.path, hit.distance) for hit in library.search(like=root / "05.wav")]
        assert like == [(hit.path, hit.distance) for hit in new.search(like=root / "05.wav")]
    with Library(library.path, encoder="placeholder") as opened:
        assert opened.encoder().identity == SecondVersion().identity
        assert opened.index([root], workers=1).unchanged == SOUNDS
        again = opened.re_embed(workers=1)
        assert (again.unchanged, again.updated, again.audio_seconds) == (SOUNDS, 0, 0)


def test_codes_of_a_length_that_is_gone_are_switched_off(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.use_hash(16)
    use_version_2(monkeypatch)
    library.re_embed(workers=1)
    assert library.hash_bits == 0


def test_an_open_library_notices(library: Library, root: Path, upgrade: None) -> None:
    with Library(library.path) as other:
        other.search(like=1)
        library.re_embed(workers=1)
        assert other.encoder().identity == SecondVersion().identity
        (first, *_) = other.search(like=root / "04.wav", limit=1)
        assert first.path.name == "04.wav" and first.distance == pytest.approx(0, abs=1e-4)


def test_files_that_have_gone_keep_what_the_user_said(
    library: Library, root: Path, tmp_path: Path, upgrade: None
) -> None:
    gone, moved = root / "00.wav", root / "01.wav"
    library.add_tag([gone], "a")
    library.add_tag([moved], "b")
    library.playlists.create("mine")
    library.playlists.add("mine", [gone, moved])
    ids = [sound.id for sound in library.playlists.items("mine")]
    (tmp_path / "away").mkdir()
    gone.rename(tmp_path / "away" / "00.wav")
    moved.rename(tmp_path / "away" / "other name.wav")
    report = library.re_embed(workers=1)
    assert (report.updated, report.missing, report.failures) == (SOUNDS - 2, 2, ())
    assert {sound.id for sound in library.sounds() if sound.missing} == set(ids)
    assert vector_sizes(library) == {24}
    assert [tag.name for tag in library.tags_of(ids[0]) if tag.source == "user"] == ["a"]
    (tmp_path / "away" / "00.wav").rename(gone)
    shutil.copy(tmp_path / "away" / "other name.wav", root / "copy.wav")
    (tmp_path / "away" / "other name.wav").rename(root / "back.wav")
    report = library.index([root], workers=1)
    assert (report.updated, report.moved, report.added) == (1, 1, 1)
    assert [sound.id for sound in library.playlists.items("mine")] == ids
    assert not any(sound.missing for sound in library.sounds())
    library.remove_tag([ids[0]], "a")
    library.remove_tag([ids[1]], "b")
    with fresh(tmp_path, root) as new:
        assert contents(library) == contents(new)


def test_a_missing_sound_with_a_copy_is_heard_through_it(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(root / "00.wav", root / "copy.wav")
    library.index([root], workers=1)
    lost = library.sound(root / "00.wav").id
    (root / "00.wav").rename(tmp_path / "00.wav")
    use_version_2(monkeypatch)
    report = library.re_embed(workers=1)
    assert (report.updated, report.missing) == (SOUNDS + 1, 1)
    assert library.sound(lost).missing
    (tmp_path / "00.wav").rename(root / "00.wav")
    assert library.index([root], workers=1).audio_seconds == 0
    with fresh(tmp_path, root) as new:
        assert contents(library) == contents(new)


def test_equal_missing_files_are_all_heard_when_they_return(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("x.wav", "y.wav"):
        shutil.copy(root / "00.wav", root / name)
    library.index([root], workers=1)
    twins = [root / name for name in ("00.wav", "x.wav", "y.wav")]
    for twin in twins:
        twin.rename(tmp_path / twin.name)
    use_version_2(monkeypatch)
    assert library.re_embed(workers=1).missing == 3
    shutil.copy(tmp_path / "x.wav", root / "x.wav")
    library.index([root], workers=1)
    for twin in twins:
        shutil.copy(tmp_path / twin.name, root / f"new {twin.name}")
    library.index([root], workers=1)
    shutil.copy(tmp_path / "y.wav", root / "y.wav")
    library.index([root], workers=1)
    with fresh(tmp_path, root) as new:
        assert contents(library) == contents(new)


def test_changed_and_damaged_files(library: Library, root: Path, upgrade: None) -> None:
    write_sound(root / "00.wav", seed=77)
    (root / "01.wav").write_bytes(b"no sound any more")
    library.add_tag([root / "01.wav"], "kept")
    report = library.re_embed(workers=1)
    assert report.updated == SOUNDS - 1
    assert [failure.path.name for failure in report.failures] == ["01.wav"]
    assert library.sound(root / "01.wav").missing
    again = library.index([root], workers=1)
    assert [failure.path.name for failure in again.failures] == ["01.wav"]
    write_sound(root / "01.wav", seed=1)
    assert library.index([root], workers=1).failures == ()
    assert {hit.path.name for hit in library.search("kept")} == {"01.wav"}


def test_taught_tags_are_learned_again(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = write_sound(tmp_path / "outside" / "near.wav", seed=3, seconds=0.9)
    library.taught.teach("three", [root / "03.wav", outside], unwanted=[root / "10.wav"])
    library.taught.teach("ten", [root / "10.wav"])
    use_version_2(monkeypatch)
    report = library.re_embed(workers=1)
    assert report.failures == ()
    assert [(tag.name, tag.examples, tag.counter_examples) for tag in library.taught.list()] == [
        ("ten", 1, 0),
        ("three", 2, 1),
    ]
    assert not any(sound.path == outside for sound in library.sounds())
    with fresh(tmp_path, root) as new:
        new.taught.teach("three", [root / "03.wav", outside], unwanted=[root / "10.wav"])
        new.taught.teach("ten", [root / "10.wav"])
        for name in ("three", "ten"):
            assert tagged(library, name) == tagged(new, name)
        assert contents(library) == contents(new)


def tagged(library: Library, name: str) -> dict[str, float]:
    hits = library.search(filters=Filters(tags=(name,)), limit=99)
    return {
        hit.path.name: score
        for hit in hits
        for tag in hit.tags
        if tag.name == name and (score := round(tag.score, 4))
    }


def test_an_example_that_is_gone_waits(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = write_sound(tmp_path / "outside" / "only.wav", seed=3, seconds=0.9)
    library.taught.teach("three", [only])
    library.taught.teach("four", [root / "04.wav", only])
    only.rename(tmp_path / "hidden.wav")
    use_version_2(monkeypatch)
    report = library.re_embed(workers=1)
    assert [failure.path for failure in report.failures] == [only, only]
    assert "'four'" in report.failures[0].reason and "'three'" in report.failures[1].reason
    assert [tag.examples for tag in library.taught.list()] == [2, 1]
    assert "04.wav" in tagged(library, "four")
    assert tagged(library, "three") == {}
    library.taught.write(tmp_path / "tags.json", ["four"])
    (tmp_path / "hidden.wav").rename(root / "found.wav")
    library.index([root], workers=1)
    with fresh(tmp_path, root) as new:
        new.taught.teach("three", [root / "found.wav"])
        new.taught.teach("four", [root / "04.wav", root / "found.wav"])
        for name in ("three", "four"):
            assert tagged(library, name) == tagged(new, name)


def test_a_gone_sound_can_still_be_judged(library: Library, root: Path, upgrade: None) -> None:
    library.taught.teach("odd", [root / "05.wav"])
    (root / "00.wav").unlink()
    library.re_embed(workers=1)
    library.add_tag([root / "00.wav"], "odd")
    (tag,) = library.taught.list()
    assert tag.examples == 2
    assert "odd" in {each.name for each in library.tags_of(root / "00.wav")}
    assert library.taught.teach("odd", [root / "04.wav"]).tag.examples == 3


def test_nothing_readable_changes_nothing(library: Library, root: Path, upgrade: None) -> None:
    before = contents(library)
    root.rename(root.with_name("unplugged"))
    with pytest.raises(LibraryError, match="connect the disk") as caught:
        library.re_embed(workers=1)
    assert "\n" not in str(caught.value)
    assert contents(library) == before
    root.with_name("unplugged").rename(root)
    assert library.re_embed(workers=1).updated == SOUNDS


def test_an_empty_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with new_library(tmp_path) as library:
        library.create()
        use_version_2(monkeypatch)
        assert library.re_embed(workers=1).updated == 0
        assert library.encoder().identity == SecondVersion().identity


def test_wrong_calls(library: Library, tmp_path: Path, upgrade: None) -> None:
    with pytest.raises(EncoderError, match="did you mean"):
        library.re_embed(encoder="placeholde")
    with pytest.raises(LibraryError, match="at least one worker"):
        library.re_embed(workers=0)
    with pytest.raises(LibraryError, match="there is no library"):
        Library(tmp_path / "absent").re_embed()


def test_worker_processes_embed_again(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "_FILES_PER_WORKER", 1)
    with new_library(tmp_path) as library:
        with monkeypatch.context() as patched:
            use_version_2(patched)
            library.index([root], workers=1)
        assert library.re_embed(workers=2).updated == SOUNDS
        with fresh(tmp_path, root) as new:
            assert contents(library) == contents(new)


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0" + b"x" * 4000, b"no draft"])
def test_a_damaged_draft_is_made_anew(library: Library, upgrade: None, damage: bytes) -> None:
    library.path.with_name(f"{library.path.name}.re-embed").write_bytes(damage)
    assert library.re_embed(workers=1).updated == SOUNDS
    assert left_beside(library) == []


def re_embed_and_die(library: Path, commits: int, answers: Connection) -> None:
    """What a process does that kills itself after some commits to the draft, or in the switch."""
    seen = []

    def progress(done: int, total: int, path: Path, audio_seconds: float) -> None:
        seen.append(done)
        answers.send(done)
        if len(seen) == commits:
            os.kill(os.getpid(), signal.SIGKILL)

    with Library(library) as opened:
        opened.re_embed(workers=1, progress=progress)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this test forks")
def test_killed_at_any_moment_it_is_the_old_library_or_the_new_one(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.taught.teach("three", [root / "03.wav"])
    before = contents(library)
    monkeypatch.setattr(writer, "_FILES_PER_COMMIT", 2)
    monkeypatch.setattr(switching, "_SOUNDS_AT_ONCE", 5)

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    points = ("write_changes", "_re_embed_examples", "write_encoder", "refit_all")
    for at in (1, 3, *points):
        with monkeypatch.context() as patched:
            use_version_2(patched)
            if isinstance(at, str):
                patched.setattr(switching, at, die)
            told = run_and_wait(library.path, at if isinstance(at, int) else -1)
        assert told if isinstance(at, int) else True
        with Library(library.path) as opened:  # version 1 is installed again
            opened.check()
            assert contents(opened) == before
            (first, *_) = opened.search(like=root / "04.wav")
            assert first.path.name == "04.wav"
    use_version_2(monkeypatch)
    with Library(library.path) as opened, fresh(tmp_path, root) as new:
        assert opened.re_embed(workers=1).audio_seconds == 0  # all was read by those that died
        new.taught.teach("three", [root / "03.wav"])
        assert contents(opened) == contents(new)
    assert left_beside(library) == []


def run_and_wait(library: Path, commits: int) -> list[int]:
    answers, channel = Pipe(duplex=False)
    process = get_context("fork").Process(target=re_embed_and_die, args=(library, commits, channel))
    process.start()
    channel.close()
    told = []
    try:
        while True:
            told.append(answers.recv())
    except EOFError:
        process.join()
    assert process.exitcode == -signal.SIGKILL
    return told


def test_a_draft_of_another_encoder_is_not_taken_over(
    library: Library, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class ThirdVersion(SecondVersion):
        @property
        def weights_digest(self) -> str:
            return "3" * 64

    monkeypatch.setitem(registry._FACTORIES, "placeholder", ThirdVersion)
    with monkeypatch.context() as patched:
        patched.setattr(
            switching, "refit_all", lambda _: (_ for _ in ()).throw(KeyboardInterrupt())
        )
        with pytest.raises(KeyboardInterrupt):
            library.re_embed(workers=1)
    assert left_beside(library)
    use_version_2(monkeypatch)
    report = library.re_embed(workers=1)
    assert report.audio_seconds > 0
    with fresh(tmp_path, root) as new:
        assert contents(library) == contents(new)
