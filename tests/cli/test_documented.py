"""Whatever command the docs write down is one, and takes the options that stand there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.cli.test_help import COMMANDS
from tracemill.cli import commands as tree
from tracemill.cli.app import call

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))]
WITHIN: Final = ("ui export", *(f"synth definitions {verb}" for verb in tree.DEFINITIONS))
"""Commands below others, which the tree does not name."""
KNOWN: Final = {tuple(name.split()) for name in (*COMMANDS, *WITHIN)}
NOUNS: Final = {name[0] for name in KNOWN}
FENCED: Final = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN: Final = re.compile(r"`([^`\n]+)`")
OPTION: Final = re.compile(r"(?<!\S)\[?(--[a-z][a-z-]+)")


def written(page: Path) -> Iterator[tuple[tuple[str, ...], set[str]]]:
    """Yield the commands of a page, each with its options."""
    text = page.read_text()
    for block in FENCED.findall(text):
        for line in block.splitlines():
            if line.strip().startswith("tracemill "):
                yield parted(line.strip().removeprefix("tracemill "))
    for span in SPAN.findall(FENCED.sub("", text)):
        whole = span.removeprefix("tracemill ")
        if span != whole or tuple(whole.split()[:2]) in KNOWN:
            yield parted(whole)


def parted(line: str) -> tuple[tuple[str, ...], set[str]]:
    said = line.partition("  ")[0].partition(" # ")[0].partition(" | ")[0]
    words = tuple(re.split(r"\s", said))
    name = next((words[:n] for n in (3, 2, 1) if words[:n] in KNOWN), words[:2])
    return name, set(OPTION.findall(said))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_docs_name_commands_and_options_that_there_are(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = []
    for name, options in written(page):
        if name[0].isupper():
            continue
        if name not in KNOWN and name[0] not in NOUNS:
            lost.append(" ".join(name))
        elif name in KNOWN and options:
            call([*name, "--help"])
            told = capsys.readouterr().out
            lost += [f"{' '.join(name)} {each}" for each in options if f"{each} " not in told]

    assert lost == []
