"""Privacy: what is looked at and decided before anything goes out.

`rows` redacts lines for other programs, `files` and `documents` whole files for people. Nothing
here keeps a text: what is found is told by kind, rule and place.
"""
