"""Finding code by meaning: definitions, references, functions, classes, numbers."""

from __future__ import annotations

import re
from typing import Final

from tracemill.synth.scene import Scene, counted, listed, module_of, only_named, tests_of
from tracemill.synth.telling import Call, require

_PLACE: Final = re.compile(r"^(\S+?):(\d+): (.*)$", re.MULTILINE)
_USE: Final = re.compile(r"^(\S+?):(\d+): \[(\w+)\] (.*?)(?:  \(in (\S+)\))?$", re.MULTILINE)
_OTHERS: Final = (
    ("grams_per", "rust"),
    ("read_line", "rust"),
    ("last_stable", "rust"),
    ("parsePantry", "typescript"),
    ("daysLeft", "typescript"),
    ("expiringRows", "typescript"),
    ("renderRows", "typescript"),
    ("amountOf", "typescript"),
    ("NewLedger", "go"),
    ("MergeInto", "go"),
    ("Differing", "go"),
    ("Names", "go"),
)
_IN: Final = {"scale": "rust", "web": "typescript", "sync": "go"}
"""Languages of folders that hold another one than Python."""
_SOURCES: Final = {
    "scale/src/lib.rs": "rust",
    "web/src/pantry.ts": "typescript",
    "sync/sync.go": "go",
}
_BEGINS: Final = re.compile(
    r"^(?:pub |export |async )*(?:def |fn |function |func )?(?:\([^)]*\) )?"
)
"""What stands before a function's name."""
_FOLDERS: Final = ("larder", "tests", "scale", "web", "sync")
_SHOWN: Final = 5


def _symbol(scene: Scene) -> str:
    """Return a name to look for: of Python, or now and then of another language."""
    if scene.drawn.random() < 0.5:  # noqa: PLR2004 - one half
        name, scene.language = scene.pick(_OTHERS)
        return str(name)
    return scene.function(only_named).full_name


def definition(scene: Scene) -> None:
    """Where is it defined, and how is it called?"""
    scene.need("goto_definition")
    symbol = _symbol(scene)
    scene.ask("definition", symbol=symbol)
    found = scene.tell.done("goto_definition", scene.say("looking"), symbol=symbol)
    path, line, signature = _first(found)
    scene.answer("definition", symbol=symbol, path=path, line=line, signature=signature)


def definition_and_body(scene: Scene) -> None:
    """Go to the definition, then read just that part of the file."""
    scene.need("goto_definition")
    function = scene.function(only_named)
    scene.ask("explain", symbol=function.full_name)
    found = scene.tell.done("goto_definition", symbol=function.full_name)
    path, line, signature = _first(found)
    last = function.last_line
    scene.tell.done("read_file", path=path, first_line=int(line), last_line=last)
    scene.answer(
        "explained",
        symbol=function.full_name,
        path=path,
        line=line,
        signature=signature,
        does=third(function.about),
        n=last - int(line) + 1,
    )


def references(scene: Scene) -> None:
    """Who uses it?"""
    scene.need("find_references")
    symbol = _symbol(scene)
    scene.ask("references", symbol=symbol)
    found = scene.tell.done("find_references", scene.say("looking"), symbol=symbol)
    scene.tell.answer(_told_uses(scene, symbol, found))


def safe_to_change(scene: Scene) -> None:
    """May it be changed? Definition and references at once, as neither needs the other."""
    scene.need("goto_definition", "find_references")
    symbol = scene.function(only_named).full_name
    scene.ask("change_safely", symbol=symbol)
    where, uses = scene.tell.call(
        Call("goto_definition", {"symbol": symbol}),
        Call("find_references", {"symbol": symbol}),
        says=scene.say("both"),
    )
    require(not where.failed and not uses.failed, "not_found")
    path, line, signature = _first(where.text)
    own = [
        u for u in _uses(uses.text) if not u["path"].startswith("tests/") and u["kind"] != "import"
    ]
    if own:
        places = listed([u["within"] or module_of(u["path"]) for u in own][:_SHOWN])
        scene.answer(
            "change_needs_care",
            symbol=symbol,
            signature=signature,
            places=places,
            n=counted(len(own), "place"),
            path=path,
            line=line,
        )
    else:
        scene.answer("change_is_safe", symbol=symbol, signature=signature, path=path, line=line)


def functions_of(scene: Scene) -> None:
    """What functions does a module have?"""
    scene.need("list_functions")
    path = scene.pick((scene.function().path, *_SOURCES))
    scene.language = _SOURCES.get(path, "python")
    scene.ask("functions", path=path)
    found = _PLACE.findall(scene.tell.done("list_functions", path=path))
    require(bool(found), "not_found")
    names = [re.split(r"[(<]", _BEGINS.sub("", signature))[0] for _, _, signature in found]
    names = [name for name in names if not name.startswith("__")]
    scene.answer("functions", path=path, n=counted(len(names), "function"), names=listed(names))


