"""Modules that are loaded when something in them is asked for."""

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from threading import Barrier

import pytest

from tracemill.base.loading import hidden, later

_DEAR = "dear_module"


@pytest.fixture
def loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file to which a module, whenever it is loaded, adds a letter."""
    tally = tmp_path / "loads"
    tally.touch()
    code = f"with open({str(tally)!r}, 'a') as out:\n    out.write('x')\nanswer = 42\n"
    (tmp_path / f"{_DEAR}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, _DEAR, sys)  # so that what is loaded goes with the test
    monkeypatch.delitem(sys.modules, _DEAR)
    return tally


def test_nothing_runs_before_something_is_asked_for(loads: Path) -> None:
    module = later(_DEAR)
    assert loads.read_text() == ""
    assert (module.answer, module.answer) == (42, 42)
    assert loads.read_text() == "x"


def test_what_is_asked_for_is_what_others_have(loads: Path) -> None:
    assert later(_DEAR).answer == import_module(_DEAR).answer == 42
    assert loads.read_text() == "x"


def test_threads_that_ask_at_once_wait_for_the_module(loads: Path) -> None:
    with loads.with_name(f"{_DEAR}.py").open("a") as code:
        code.write("import time\ntime.sleep(0.2)\nlast = 'said last'\n")
    module, n = later(_DEAR), 4
    at_once = Barrier(n)

    def ask() -> str:
        at_once.wait()
        return str(module.last)

    with ThreadPoolExecutor(n) as threads:
        said = [each.result() for each in [threads.submit(ask) for _ in range(n)]]
    assert said == ["said last"] * n
    assert loads.read_text() == "x"


def test_a_module_that_is_not_there_is_missed_at_once() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        later("no_such_module")


def test_what_is_hidden_is_not_found_until_the_end(loads: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=_DEAR), hidden(_DEAR):
        import_module(_DEAR)
    assert loads.read_text() == ""
    assert import_module(_DEAR).answer == 42


def test_what_is_loaded_before_it_is_hidden_stays(loads: Path) -> None:
    before = import_module(_DEAR)
    with hidden(_DEAR):
        assert import_module(_DEAR) is before
    assert loads.read_text() == "x"


def test_a_front_loads_what_it_offers_when_that_is_asked_for(loads: Path) -> None:
    folder = loads.with_name("fronted")
    folder.mkdir()
    named = (
        "from tracemill.base.loading import front\n__getattr__ = front(__name__, {'deep': 'far'})\n"
    )
    (folder / "__init__.py").write_text(named)
    (folder / "far.py").write_text(f"import {_DEAR}\ndeep = {_DEAR}.answer\n")

    package = import_module("fronted")
    assert loads.read_text() == ""
    assert package.deep == package.deep == 42
    assert loads.read_text() == "x"
    with pytest.raises(AttributeError, match="'fronted' has no attribute 'far_off'"):
        _ = package.far_off
