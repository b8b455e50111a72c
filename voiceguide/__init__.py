"""A hands-free, offline guide for couples.

Importing this package loads nothing heavy: engines and devices are imported by the adapters that use them.
"""

__version__ = "0.1.0"