def classes_of(scene: Scene) -> None:
    """What classes are there below a folder?"""
    scene.need("list_classes")
    path = scene.pick(("larder", "larder/stock.py", "larder/items.py", "scale", "web", "sync", "."))
    scene.language = _IN.get(path, "python")
    scene.ask("classes", path="the project" if path == "." else path)
    found = _PLACE.findall(
        scene.tell.done("list_classes", **({} if path == "." else {"path": path}))
    )
    require(bool(found), "not_found")
    names = [_class_name(signature) for _, _, signature in found]
    files = len({place for place, _, _ in found})
    scene.answer(
        "classes", n=counted(len(names), "class"), names=listed(names), files=counted(files, "file")
    )


def _class_name(signature: str) -> str:
    words = re.split(r"[\s(:{<]+", signature)
    kept = [w for w in words if w not in ("pub", "export", "class", "struct", "enum", "interface")]
    return kept[0]


def stats(scene: Scene) -> None:
    """How large is it, and where is most of it?"""
    scene.need("index_stats")
    folder = scene.pick((*_FOLDERS[:2], "."))
    scene.ask("stats", path="the project" if folder == "." else f"{folder}/")
    found = scene.tell.done("index_stats", **({} if folder == "." else {"path": folder}))
    rows = re.findall(r"^(\S+): (\d+) lines, (\d+) functions, (\d+) classes", found, re.MULTILINE)
    require(bool(rows), "not_found")
    lines, n_functions = (sum(int(row[place]) for row in rows) for place in (1, 2))
    longest = max(rows, key=lambda row: int(row[1]))
    most = max(rows, key=lambda row: int(row[2]))
    scene.answer(
        "stats_of_one" if longest == most else "stats",
        files=counted(len(rows), "file"),
        lines=lines,
        functions=n_functions,
        longest=longest[0],
        n_longest=longest[1],
        most=most[0],
        n_most=most[2],
    )


def index(scene: Scene) -> None:
    """Index first, then say what there is to look at."""
    scene.need("index_project")
    folder = scene.pick((*_FOLDERS, "."))
    scene.language = _IN.get(folder, "python")
    scene.ask("index", path="the project" if folder == "." else f"{folder}/")
    found = scene.tell.done("index_project", **({} if folder == "." else {"path": folder}))
    scene.answer("index", says=found.removeprefix("indexed "))


def _first(found: str) -> tuple[str, str, str]:
    places: list[tuple[str, str, str]] = _PLACE.findall(found)
    require(len(places) == 1, "not_found_once")
    return places[0]


def _uses(found: str) -> list[dict[str, str]]:
    return [
        {"path": path, "line": line, "kind": kind, "text": text, "within": within}
        for path, line, kind, text, within in _USE.findall(found)
    ]


def _told_uses(scene: Scene, symbol: str, found: str) -> str:
    uses = [each for each in _uses(found) if each["kind"] != "import"]
    if not uses:
        return scene.say("unused", symbol=symbol)
    own = [each for each in uses if not each["path"].startswith("tests/")]
    rows = [
        f"- `{each['path']}:{each['line']}`"
        + (f", in `{each['within']}`" if each["within"] else "")
        for each in own[:_SHOWN]
    ]
    if len(own) > _SHOWN:
        rows.append(f"- and {len(own) - _SHOWN} more")
    said = scene.say(
        "references" if own else "only_tests",
        symbol=symbol,
        n=counted(len(own), "place"),
        tests=counted(len(uses) - len(own), "time"),
    )
    return "\n".join([said, *rows])


def lowered(text: str) -> str:
    """Return a sentence as it stands within another."""
    return text[:1].lower() + text[1:].rstrip(".")


def third(about: str) -> str:
    """Return a docstring's order as what a function does: "Return it." as "returns it"."""
    verb, _, rest = lowered(about).partition(" ")
    return f"{verb}s {rest}"


def stats_of_file(scene: Scene) -> None:
    """How large is one file?"""
    scene.need("index_stats")
    path = scene.pick((scene.function().path, tests_of(scene.function().path), *_SOURCES))
    scene.language = _SOURCES.get(path, "python")
    scene.ask("stats_of_file", path=path)
    found = scene.tell.done("index_stats", path=path)
    row = re.match(r"(\S+): (\d+) lines, (\d+) functions, (\d+) classes", found)
    require(row is not None, "not_found")
    assert row is not None
    n_lines, n_functions, n_classes = (int(row[place]) for place in (2, 3, 4))
    scene.answer(
        "stats_of_file",
        path=path,
        lines=counted(n_lines, "line"),
        functions=counted(n_functions, "function"),
        classes=counted(n_classes, "class"),
    )


GRAPHS: Final = {
    "powertools/index": (index,),
    "powertools/definition": (definition, definition_and_body),
    "powertools/references": (references, safe_to_change),
    "powertools/functions": (functions_of,),
    "powertools/classes": (classes_of,),
    "powertools/stats": (stats, stats_of_file),
}
