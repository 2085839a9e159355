import subprocess
import sys

SCRIPT = """
import os, sys
from kikimimi.audio.native_messages import silence_native_messages
silence_native_messages()
os.write(2, b"from the decoder")
print("from Python 音", file=sys.stderr)
"""


def test_only_messages_of_libraries_are_silenced():
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    assert result.stderr.decode() == "from Python 音\n"
