"""Vendored front-end libraries are what their authors published, and all of them are declared."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path

VENDOR = Path(str(files("kikimimi") / "web" / "static" / "vendor"))


def _libraries() -> list[dict]:
    return json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["libraries"]


def test_every_vendored_file_has_the_bytes_that_the_manifest_declares():
    for library in _libraries():
        for entry in library["files"]:
            content = (VENDOR / entry["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["path"]


def test_no_file_is_vendored_without_a_declaration():
    declared = {entry["path"] for library in _libraries() for entry in library["files"]}
    present = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert present - {"manifest.json"} == declared


def test_each_library_names_its_version_source_and_licence_text():
    for library in _libraries():
        assert library["name"] and library["version"] and library["source"].startswith("https://")
        assert library["licence"] in {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC"}
        assert (VENDOR / library["licence_file"]).read_text(encoding="utf-8").strip()
