"""Keeping what decoders print by themselves out of the terminal."""

import os
import sys


def silence_native_messages() -> None:
    """Send what C libraries print on standard error nowhere; `sys.stderr` goes on working.

    libsndfile's MP3 decoder prints warnings of its own, in the middle of a progress bar. For a
    command or a worker process to call once at its start: it holds for the whole process.
    """
    kept = os.dup(2)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    os.close(nothing)
    sys.stderr = os.fdopen(kept, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
