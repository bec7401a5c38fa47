"""Bytes into lines, documents, rows and elements, every one of them accounted for.

What a format is written in, whatever it tells: a source takes the reader that fits its files.
"""
