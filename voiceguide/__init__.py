"""A hands-free, offline guide for couples.

Importing this package loads nothing heavy: engines and devices are imported by the adapters that use them.
"""

import os

# ONNX Runtime, on which the natural voices run, reports to its maker and keeps a number for this machine, unless this
# stands there before it is loaded: so here, where every process of ours passes.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.1.0"

INTERRUPTED = 130
"""Exit code after Ctrl-C and its kin, as of a shell's."""
