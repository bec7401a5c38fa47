"""Capture: what happens right now is kept before it can be lost. Standard library only.

`agents` knows where each agent keeps its sessions, and for how long.
"""
