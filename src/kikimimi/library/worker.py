"""One worker process: reads the files that it is told of, until its input ends.

Started by `worker_pool` as `python -m kikimimi.library.worker`; messages go over its standard
input and output (see `wire`).
"""

import os
import sys
from pathlib import Path
from typing import BinaryIO

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.registry import load_encoder
from kikimimi.errors import KikimimiError
from kikimimi.library import store, wire
from kikimimi.library.database import Database
from kikimimi.library.file_reading import read_file


def main() -> None:
    """Serve the process that started this one."""
    source = sys.stdin.buffer
    # Decoders print to the standard output at times; the messages get a channel of their own.
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    greeting = wire.receive(source)
    if greeting is None:
        return
    try:
        encoder = load_encoder(greeting[0]["encoder"])
        database = Database(Path(greeting[0]["library"]))
    except KikimimiError as error:
        wire.send(target, {"refused": str(error)})
        return
    _use_one_thread()
    wire.send(target, {"ready": encoder.identity})
    _serve(source, target, encoder, database)


def _use_one_thread() -> None:
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def _serve(source: BinaryIO, target: BinaryIO, encoder: Encoder, database: Database) -> None:
    def is_known(content_hash: str) -> bool:
        with database.reading() as connection:
            return store.has_content(connection, content_hash)

    while (message := wire.receive(source)) is not None:
        outcome = read_file(wire.task_from(message[0]), encoder, is_known)
        try:
            wire.send(target, *wire.outcome_message(outcome))
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
