"""Who speaks: what was chosen, as far as it is here; nobody is sent away for a voice."""

from __future__ import annotations

import pytest

from voiceguide.cli.narrating import usable
from voiceguide.worker import Worker


@pytest.mark.parametrize(
    ("wanted", "speaks", "told"),
    [
        ("HIGH", "high", ""),
        ("hugh", "low", "There is no voice 'hugh': did you mean high? Until then another voice speaks."),
        ("!crash", "low", "crashed"),
        ("", "low", ""),
    ],
)
def test_a_voice_that_cannot_be_had_is_told_and_another_speaks(wanted: str, speaks: str, told: str) -> None:
    heard: list[str] = []
    with Worker("tests.support.fakes_speaking:FakeSynthesizer", seconds=30) as worker:
        assert usable(worker, wanted, "low", heard.append) == speaks
    assert told in "".join(heard)
    assert bool(heard) is bool(told)
