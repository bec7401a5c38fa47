r"""The lines within the strings of a JSON document, where the document itself is the text.

A raw line of a transcript holds whole files and outputs on one line: their lines end in `\n`, two
characters. Rules go by lines, so such a text is read with a real end of line, CR LF, in place of
each escaped one. It is as long as before: a place in what is read is the same place in the text.
"""

from __future__ import annotations

from typing import Final

import msgspec

_ESCAPED: Final = "\\n"
_READ: Final = "\r\n"
_BACKSLASH: Final = "\\\\"
_HELD: Final = "\0\0"
"""Stands for a backslash meanwhile; no document holds it."""
_OPENING: Final = ("{", "[")
_BEGINNINGS: Final = frozenset("{[ \t\n\r")
"""How a text may begin that is a document; what else is white is none of JSON's."""
_DOCUMENTS: Final = msgspec.json.Decoder(msgspec.Raw)


def as_read(text: str) -> str:
    r"""Return a text with its escaped ends of lines as real ones.

    In anything but a whole JSON object or list, `\n` may be the beginning of a folder's name.
    """
    # that hardly any text begins as a document is sooner seen than that nothing is escaped in it
    if text[:1] not in _BEGINNINGS or not text.lstrip().startswith(_OPENING):
        return text
    if _ESCAPED not in text or not _is_document(text):
        return text
    if _BACKSLASH not in text:
        return text.replace(_ESCAPED, _READ)
    held = text.replace(_BACKSLASH, _HELD)
    return held.replace(_ESCAPED, _READ).replace(_HELD, _BACKSLASH)


def _is_document(text: str) -> bool:
    try:
        _DOCUMENTS.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True
