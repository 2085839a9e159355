"""`kikimimi models`: what it lists, and what it fetches."""

import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kikimimi.cli.app import app
from kikimimi.encoders.published import convert
from kikimimi.encoders.published.yamnet import YamnetEncoder
from kikimimi.errors import EncoderError

PUBLISHED = {"vggish", "yamnet", "cnn14", "cnn10", "cnn6"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weights' folder of a user who has none."""
    monkeypatch.delenv("KIKIMIMI_WEIGHTS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kikimimi" / "weights"


@pytest.fixture
def far_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file that stands for YAMNet's published weights, at an address of its own."""
    folder = tmp_path / "far"
    folder.mkdir()
    (folder / "yamnet.pth").write_bytes(b"weights " * 50_000)
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/yamnet.pth"
        source = replace(YamnetEncoder.card.source, url=url)
        monkeypatch.setattr(YamnetEncoder, "card", replace(YamnetEncoder.card, source=source))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield folder / "yamnet.pth"
        server.shutdown()
        thread.join()


def models(*arguments: str) -> Result:
    return CliRunner().invoke(app(), ["models", *arguments])


def test_every_encoder_is_listed_with_licence_rate_and_weights() -> None:
    records = {r["name"]: r for r in map(json.loads, models("--json").stdout.splitlines())}
    assert records.keys() >= PUBLISHED | {"kikimimi", "placeholder"}
    for name, record in records.items():
        assert record["licence"] and record["sample_rate_hz"] and record["embedding_size"]
        assert record["weights_are_here"] == record["embedded"], name
    for name in PUBLISHED:
        assert records[name]["parameters"] > 3_000_000
        assert records[name]["source"]["url"].startswith("https://")
        assert records[name]["weights_path"] is None
    rows = [line.split("\t") for line in models().stdout.splitlines()]
    assert {row[0] for row in rows} == records.keys()
    assert {row[5] for row in rows} == {"in the package", "to be fetched", "not published"}


def test_one_encoder_is_shown_in_full() -> None:
    facts = dict(line.split("\t") for line in models("vggish").stdout.splitlines())
    assert facts["parameters"] == "72,141,184"
    assert facts["weights"] == "to be fetched"
    assert "https://" in facts["published as"]
    assert "pool3" in facts["layers"]
    record = json.loads(models("vggish", "--json").stdout)
    assert record["layers"][-1] == "fc2"


def test_weights_are_fetched_to_the_cache(far_weights, cache) -> None:
    result = models("--fetch", "yamnet")
    assert result.exit_code == 0
    path = cache / "yamnet" / "yamnet.pth"
    assert result.stdout.strip() == str(path)
    assert path.read_bytes() == far_weights.read_bytes()
    assert "Apache-2.0" in result.stderr
    record = json.loads(models("yamnet", "--json").stdout)
    assert record["weights_are_here"] and record["weights_path"] == str(path)
    far_weights.unlink()
    assert json.loads(models("--fetch", "yamnet", "--json").stdout)["weights_path"] == str(path)


def test_weights_that_are_gone_and_encoders_without_weights_are_named(far_weights) -> None:
    far_weights.unlink()
    result = models("--fetch", "yamnet")
    assert isinstance(result.exception, EncoderError)
    assert "answers 404" in str(result.exception)
    for name, reason in (("kikimimi", "no published weights"), ("yamnett", "'yamnet'")):
        result = models("--fetch", name)
        assert isinstance(result.exception, EncoderError)
        assert reason in str(result.exception)


def test_a_library_is_made_with_converted_weights(run, shared_folder, tmp_path) -> None:
    """The way that the manual shows: convert the tflite file, index, search."""
    weights = tmp_path / "weights"
    clips = tmp_path / "clips"
    clips.mkdir()
    source = shared_folder / "data" / "esc50" / "audio"
    for path in sorted(source.iterdir())[:4]:
        shutil.copy(path, clips / path.name)
    refused = run("index", clips, "--encoder", "yamnet")
    assert refused.returncode == 2
    assert "kikimimi models --fetch yamnet" in refused.stderr
    convert.convert(
        "yamnet", shared_folder / "weights" / "yamnet" / "yamnet.tflite", weights / "yamnet"
    )
    environment = {"KIKIMIMI_WEIGHTS": str(weights)}
    assert run("index", clips, "--encoder", "yamnet", **environment).returncode == 0
    first = next(iter(sorted(clips.iterdir())))
    found = run("search", first, "--json", **environment)
    assert found.returncode == 0
    hits = [json.loads(line) for line in found.stdout.splitlines()]
    assert {Path(hit["path"]).parent for hit in hits} == {clips}
    distances = [hit["distance"] for hit in hits]
    assert distances == sorted(distances)
    assert any(tag["name"].startswith("audioset/") for hit in hits for tag in hit["tags"])
    other = run("index", clips, "--encoder", "kikimimi", **environment)
    assert other.returncode == 2
    assert "yamnet" in other.stderr
