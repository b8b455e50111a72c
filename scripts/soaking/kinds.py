"""Every kind of fault by its name: what it is about, and what tries it."""

from __future__ import annotations

from functools import partial

from soaking import devices, disks, passing
from soaking.kills import KILLED
from soaking.tried import Chain

KINDS: dict[str, tuple[str, Chain]] = {
    **{f"kill-{name}": (f"kill -9: {about}", chain) for name, (about, chain) in KILLED.items()},
    "full-disk": (str(disks.full_disk.__doc__), disks.full_disk),
    "read-only": (str(disks.read_only.__doc__), disks.read_only),
    **{
        f"{name}-{verb}": (f"{chain.__doc__} ({name})", partial(chain, name))
        for name in passing.ENGINES
        for verb, chain in (("crash", passing.crash), ("hang", passing.hang))
    },
    **{
        name: (f"{strike.__doc__}, in a session at life speed.", partial(devices.in_mid_turn, strike))
        for name, strike in (
            ("microphone", devices.microphone),
            ("sound-server", devices.server),
            ("stopped-in-life", devices.stopped),
        )
    },
    "stopped": (str(passing.stopped.__doc__), passing.stopped),
    "clock": (str(passing.clock.__doc__), passing.clock),
}
