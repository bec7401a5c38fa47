"""One pass over many texts: what finds the places at which a detector has to look, and calls it.

Texts are joined into one run of bytes, on which engines look for what every detector needs; the
scanner has detectors look there, and says who has the say where two overlap.
"""
