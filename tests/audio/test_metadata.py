"""Metadata of files: what is written is read, and what is broken does no harm."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.audio.metadata.ixml import read_ixml
from kikimimi.audio.metadata.reading import read_metadata
from kikimimi.audio.metadata.riff_chunks import read_riff_sections
from kikimimi.audio.metadata.texts import decode_text
from kikimimi.audio.metadata.ucs import ucs_fields
from kikimimi.errors import AudioError


def chunk(identifier: bytes, payload: bytes) -> bytes:
    return identifier + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def write_wav(path: Path, *chunks: bytes) -> Path:
    """A second of silence at 8 kHz, with chunks before the samples."""
    form = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))
    body = b"WAVE" + form + b"".join(chunks) + chunk(b"data", bytes(16000))
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def bext(description: bytes, *, version: int = 2, loudness: int = -2310) -> bytes:
    texts = description.ljust(256, b"\0") + b"Recorder".ljust(32, b"\0") + bytes(32)
    when = b"2024-05-06" + b"07:08:09"
    levels = struct.pack("<hhhhh", loudness, 520, -110, 0x7FFF, 0)
    return texts + when + struct.pack("<QH", 96000, version) + bytes(64) + levels + bytes(180)


def test_bext_is_read_whole(tmp_path: Path) -> None:
    payload = bext("古い扉".encode()) + b"A=PCM,F=8000\r\n"
    found = read_metadata(write_wav(tmp_path / "a.wav", chunk(b"bext", payload)))["bext"]
    assert found == {
        "description": "古い扉",
        "originator": "Recorder",
        "origination_date": "2024-05-06",
        "origination_time": "07:08:09",
        "time_reference_samples": 96000,
        "version": 2,
        "loudness_value_lufs": -23.1,
        "loudness_range_lu": 5.2,
        "max_true_peak_dbtp": -1.1,
        "coding_history": "A=PCM,F=8000",
    }


def test_ixml_is_read_by_the_path_of_its_elements(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><BWFXML><PROJECT>雨</PROJECT><TRACK_LIST>'
        "<TRACK><NAME>M</NAME></TRACK><TRACK><NAME>S &amp; x</NAME></TRACK></TRACK_LIST>"
        "<NOTE>  </NOTE></BWFXML>"
    )
    found = read_metadata(write_wav(tmp_path / "a.wav", chunk(b"iXML", text.encode() + b"\0")))
    assert found["ixml"] == {
        "project": "雨",
        "track_list / track / name": "M",
        "track_list / track / name 2": "S & x",
    }


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><BWFXML><A>&b;</A></BWFXML>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><BWFXML><A>&f;</A></BWFXML>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><BWFXML><A>1</A></BWFXML>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_documents_that_declare_entities_give_nothing(text: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>' + text
    assert read_ixml(declared.encode(encoding)) == {}


def test_deep_and_endless_documents_are_cut_off() -> None:
    assert read_ixml(b"<a>" * 100_000) == {}
    many = b"<a>" + b"".join(b"<b%d>x</b%d>" % (n, n) for n in range(5000)) + b"</a>"
    assert len(read_ixml(many)) == 200


def test_marks_have_times_and_names_and_info_has_fields(tmp_path: Path) -> None:
    points = [(2, 6000), (1, 2000)]
    cue = struct.pack("<I", 2) + b"".join(
        struct.pack("<II4sIII", mark, 0, b"data", 0, 0, frame) for mark, frame in points
    )
    labels = b"adtl" + chunk(b"labl", struct.pack("<I", 1) + b"hit\0")
    info = b"INFO" + chunk(b"INAM", "扉".encode("cp932") + b"\0") + chunk(b"IART", b"Jos\xe9\0")
    path = write_wav(
        tmp_path / "a.wav", chunk(b"cue ", cue), chunk(b"LIST", labels), chunk(b"LIST", info)
    )
    found = read_metadata(path)
    assert found["cue"] == [{"time_s": 0.25, "label": "hit"}, {"time_s": 0.75, "label": ""}]
    assert found["info"] == {"title": "扉", "artist": "José"}


def test_tags_of_other_formats_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 8000, 1, format="FLAC") as file:
        file.title, file.artist = "雨", "誰か"
        file.write(np.zeros(800))
    assert read_metadata(path)["tags"] == {"title": "雨", "artist": "誰か"}


def test_a_file_without_metadata_gives_none(tmp_path: Path) -> None:
    assert read_metadata(write_wav(tmp_path / "a.wav")) == {}
    with pytest.raises(AudioError):
        read_metadata(tmp_path / "none.wav")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"bext", b"iXML", b"cue ", b"LIST"]),
    st.sampled_from([b"", b"INFO", b"adtl", b"\xff\xff\xff\xff", b"<a>"]),
    st.binary(max_size=700),
)
def test_broken_chunks_are_left_out(
    tmp_path_factory: pytest.TempPathFactory, identifier: bytes, start: bytes, rest: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "broken.wav"
    sections = read_riff_sections(write_wav(path, chunk(identifier, start + rest)), 8000)
    for section in sections.values():
        values = section.values() if isinstance(section, dict) else section
        assert all("\n" not in str(value) for value in values)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "DOORWood_Old Oak Close_ABC_LIB01.wav",
            {
                "cat_id": "DOORWood", "category": "DOOR", "subcategory": "Wood",
                "fx_name": "Old Oak Close", "creator_id": "ABC", "source_id": "LIB01",
            },
        ),
        (
            "AMBForst-Night_蝉_ABC_LIB_take 3_b.wav",
            {
                "cat_id": "AMBForst", "category": "AMB", "subcategory": "Forst",
                "user_category": "Night", "fx_name": "蝉", "creator_id": "ABC",
                "source_id": "LIB", "user_data": "take 3_b",
            },
        ),
    ],
)  # fmt: skip
def test_ucs_names_are_taken_apart(name: str, expected: dict[str, str]) -> None:
    assert ucs_fields(name) == expected


@pytest.mark.parametrize(
    "name", ["knock.wav", "a_b_c_d.wav", "DOORWood_only_three.wav", "1-100-A-0.wav", "__ _ _.wav"]
)
def test_other_names_are_not_ucs(name: str) -> None:
    assert ucs_fields(name) == {}


@given(st.text(max_size=80))
def test_any_name_is_taken(name: str) -> None:
    assert all(value.isprintable() for value in ucs_fields(name).values())


@given(st.text(st.characters(codec="cp932", categories=["Lo"]), min_size=1, max_size=20))
def test_utf_8_text_comes_back(text: str) -> None:
    assert decode_text(text.encode() + b"\0rest") == text
