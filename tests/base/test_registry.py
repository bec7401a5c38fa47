from pathlib import Path

import pytest

from tracemill.base.errors import UnknownNameError
from tracemill.base.registry import Registry, _registered

REGISTRY = Registry[type](kind="thing", builtin={"counter": "collections:Counter"})


def test_a_name_is_imported_when_it_is_asked_for() -> None:
    assert REGISTRY.load("counter").__name__ == "Counter"


def test_an_unknown_name_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="unknown thing 'countr'; known: counter"):
        REGISTRY.load("countr")


@pytest.mark.parametrize("about", ["plugin-1.0.dist-info", "plugin.egg-info", "EGG-INFO"])
def test_an_installed_package_adds_its_own(
    about: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / about).mkdir()
    (tmp_path / about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n"
    )
    (tmp_path / about / "PKG-INFO").write_text(
        "Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n"
    )
    entries = "[tracemill.extras]\nordered = collections:OrderedDict\n"
    (tmp_path / about / "entry_points.txt").write_text(entries)
    place = tmp_path.rename(tmp_path.with_suffix(".egg")) if about == "EGG-INFO" else tmp_path
    monkeypatch.syspath_prepend(place)
    extras = Registry[type](kind="extra", builtin={"counter": "collections:Counter"})
    _registered.cache_clear()

    assert list(extras.names()) == ["counter", "ordered"]
    assert extras.load("ordered").__name__ == "OrderedDict"
    _registered.cache_clear()
