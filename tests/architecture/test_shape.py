"""What every implementation of a seam must bring with it, and what every module must say."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tracemill.base.registry import Registry
from tracemill.export import EXPORTERS, TRAJECTORY_EXPORTERS
from tracemill.sources import OF_NO_FILES, SOURCES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tracemill"
MODULES = [pytest.param(p, id=str(p.relative_to(PACKAGE))) for p in sorted(PACKAGE.rglob("*.py"))]


@pytest.mark.parametrize("name", list(SOURCES.builtin))
def test_source_loads_carries_its_name_and_has_fixtures(name: str) -> None:
    assert SOURCES.load(name).name == name
    assert (ROOT / "tests" / "sources" / name.replace("-", "_")).is_dir()


@pytest.mark.parametrize("name", list(SOURCES.builtin))
def test_what_a_source_reads_is_said_where_it_is_not_loaded(name: str) -> None:
    assert OF_NO_FILES.get(name, "file") == SOURCES.load(name).reads


@pytest.mark.parametrize("registry", [EXPORTERS, TRAJECTORY_EXPORTERS], ids=lambda r: r.kind)
def test_exporters_load_and_carry_their_names(registry: Registry[Any]) -> None:
    assert registry.builtin
    for name in registry.builtin:
        assert registry.load(name).name == name


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=p.stem) for p in sorted((PACKAGE / "export").glob("*.py"))]
)
def test_exporters_never_name_a_source(path: Path) -> None:
    said = {n.value for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant)}
    own = {*EXPORTERS.builtin, *TRAJECTORY_EXPORTERS.builtin}

    assert said.isdisjoint(SOURCES.builtin.keys() - own)


@pytest.mark.parametrize("path", MODULES)
def test_module_opens_with_its_promise(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", MODULES)
def test_front_doors_list_what_they_give(path: Path) -> None:
    tree = ast.parse(path.read_text())
    listed = [
        [str(name.value) for name in node.value.elts if isinstance(name, ast.Constant)]
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.List)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    ]
    is_front_door = path.name == "__init__.py" and any(
        isinstance(node, ast.ImportFrom | ast.FunctionDef | ast.ClassDef) for node in tree.body
    )

    assert listed or not is_front_door
