"""The weights of models: whether the files are those that were measured, or that arrived whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from voiceguide.durable import open_reading

SUMS = "SHA256SUMS"
"""The file of hashes beside a downloaded model's weights."""


def check_weights(folder: Path, sha256: Mapping[str, str]) -> None:
    """Raise OSError when the files are not those that were measured, by name. Takes a tenth of a second."""
    for name, expected in sha256.items():
        with open_reading(folder / name) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != expected:
            raise OSError(f"{folder / name} is damaged or of another version")


def stored_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a downloaded model, as its download left them (in the format of ``sha256sum``).

    Raises OSError when they are not there, or name a file that cannot be the model's.
    """
    with open_reading(folder / SUMS) as file:
        lines = file.read().decode("ascii", "replace").splitlines()
    found = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if len(found) < 2 or any(Path(name).name != name for name in found):  # a model and what describes it, at least
        raise OSError(f"{folder / SUMS} is damaged")
    return found
