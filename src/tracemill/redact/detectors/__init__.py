"""Detectors that know more than a line, such as a table or a key block; `roster` names them all."""
