"""`tracemill synth definitions`: instructions for generators, listed and exported."""

from pathlib import Path

from tracemill.base.text import counted, one_line
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, hint, write, write_lines
from tracemill.cli.shared.tables import print_table
from tracemill.flows.synthesis.definitions import export_definitions as write_definitions
from tracemill.records.synth.generators import GeneratorList
from tracemill.synth.definitions import agent_text, find_definition, load_definitions

_WIDTH = 70


def list_definitions(
    *,
    jsonl: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """List the definitions that come with the program.

    Parameters
    ----------
    jsonl
        Print each as one line of JSON.
    """
    listed = GeneratorList(definitions=load_definitions())
    if jsonl:
        write_lines(listed.definitions)
    elif not answer("definitions", listed, common, next_steps=["tracemill synth definitions show"]):
        rows = [
            (each.name, str(each.version), each.category or "", one_line(each.description, _WIDTH))
            for each in listed.definitions
        ]
        print_table(("NAME", "VERSION", "CATEGORY", "FOR"), rows, ("FOR",))
        hint("next: tracemill synth definitions export .claude/agents", common)
    return EXIT_DONE


def show_definitions(
    name: str,
    /,
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Print a definition as agents read it.

    Parameters
    ----------
    name
        Its name, its category, or the path of a .md file.
    """
    definition = find_definition(name)
    if not answer("definition", definition, common):
        write(agent_text(definition).rstrip("\n"))
    return EXIT_DONE


def export_definitions(
    folder: Path,
    /,
    *names: str,
    replace: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Write definitions where Claude Code finds agents: `.claude/agents`.

    Parameters
    ----------
    folder
        Where to.
    names
        Which ones; by default all.
    replace
        Write over files of these names that hold another text.
    """
    done = write_definitions(folder, names, replace=replace)
    if not answer("definitions-export", done, common):
        for name in done.written:
            write(str(folder / name))
        same = f", {done.same} were there already" if done.same else ""
        hint(f"{counted(len(done.written), 'file')} written{same}", common)
    return EXIT_DONE
