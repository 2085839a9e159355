"""Long and wide files are read in bounded memory, measured in a process of its own."""

import struct
import subprocess
import sys

import pytest

SCRIPT = """
import resource, sys
from kikimimi.audio.probing import probe
from kikimimi.audio.streaming import stream_blocks
from kikimimi.audio.windows import stream_windows
path, small = sys.argv[1:]
rule = dict(sample_rate_hz=16000, window_s=10.0, hop_s=10.0, min_s=1.0, quantum_s=0.5)
for _ in stream_windows(small, **rule): pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in stream_windows(path, **rule))
frames = sum(clip.samples.shape[1] for clip in stream_blocks(path))
assert frames == probe(path).frames, frames
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def silent_wav(path, *, rate, channels, bits, seconds) -> None:
    """A WAV file of zeros that takes no room on the disk."""
    frame_bytes = channels * bits // 8
    size = rate * seconds * frame_bytes
    fields = (16, 1, channels, rate, rate * frame_bytes, frame_bytes, bits)
    head = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
    head += struct.pack("<4sIHHIIHH", b"fmt ", *fields) + struct.pack("<4sI", b"data", size)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
@pytest.mark.parametrize(
    ("rate", "channels", "bits", "seconds"),
    [(8000, 1, 8, 3 * 3600), (48000, 2, 16, 300), (384000, 32, 16, 3)],
)
def test_memory_does_not_grow_with_the_file(tmp_path, rate, channels, bits, seconds):
    path, small = tmp_path / "long.wav", tmp_path / "small.wav"
    silent_wav(path, rate=rate, channels=channels, bits=bits, seconds=seconds)
    silent_wav(small, rate=rate, channels=1, bits=bits, seconds=1)
    command = [sys.executable, "-c", SCRIPT, str(path), str(small)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    windows, growth_kib = map(int, result.stdout.split())
    assert windows == max(1, seconds // 10)
    assert growth_kib < 100 * 1024
