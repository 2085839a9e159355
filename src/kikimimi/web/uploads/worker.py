"""A process of its own that decodes one sound that nobody has looked at yet.

Run as `python -m kikimimi.web.uploads.worker`. It gets its task as JSON on standard input, takes
limits upon itself, writes the sound as one channel of float samples and tells about it in one line
of JSON. It may be killed at any time.
"""

import base64
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import soundfile

from kikimimi.audio.measures.overview import OverviewMeter
from kikimimi.audio.native_messages import silence_native_messages
from kikimimi.audio.sources import downmix, open_source, read_blocks
from kikimimi.errors import AudioError
from kikimimi.paths import display_path


class TooLongError(Exception):
    """The sound goes on beyond the limit."""


def main() -> None:
    """Do the task on standard input."""
    task = json.load(sys.stdin)
    silence_native_messages()
    _take_limits(task)
    print(json.dumps(_answer(task)))


def _answer(task: Mapping[str, Any]) -> dict[str, Any]:
    source = Path(task["source"])
    try:
        return {"sound": convert(source, Path(task["target"]), limit_s=task["limit_s"])}
    except TooLongError:
        return {"refused": "too_long"}
    except MemoryError:
        return {"refused": "unreadable", "reason": "decoding it takes too much memory"}
    except AudioError as error:
        reason = str(error).removeprefix(f"{display_path(source)}: ")
        return {"refused": "unreadable", "reason": reason}


def convert(source: Path, target: Path, *, limit_s: float) -> dict[str, Any]:
    """Write the mean of all channels as float WAV; returns what the sound is.

    Embedding the copy gives the vectors that embedding the sound itself gives.

    Raises:
        AudioError: it cannot be read.
        TooLongError: it is longer than `limit_s`.
    """
    with open_source(source) as opened:
        recording = opened.recording
        rate_hz = recording.sample_rate_hz
        meter = OverviewMeter(frames=min(recording.frames, round(limit_s * rate_hz)), channels=1)
        frames = 0
        with soundfile.SoundFile(target, "w", rate_hz, 1, "FLOAT", format="WAV") as copy:
            for block in read_blocks(opened):
                frames += len(block)
                if frames > limit_s * rate_hz:
                    raise TooLongError
                mono = downmix(block)
                meter.push(mono[:, None])
                copy.write(mono)
    return {
        "duration_s": frames / rate_hz,
        "sample_rate_hz": rate_hz,
        "channels": recording.channels,
        "overview": base64.b64encode(meter.result()[0]).decode(),
    }


def _take_limits(task: Mapping[str, Any]) -> None:
    if sys.platform == "win32":
        return  # the time limit of the parent is all there is
    import resource

    for kind, most in (
        (resource.RLIMIT_AS, task["memory_bytes"]),
        (resource.RLIMIT_CPU, task["cpu_s"]),
        (resource.RLIMIT_FSIZE, task["file_bytes"]),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        limit = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    main()
