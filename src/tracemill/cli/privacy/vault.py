"""`tracemill privacy vault`: what is unredacted, and the key of the pseudonyms."""

import getpass
import os
import sys
from pathlib import Path
from typing import Literal

from tracemill.base.errors import UsageError
from tracemill.base.named_files import expanded, require_there
from tracemill.base.text import counted, sized
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import ProgressLine, answer, hint, write
from tracemill.flows.vault import (
    VaultBackup,
    VaultStatus,
    hold_key,
    read_vault,
    rotate_key,
)
from tracemill.flows.vault import (
    export_vault as write_backup,
)
from tracemill.flows.vault import (
    import_vault as read_backup,
)
from tracemill.flows.wheel.turn import Options

_VARIABLE = "TRACEMILL_PASSPHRASE"


def status_vault(*, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Show what the vault holds, and who holds its key. Read-only."""
    result = read_vault(common.open())
    if not answer("vault", result, common):
        _show(result)
    return EXIT_DONE


def export_vault(*, to: Path, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Write an encrypted backup of the vault: originals, key, and what keeps erased things out.

    The passphrase is asked for, or taken from TRACEMILL_PASSPHRASE.

    Parameters
    ----------
    to
        A new folder outside the workspace.
    """
    folder = expanded(to).absolute()
    result = write_backup(common.open(), folder, _passphrase(is_new=True))
    if not answer("backup", result, common, next_steps=["tracemill privacy vault import FOLDER"]):
        _show_backup("Written", result)
        hint("without the passphrase nobody can open it, you included", common)
    return EXIT_DONE


def import_vault(folder: Path, *, common: Common = Common()) -> int:  # noqa: B008 - frozen
    """Put the vault of a backup into a workspace that has none; `run` makes the rest from it.

    Parameters
    ----------
    folder
        The backup.
    """
    folder = expanded(folder).absolute()
    require_there(folder, "backup")
    result = read_backup(common.open(), folder, _passphrase(is_new=False))
    if not answer("backup", result, common, next_steps=["tracemill run"]):
        _show_backup("Read", result)
        hint("next: tracemill run", common)
    return EXIT_DONE


def rotate_vault(
    *,
    dry_run: bool = False,
    force: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Rebuild everything under a new key, and forget the old one.

    Pseudonyms, tokens and the ids of inputs change. Dataset versions that were made before keep
    theirs, and nobody can tell any more whose they are.

    Parameters
    ----------
    dry_run
        Only say what would be made anew, and what would be lost.
    force
        Lose what was kept without its original, and has none any more.
    """
    workspace = common.open()
    with ProgressLine(common) as report:
        result = rotate_key(
            workspace, lambda n_bytes: Options().make(workspace, n_bytes), report,
            dry_run=dry_run, is_forced=force,
        )  # fmt: skip
    if answer("rotated", result, common, next_steps=["tracemill run"]):
        return EXIT_DONE
    write(f"Key          {result.before}" + (f", now {result.after}" if result.after else ""))
    write(f"Made anew    {counted(result.inputs, 'input')}")
    for uri in result.lost:
        write(f"Lost         {uri}")
    if result.allowances:
        write(f"Void         {counted(result.allowances, 'allowance')}, which name old stand-ins")
    hint("nothing was changed" if dry_run else "next: tracemill run", common)
    return EXIT_DONE


def hold_vault(
    holder: Literal["file", "keyring"],
    *,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Keep the key in a file or in the system's keyring.

    Parameters
    ----------
    holder
        `file`: a file of the vault that only you can read. `keyring`: the system's keyring.
    """
    result = hold_key(common.open(), holder)
    if not answer("vault", result, common):
        _show(result)
    return EXIT_DONE


def _passphrase(*, is_new: bool) -> str:
    if given := os.environ.get(_VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise UsageError(f"expected a passphrase in {_VARIABLE}, since nobody can be asked")
    said = getpass.getpass("Passphrase: ")
    if is_new and getpass.getpass("Once more: ") != said:
        raise UsageError("the two passphrases differ; nothing was written")
    return said


def _show(result: VaultStatus) -> None:
    write(f"Vault        {result.folder}{'' if result.is_closed else ', OPEN to other users'}")
    write(f"Key          {result.key_id}, held by the {result.holder}")
    originals = counted(result.archived_inputs, "input")
    write(f"Originals    {originals}, {sized(result.archive_bytes)} compressed")
    write(f"Allowances   {result.allowances}")
    write(f"Erasures     {result.erasures}")


def _show_backup(verb: str, result: VaultBackup) -> None:
    write(f"{verb:<12} {counted(result.files, 'file')}, {sized(result.n_bytes)}")
    write(f"Key          {result.key_id}")
    write(f"Folder       {result.folder}")
