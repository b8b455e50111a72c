"""Two editions that many tests look at, and none changes."""

from __future__ import annotations

import pytest

from tests.support.editions import edition, hostile, sounding
from voiceguide.export.edition import Edition


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The sample session's."""
    return edition(sounding(tmp_path_factory.mktemp("told")))


@pytest.fixture(scope="session")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """That of a session whose every word is hostile."""
    return edition(hostile(tmp_path_factory.mktemp("hostile")))


@pytest.fixture(params=["told", "evil"])
def either(request: pytest.FixtureRequest) -> Edition:
    """Each of the two in turn."""
    made: Edition = request.getfixturevalue(request.param)
    return made
