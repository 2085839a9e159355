"""Sounds told apart by a head that was trained on the user's own labels."""

from pathlib import Path

from kikimimi.cli.inputs import embed_files, expand
from kikimimi.cli.output import json_path, print_json, print_table, short_path
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import ConfigError


def classify(files: list[Path], run: Path, limit: int, *, as_json: bool) -> bool:
    """Print the likeliest classes of each file; return whether all could be read.

    Raises:
        ConfigError: `run` holds no head, or the encoder it was trained on is not this one.
    """
    from kikimimi.tasks.transfer.head import LinearHead

    head = LinearHead.load(run / "head")
    encoder = create_encoder(head.reference).load()
    if encoder.identity != head.encoder:
        raise ConfigError(
            f"{run}: the head was trained on the encoder {head.encoder}, but this Kikimimi has "
            f"{encoder.identity}; train it again"
        )
    paths = expand(files)
    read = 0
    for path, embedded in embed_files(paths, encoder, label="Classifying"):
        read += 1
        shares = head.probabilities(embedded.vectors.mean(axis=0)[None])[0]
        best = shares.argsort()[::-1][:limit]
        if as_json:
            listed = [{"name": head.classes[n], "score": round(float(shares[n]), 4)} for n in best]
            print_json({"path": json_path(path), "classes": listed})
        else:
            text = "; ".join(f"{head.classes[n]} {shares[n]:.2f}" for n in best)
            print_table(("path", "classes"), [(short_path(path), text)])
    return read == len(paths)
