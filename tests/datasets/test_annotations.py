"""Annotation formats: each reads what it writes, and names file and line of every fault."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.datasets.annotations import (
    WritingOptions,
    annotation_extension,
    annotation_formats,
    annotation_text,
    read_annotations,
    read_weak_labels,
    write_annotations,
)
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.types import Event

TABLES = {"dcase", "csv", "jsonl", "jams"}
WITHOUT_SCORES = {"tut", "audacity"}
EVENTS = (Event(0.0, 1.25, "dog"), Event(1.0, 3.5, "(object) rustling", 0.5), Event(1, 2, "犬"))


def refused(path: Path, message: str, **options) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        read_annotations(path, **options)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert ";" in str(caught.value)


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@st.composite
def events(draw: st.DrawFn) -> Event:
    onset = draw(st.floats(0, 1e5))
    offset = onset + draw(st.floats(1e-3, 1e4))
    letters = st.characters(exclude_categories=("C", "Z"))
    label = draw(st.text(letters, min_size=1)).strip() or "a"
    return Event(onset, offset, label, draw(st.floats(0, 1)))


@pytest.mark.parametrize("form", annotation_formats())
def test_each_format_reads_what_it_writes(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"a b{annotation_extension(form)}"
    assert write_annotations(path, {"a b": EVENTS}) == (path,)
    (read,) = read_annotations(path).values()
    if form in WITHOUT_SCORES:
        assert all(event.score == 1 for event in read)
    else:
        assert [event.score for event in read] == [1.0, 0.5, 1.0]
    assert [(e.onset_s, e.offset_s, e.event_label) for e in read] == [
        (e.onset_s, e.offset_s, e.event_label) for e in EVENTS
    ]


@pytest.mark.parametrize("form", annotation_formats())
@settings(max_examples=20)
@given(st.lists(events(), min_size=1, max_size=4))
def test_times_survive_to_the_microsecond(
    form: str, tmp_path_factory: pytest.TempPathFactory, several: list[Event]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{annotation_extension(form)}"
    write_annotations(path, {"any": several})
    (read,) = read_annotations(path).values()
    for before, after in zip(several, read, strict=True):
        assert after.onset_s == pytest.approx(before.onset_s, abs=1e-6)
        assert after.offset_s == pytest.approx(before.offset_s, abs=1e-6)
        assert after.event_label == before.event_label


@pytest.mark.parametrize("form", sorted(TABLES))
def test_tables_keep_recordings_apart_and_the_silent_ones(form: str, tmp_path: Path) -> None:
    by_file = {"x/a.wav": EVENTS[:1], "silent.wav": (), "b.wav": EVENTS[1:]}
    path = tmp_path / f"all{annotation_extension(form)}"
    write_annotations(path, by_file, options=WritingOptions(list_empty=True))
    assert read_annotations(path) == by_file


@pytest.mark.parametrize("form", sorted(set(annotation_formats()) - TABLES))
def test_formats_of_one_recording_want_a_folder_for_several(form: str, tmp_path: Path) -> None:
    by_file = {"x/a.wav": EVENTS[:1], "y/b.wav": EVENTS[:1]}
    with pytest.raises(DatasetError, match="holds one recording, not 2; give a folder"):
        write_annotations(tmp_path / "all.txt", by_file, format=form)
    files = write_annotations(tmp_path, by_file, format=form)
    assert [file.name for file in files] == [f"{s}{annotation_extension(form)}" for s in "ab"]
    assert all(len(events) == 1 for file in files for events in read_annotations(file).values())
    with pytest.raises(DatasetError, match="two recordings are named 'a'"):
        write_annotations(tmp_path, {"x/a.wav": (), "y/a.wav": ()}, format=form)


def test_dcase_tables_with_and_without_head_line_are_alike(tmp_path: Path) -> None:
    rows = "a.wav\t0.0\t1.5\tdog\r\nb.wav\t\t\t\n\na.wav\t2\t3\tcat\n"
    plain = read_annotations(written(tmp_path / "plain.tsv", rows))
    head = "filename\tonset\toffset\tevent_label\n"
    assert read_annotations(written(tmp_path / "head.tsv", "\ufeff" + head + rows)) == plain
    assert plain == {"a.wav": (Event(0, 1.5, "dog"), Event(2, 3, "cat")), "b.wav": ()}


def test_dcase_columns_are_found_by_name(tmp_path: Path) -> None:
    table = "event_label\tonset\tmid\toffset\tfilename\tscore\ndog\t1\tx\t2\ta.wav\t0.25\n"
    assert read_annotations(written(tmp_path / "a.tsv", table)) == {
        "a.wav": (Event(1, 2, "dog", 0.25),)
    }


@pytest.mark.parametrize(
    "row",
    [
        "1.5\t2.5\t(object) rustling",
        "audio/home/a029.wav\t1.5\t2.5\t(object) rustling",
        "audio/home/a029.wav\thome\t1.5\t2.5\t(object) rustling",
        "audio/home/a029.wav\thome\t1.5\t2.5\t(object) rustling\tm\ta029",
    ],
)
def test_tut_rows_may_have_path_and_scene_in_front(row: str, tmp_path: Path) -> None:
    read = read_annotations(written(tmp_path / "a029.ann", row + "\n"))
    name = "audio/home/a029.wav" if row.startswith("audio") else "a029"
    assert read == {name: (Event(1.5, 2.5, "(object) rustling"),)}


def test_tut_test_lists_name_recordings_without_events(tmp_path: Path) -> None:
    path = written(tmp_path / "home_fold1_test.txt", "audio/home/a1.wav\thome\naudio/home/a2.wav\n")
    read = read_annotations(path, format="tut")
    assert read == {"audio/home/a1.wav": (), "audio/home/a2.wav": ()}


def test_audacity_frequencies_are_passed_over(tmp_path: Path) -> None:
    track = "0.5\t1.0\tdog\n\\\t100.0\t900.0\n"
    assert read_annotations(written(tmp_path / "a.txt", track)) == {"a": (Event(0.5, 1, "dog"),)}


def test_raven_views_of_a_selection_are_one_event(tmp_path: Path) -> None:
    table = (
        "Selection\tView\tBegin Time (s)\tEnd Time (s)\tFile Offset (s)\tBegin File\tSpecies\n"
        "1\tWaveform 1\t61.0\t62.5\t1.0\tb.wav\tdog\n"
        "1\tSpectrogram 1\t61.0\t62.5\t1.0\tb.wav\tdog\n"
    )
    path = written(tmp_path / "a.Table.1.selections.txt", table)
    assert read_annotations(path) == {"b.wav": (Event(1.0, 2.5, "dog"),)}


@pytest.mark.parametrize(
    ("options", "band"),
    [
        (WritingOptions(), ("0.0", "24000.0")),
        (WritingOptions(sample_rate_hz=16000), ("0.0", "8000.0")),
        (WritingOptions(sample_rate_hz=16000, low_hz=50, high_hz=20000), ("50.0", "8000.0")),
        (WritingOptions(sample_rate_hz=44100, high_hz=5000), ("0.0", "5000.0")),
    ],
)
def test_raven_frequencies_never_pass_the_nyquist_frequency(options, band) -> None:
    text = annotation_text({"a.wav": EVENTS[:1]}, format="raven", options=options)
    head, row = (line.split("\t") for line in text.splitlines())
    cells = dict(zip(head, row, strict=True))
    assert (cells["Low Freq (Hz)"], cells["High Freq (Hz)"]) == band


def test_jams_of_scaper_is_read_without_its_backgrounds(tmp_path: Path) -> None:
    observations = [
        {"time": 0, "duration": 10, "value": {"role": "background", "label": "park"}},
        {"time": 1, "duration": 2, "value": {"role": "foreground", "label": "siren"}},
    ]
    columns = {key: [row[key] for row in observations] for key in ("time", "duration", "value")}
    for name, data in (("new", observations), ("old", columns)):
        annotations = [{"namespace": "beat", "data": []}, {"namespace": "scaper", "data": data}]
        path = written(tmp_path / f"{name}.jams", json.dumps({"annotations": annotations}))
        assert read_annotations(path) == {name: (Event(1, 3, "siren"),)}


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.tsv", {}), ("a.jsonl", {}), ("a.ann", {"a": ()}), ("a.txt", {"a": ()})],
)
def test_empty_files_hold_no_events_where_no_head_is_needed(name, content, tmp_path) -> None:
    assert read_annotations(written(tmp_path / name, "")) == content


@pytest.mark.parametrize("name", ["a.csv", "a.jams", "a.selections.txt"])
def test_empty_files_are_refused_where_a_head_is_needed(name: str, tmp_path: Path) -> None:
    refused(written(tmp_path / name, ""), "line 1")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.wav\t2\t1\tdog", "line 3: the offset 1 s is before the onset 2 s"),
        ("a.wav\t1\t1\tdog", "line 3: the offset 1 s is equal to the onset"),
        ("a.wav\tnan\t1\tdog", "line 3: the onset is nan"),
        ("a.wav\t0\tinf\tdog", "line 3: the offset is inf"),
        ("a.wav\t-1\t1\tdog", "line 3: the onset is -1"),
        ("a.wav\tsoon\t1\tdog", "line 3: the onset is 'soon', expected a number"),
        ("a.wav\t0\t1\tdogs", "line 3: there is no class 'dogs'; did you mean 'dog'"),
        ("a.wav\t0\t1\t ", "line 3: the event has no label"),
        ("a.wav\t0\t1", "line 3: has 3 cells, too few"),
        ("\t0\t1\tdog", "line 3: the filename is empty"),
        ("a.wav\t0\t1\tdog\t1.5", "line 3: the score is 1.5"),
        ("filename\tonset\toffset\tevent_label", "line 3: the head line stands a second time"),
    ],
)
def test_faults_name_file_and_line(row: str, message: str, tmp_path: Path) -> None:
    head = "filename\tonset\toffset\tevent_label\tscore\na.wav\t0\t1\tcat\n"
    path = written(tmp_path / "a.tsv", head + row + "\n")
    refused(path, message, classes=("cat", "dog"))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.tsv", "onset\tonset\toffset\tevent_label\n", "line 1: the column onset stands twice"),
        ("a.tsv", "filename\tonset\tlabel\n", "line 1: no column offset"),
        ("a.csv", "onset,offset\n0,1\n", "line 1: no column event_label"),
        ("a.csv", 'onset,offset,label\n0,1,"dog\n', "line 2: is not CSV"),
        ("a.txt", "0\t0\tpoint\n", "line 1: the offset 0 s is equal to the onset"),
        ("a.txt", "0 1 dog\n", "line 1: has 1 cells"),
        ("a.ann", "0\t1\tdog\n0\tdog\t1\n", "line 2: no onset and offset"),
        ("a.jsonl", '{"filename": "a", "onset": 1}\n', "line 1: the offset is None"),
        ("a.jsonl", "\n[1]\n", "line 2: is no JSON object"),
        ("a.jsonl", "{\n", "line 1: is not JSON"),
        ("a.jsonl", '{"onset": 1}\n', "line 1: the filename is missing"),
        ("a.jams", "{\n]", "line 2: is not JSON"),
        ("a.jams", "[]", "holds no list of annotations"),
        ("a.selections.txt", "Selection\tBegin Time (s)\n", "line 1: no column End Time"),
    ],
)
def test_what_is_not_the_format_is_refused(name, text, message, tmp_path) -> None:
    refused(written(tmp_path / name, text), message)


@given(st.binary(max_size=200), st.sampled_from(annotation_formats()))
def test_no_bytes_raise_anything_but_a_dataset_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, form: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(content)
    try:
        read = read_annotations(path, format=form)
    except DatasetError as error:
        assert "\n" not in str(error)
    else:
        assert all(e.offset_s > e.onset_s >= 0 for events in read.values() for e in events)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tsv", "kept")
    with pytest.raises(DatasetError, match="tabs and line breaks"):
        write_annotations(path, {"a.wav": (Event(0, 1, "dog\tcat"),)})
    assert path.read_text(encoding="utf-8") == "kept"
    assert [p.name for p in tmp_path.iterdir()] == ["a.tsv"]


def test_unknown_formats_are_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'raven'"):
        read_annotations(tmp_path / "a", format="ravn")
    with pytest.raises(ConfigError, match="does not tell the annotation format"):
        read_annotations(tmp_path / "a.xyz")
    refused(tmp_path / "nowhere.tsv", "cannot be read")


def test_weak_labels(tmp_path: Path) -> None:
    table = "filename\tevent_labels\na.wav\tSpeech,Dog\nb.wav\n"
    path = written(tmp_path / "weak.tsv", table)
    assert read_weak_labels(path) == {"a.wav": ("Speech", "Dog"), "b.wav": ()}
    assert read_weak_labels(written(tmp_path / "empty.tsv", "")) == {}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.wav\tDog", "line 3: 'a.wav' stands in the table already"),
        ("b.wav\tDogs", "line 3: there is no class 'Dogs'; did you mean 'Dog'"),
        ("\tDog", "line 3: the filename is empty"),
        ("filename\tevent_labels", "line 3: the head line stands a second time"),
    ],
)
def test_faults_of_weak_labels_name_file_and_line(row, message, tmp_path) -> None:
    path = written(tmp_path / "weak.tsv", f"filename\tevent_labels\na.wav\tDog\n{row}\n")
    with pytest.raises(DatasetError, match=message):
        read_weak_labels(path, classes=("Dog", "Speech"))
