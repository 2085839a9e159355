"""Captions from tables, tags and names, and their embeddings."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
import pytest

from kikimimi.encoders.text.contract import TextEncoder, TextEncoderCard
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.pretraining.captions import (
    CaptionSettings,
    captioned,
    embed_captions,
    sentence_of,
    words_of,
)
from kikimimi.pretraining.crops.files import AudioFiles
from kikimimi.types import FloatArray


class ToyText(TextEncoder):
    """Counts of the letters a, e and o; knows how often it was asked."""

    card: ClassVar[TextEncoderCard] = TextEncoderCard(
        name="toy", title="Toy", paper="none", licence="CC0", embedding_size=3, most_tokens=100
    )

    def __init__(self) -> None:
        self.asked: list[str] = []

    def load(self) -> Self:
        return self

    @property
    def weights_digest(self) -> str:
        return "0" * 64

    def _embed(self, texts: Sequence[str]) -> FloatArray:
        self.asked += texts
        counts = [[text.count(letter) + 1 for letter in "aeo"] for text in texts]
        rows = np.array(counts, np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def files_of(folder: Path, *names: str) -> AudioFiles:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return AudioFiles(folder / name for name in names)


def test_a_table_names_files_by_path_or_name(tmp_path: Path) -> None:
    files = files_of(tmp_path, "a/one.wav", "b/one.wav", "b/two.ogg", "c/three.wav")
    table = tmp_path / "captions.csv"
    table.write_text(
        "license,file,caption\nCC0,a/one.wav,a dog barks\nCC0,a/one.wav,ein Hund\n"
        'CC0,two,"rain, 雨"\nCC0,one.wav,another\n,gone.wav,nobody\n,c/three.wav,  \n',
        encoding="utf-8-sig",
    )
    kept, told = captioned(files, CaptionSettings(source="table", table=table))
    assert [path.relative_to(tmp_path).as_posix() for path in kept] == [
        "a/one.wav",
        "b/one.wav",
        "b/two.ogg",
    ]
    assert told == [["a dog barks", "ein Hund"], ["another"], ["rain, 雨"]]


def test_captions_of_tags(tmp_path: Path) -> None:
    files = files_of(tmp_path, "1.wav", "2.wav", "3.wav")
    table = tmp_path / "tags.csv"
    table.write_text("file,tags\n1.wav,dog\n2.wav,sea_waves; wind ;rain\n3.wav,;-\n")
    kept, told = captioned(files, CaptionSettings(source="tags", table=table))
    assert told == [["the sound of dog"], ["the sound of sea waves, wind and rain"]]
    assert len(kept) == 2


def test_captions_of_names(tmp_path: Path) -> None:
    files = files_of(
        tmp_path, "Door Knocks/wood_knock-03.wav", "1-100032-A-0/17.wav", "鳥/うぐいす.wav"
    )
    kept, told = captioned(files, CaptionSettings(source="names"))
    assert told == [
        ["the sound of wood knock", "the sound of door knocks"],
        ["the sound of うぐいす"],
    ]
    assert len(kept) == 2
    assert words_of("BIG-Bang__2") == "big bang"
    assert sentence_of([]) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"path,caption\nx,y\n", "needs the columns 'file' and 'caption', but has path, caption"),
        (b"", "has none"),
        (b"file,caption\nx.wav,y\n", "none of the 1 files has one there"),
        (b"file,caption\n\xff,y\n", "cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_wrong_tables(tmp_path: Path, text: bytes | None, message: str) -> None:
    table = tmp_path / "captions.csv"
    if text is not None:
        table.write_bytes(text)
    with pytest.raises(DatasetError, match=message) as caught:
        captioned(files_of(tmp_path, "a.wav"), CaptionSettings(source="table", table=table))
    assert "\n" not in str(caught.value)


def test_settings_must_agree() -> None:
    for wrong in ({"source": "table"}, {"source": "names", "table": Path("x.csv")}):
        with pytest.raises(ConfigError, match="do not agree"):
            CaptionSettings(**wrong)


def test_each_sentence_is_embedded_once(tmp_path: Path) -> None:
    told = [["aa", "e"], ["e"], ["o", "aa", "e"]]
    text = ToyText()
    captions = embed_captions(told, text, tmp_path / "cache")
    assert text.asked == ["aa", "e", "o"]
    again = ToyText()
    captions = embed_captions(told, again, tmp_path / "cache")
    assert again.asked == []
    assert captions.size == 3
    generator = np.random.default_rng(0)
    drawn = np.stack([captions.choose(np.array([0, 1, 2]), generator) for _ in range(200)])
    for file, texts in enumerate(told):
        wanted = {tuple(row) for row in text.embed_texts(texts)}
        assert {tuple(row) for row in drawn[:, file]} == wanted
    embed_captions([["aa", "new"]], again, tmp_path / "cache")
    assert again.asked == ["aa", "new"]
