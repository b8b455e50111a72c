"""What a process and all its children use, as Linux tells it in /proc; ours where no other one is named."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from tests.support.processes import children

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def family(head: int | None = None) -> list[int]:
    """The process id of ``head`` and those of all its descendants that run now."""
    if not Path("/proc/self/stat").is_file():
        raise SystemExit("bench: this section reads /proc, which this system has not: run it on Linux.")
    found = [os.getpid() if head is None else head]
    for parent in found:  # grows while it is gone through
        found += children(parent)
    return found


def cpu_seconds(head: int | None = None) -> float:
    """Seconds of processor time, user's and system's, of all of them so far."""
    stats = [stat for pid in family(head) if (stat := _stat(pid))]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / _TICKS


def resident_mb(head: int | None = None) -> float:
    """Resident memory of all of them, what they share counted once: the proportional set size."""
    return sum(_shared_out(pid) for pid in family(head)) / 2**10


def open_files() -> int:
    """Files, pipes and devices that all of them hold open."""
    count = 0
    for pid in family():
        with contextlib.suppress(OSError):  # it has just ended
            count += len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return count


def _shared_out(pid: int) -> int:
    """Kilobytes of a process, each page divided by how many hold it; 0 when it has just ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii", "replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def _stat(pid: int) -> list[str]:
    """The fields from the state on (man 5 proc, fields 3 and up); empty when the process has just ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
