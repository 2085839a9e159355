"""How large and how slow the values of a space are: a library of stub sounds, over HTTP.

    python benchmarks/space_payload.py --sounds 100000

The library has random vectors, measures and tags. The first call fits what has to be fitted, reads
the library and packs; the others are what a page waits for when it changes its axes. Bars for
100,000 sounds and 5 axes: under 2 MB, under 0.3 s.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from kikimimi.library.library import Library
from kikimimi.web.app import create_app
from kikimimi.web.settings import ServerSettings

_AXES = "pca.1,pca.2,pca.3,loudness_lufs,pitch_hz"
_BLOCK = 10_000
_MEASURES = (
    "loudness_lufs, peak_db, brightness_hz, noisiness, pitch_hz, pitch_confidence, attack_s, "
    "temporal_centroid_s"
)


def main() -> None:
    """Make the library, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sounds", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stub.kikimimi"
        _make(path, options.sounds)
        settings = ServerSettings(library=path, encoder="placeholder")
        base = f"http://127.0.0.1:{settings.port}"
        with TestClient(create_app(settings), base_url=base) as client:
            _ask(client, "first call (reads and fits)", _AXES)
            _ask(client, "again", _AXES)
            _ask(client, "other axes of a known layout", "pca.4,pca.5,pca.6,noisiness,attack_s")
            _ask(client, "a tag for the first time", "tag:stub/3")
            began = time.perf_counter()
            count = len(client.get("/api/space/axes").json())
            _tell("list of axes", axes=count, seconds=time.perf_counter() - began)


def _ask(client: TestClient, what: str, axes: str) -> None:
    times = []
    for _ in range(1 if "first" in what else 5):
        began = time.perf_counter()
        answer = client.get(
            "/api/space/values", params={"axes": axes}, headers={"Accept-Encoding": "identity"}
        )
        times.append(time.perf_counter() - began)
    answer.raise_for_status()
    packed = client.get("/api/space/values", params={"axes": axes})
    sent = int(packed.headers.get("content-length", 0))
    _tell(what, seconds=float(np.median(times)), bytes=len(answer.content), bytes_sent_gzip=sent)


def _tell(what: str, **figures: float) -> None:
    rounded = {key: round(value, 4) for key, value in figures.items()}
    print(json.dumps({"what": what, **rounded}))


def _make(path: Path, count: int) -> None:
    """A library whose sounds have a window, measures and two tags each."""
    with Library(path, encoder="placeholder") as library:
        library.create()
        size = library.encoder().card.embedding_size
        with library.database.writing() as connection:
            names = [(number + 1, f"stub/{number}") for number in range(20)]
            connection.exec_driver_sql("INSERT INTO tags VALUES (?, ?)", names)
            for start in range(0, count, _BLOCK):
                _add(connection, start, min(_BLOCK, count - start), size)


def _add(connection, start: int, count: int, size: int) -> None:
    generator = np.random.default_rng(start)
    ids = range(start + 1, start + count + 1)
    vectors = generator.standard_normal((count, size)).astype("<f4")
    run = connection.exec_driver_sql
    run(
        "INSERT INTO sounds (id, path_key, path, name, folder, size_bytes, mtime_ns, content_hash, "
        "format, subtype, sample_rate_hz, channels, duration_s, missing) VALUES "
        "(?, ?, ?, ?, '/stub', 1, 1, ?, 'WAV', 'PCM_16', 48000, 1, ?, 0)",
        [
            (n, f"/stub/{n}.wav".encode(), f"/stub/{n}.wav", f"{n}.wav", str(n), 1 + n % 60)
            for n in ids
        ],
    )
    run(
        "INSERT INTO windows (sound_id, start_s, end_s, vector) VALUES (?, 0, 1, ?)",
        [(n, vector.tobytes()) for n, vector in zip(ids, vectors, strict=True)],
    )
    figures = generator.uniform(0.01, 1, (count, 8))
    run(
        f"INSERT INTO sound_measures (sound_id, {_MEASURES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(n, *row) for n, row in zip(ids, figures.tolist(), strict=True)],
    )
    run(
        "INSERT INTO sound_tags VALUES (?, ?, 'auto', ?)",
        [(n, 1 + (n + k) % 20, 0.3 + k / 4) for n in ids for k in range(2)],
    )


if __name__ == "__main__":
    main()
