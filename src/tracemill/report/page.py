"""One page that needs no other file and runs nothing, made of a report's Markdown."""

from __future__ import annotations

from html import escape
from importlib import resources

from markdown_it import MarkdownIt


def page(title: str, markdown: str, more: str = "") -> str:
    """Return a page.

    Args:
        title: what it is called.
        markdown: what it says; HTML in it is shown, not obeyed.
        more: HTML of ours that stands below, for example charts.
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    style = resources.files("tracemill.report").joinpath("learning.css").read_text()
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{body}{more}</main></body></html>\n"
    )
