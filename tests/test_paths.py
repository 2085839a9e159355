import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kikimimi.paths import display_path


def test_plain_names_stay_as_they_are():
    for name in ("/音/雨　と 風.wav", "a b/c[1] (x).wav", "é.wav"):
        assert display_path(Path(name)) == name


def test_control_characters_are_escaped():
    assert display_path("a\nb\r\t\x1b[31m.wav") == "a\\nb\\r\\t\\x1b[31m.wav"


def test_undecodable_bytes_are_replaced():
    assert display_path(b"\xff\xfe.wav") == "\ufffd\ufffd.wav"
    assert display_path(Path(os.fsdecode(b"\xff.wav"))) == "\ufffd.wav"


@given(st.binary(max_size=60))
def test_the_result_is_one_printable_line(name):
    text = display_path(name)
    assert len(text.splitlines()) <= 1
    text.encode("utf-8")
