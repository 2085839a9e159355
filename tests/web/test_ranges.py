"""Which bytes a request wants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.web.conditional import ByteRange, UnsatisfiableError, is_known, wanted_range

ETAG = '"v1"'


def wanted(text: str, size: int = 100, **headers: str) -> ByteRange | None:
    return wanted_range({"range": text, **headers}, size, etag=ETAG)


@pytest.mark.parametrize(
    ("text", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=10-", 10, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-1000", 0, 100),
        ("bytes=99-5000", 99, 100),
        ("BYTES=0-", 0, 100),
        ("bytes= 0-9 ", 0, 10),
    ],
)
def test_one_range_is_understood(text, start, stop) -> None:
    assert wanted(text) == ByteRange(start, stop)


@pytest.mark.parametrize(
    "text",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-1", "bytes=0-1,5-6", "items=0-1"),
        *("bytes=0x1-2", "bytes=--1", "bytes=1-2-3", "bytes=١-٢", "bytes=" + "9" * 30 + "-"),
    ],
)
def test_what_cannot_be_read_means_everything(text) -> None:
    assert wanted(text) is None


@pytest.mark.parametrize("text", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_ranges_behind_the_end_are_refused(text) -> None:
    with pytest.raises(UnsatisfiableError):
        wanted(text)


def test_nothing_can_be_cut_out_of_an_empty_file() -> None:
    with pytest.raises(UnsatisfiableError):
        wanted("bytes=0-", size=0)


def test_a_range_of_another_version_means_everything() -> None:
    assert wanted("bytes=0-1", **{"if-range": ETAG}) == ByteRange(0, 2)
    assert wanted("bytes=0-1", **{"if-range": '"v2"'}) is None
    assert wanted("bytes=0-1", **{"if-range": "Sat, 21 Nov 2026 00:00:00 GMT"}) is None


@given(st.text(max_size=30), st.integers(0, 1 << 40))
def test_any_header_gives_a_range_within_the_file_or_none(text, size) -> None:
    for header in (text, f"bytes={text}"):
        try:
            found = wanted(header, size)
        except UnsatisfiableError:
            continue
        assert found is None or 0 <= found.start < found.stop <= size


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 150))
def test_a_range_is_what_slicing_gives(first, last, size) -> None:
    data = bytes(index % 251 for index in range(size))
    try:
        found = wanted(f"bytes={first}-{last}", size)
    except UnsatisfiableError:
        assert first >= size and first <= last
        return
    if found is None:
        assert last < first
    else:
        assert data[found.start : found.stop] == data[first : last + 1]


def test_known_versions_are_recognised() -> None:
    assert is_known({"if-none-match": 'W/"a", "v1"'}, ETAG)
    assert is_known({"if-none-match": "*"}, ETAG)
    assert not is_known({"if-none-match": '"v2"'}, ETAG)
    assert not is_known({}, ETAG)
