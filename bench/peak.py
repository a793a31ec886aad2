"""The peak resident set of this process alone, in bytes."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


def peak() -> int:
    """The peak resident set so far, in bytes.

    ``ru_maxrss`` begins, after a fork, with the peak of the parent and keeps it over ``exec``;
    Linux tells the peak of this program alone as ``VmHWM`` (proc_pid_status(5)).
    """
    if _STATUS.is_file() and (found := re.search(r"VmHWM:\s*(\d+) kB", _STATUS.read_text())):
        return int(found[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def reset_peak() -> None:
    """Begin to count the peak anew, where the system can (Linux, proc_pid_clear_refs(5))."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")
