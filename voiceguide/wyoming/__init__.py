"""Engines elsewhere: a Wyoming server recognises, or speaks, in place of this machine's own engines.

Wyoming is the protocol of Home Assistant's voice: events of a JSON line, data and payload over TCP (package
``wyoming``). It has no passwords and encrypts nothing, so sound goes to this machine and to private addresses only,
unless somebody allows more. Run it in a child process (``voiceguide.worker``), as every engine: whatever a server
sends can at most end that process.
"""
