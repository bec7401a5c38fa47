"""Trajectories under construction: steps that may still grow, and the parts of which they are made.

Sources say what they read; what is here puts it together, in bounded memory.
"""
