"""`tracemill dataset export`: take a dataset version elsewhere, as it is or in another format."""

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from tracemill.base.text import counted
from tracemill.cli.shared.exits import EXIT_DONE
from tracemill.cli.shared.options import Common
from tracemill.cli.shared.output import answer, counts, hint, write
from tracemill.flows.datasets.format_export import ExportedFormat, FormatChoice, export_in_format
from tracemill.flows.datasets.versions import export_version
from tracemill.records.privacy.receipts import Receipt


@Parameter(name="*")
@dataclass(frozen=True)
class InFormat:
    """Options that choose a format."""

    format: str | None = None
    """Whose files to write: axolotl, llama-factory, mlx, openai, sharegpt, tokens or unsloth;
    without it the version is copied as it is, which TRL reads."""
    template: str | None = None
    """For tokens: the chat template, one of `compact` and `chatml`, a file, a model's folder, or
    `model` for the tokenizer's own."""
    tokenizer: Path | None = None
    """For tokens: a tokenizer.json, a model's folder or a GGUF file."""
    max_length: Annotated[int | None, Parameter(validator=Number(gt=0))] = None
    """For tokens: how many a row may have."""

    def choice(self) -> FormatChoice | None:
        """Return what was chosen; None for a copy."""
        said = (self.template, self.tokenizer, self.max_length)
        if self.format is None and not any(said):
            return None
        return FormatChoice(
            format=self.format or "tokens",
            template=self.template,
            tokenizer=str(self.tokenizer) if self.tokenizer else None,
            max_length=self.max_length,
        )


def export_dataset(
    name: str = "chat",
    /,
    *,
    to: Path,
    in_format: InFormat = InFormat(),
    reviewer: str | None = None,
    dry_run: bool = False,
    common: Common = Common(),  # noqa: B008 - frozen
) -> int:
    """Copy a dataset version to a folder of yours, or write it in the files of another trainer.

    Parameters
    ----------
    name
        The dataset, or the id of one of its versions.
    to
        The folder; it is made, and must hold nothing else.
    reviewer
        Who has looked at it; the name stands in the receipt.
    dry_run
        Only say what would be copied.
    """
    choice = in_format.choice()
    if choice is not None and not dry_run:
        made = export_in_format(common.open(), name, to, choice, reviewer)
        if not answer("export-format", made, common):
            _say_format(made, common)
        return EXIT_DONE
    exported = export_version(common.open(), name, to, dry_run=dry_run, reviewer=reviewer)
    if not answer("export", exported, common):
        write(f"Folder       {exported.folder}{', to be written' if dry_run else ''}")
        for file in exported.version.files:
            write(f"File         {file.path}  {counted(file.rows, 'row')}")
        if exported.receipt is not None:
            _say_checked(exported.receipt, common)
            hint(f"next: {_following(exported.folder, reviewer)}", common)
    return EXIT_DONE


def _following(folder: str, reviewer: str | None) -> str:
    """Return what may be wanted next; nothing is pushed that no person has looked at."""
    if reviewer is None:
        return "read it, and export it again with --reviewer NAME before you share it"
    return f"tracemill dataset push {shlex.quote(folder)} --repo OWNER/NAME"


def _say_format(made: ExportedFormat, common: Common) -> None:
    manifest = made.manifest
    write(f"Folder       {made.folder}")
    for file in manifest.files:
        write(f"File         {file.path}  {counted(file.rows, 'row')}")
        if (found := manifest.lengths.get(file.path)) is not None:
            write(
                f"Tokens       {found.tokens:,}, {found.trained_tokens:,} of them trained; "
                f"a row has {found.median:,} (median), {found.p95:,} (95%), {found.longest:,} (all)"
            )
    counts("Left out", manifest.left_out)
    if manifest.template is not None:
        write(f"Format       {manifest.template.name}  {manifest.template.fingerprint}")
    _say_checked(made.receipt, common)


def _say_checked(receipt: Receipt, common: Common) -> None:
    """Say what the export went through, and what it did not."""
    write(
        f"Gate         {receipt.n_canaries:,} canaries found, {counted(receipt.n_scanned, 'file')} "
        "read again, nothing found; see receipt.json"
    )
    if receipt.n_allowed:
        said = counted(receipt.n_allowed, "thing")
        hint(f"not checked: {said} said to be harmless; see: tracemill privacy allowed", common)
    for unknown in receipt.not_checked:
        hint(f"not checked: {unknown}", common)
