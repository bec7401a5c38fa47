"""A canary run: what is planted everywhere is found nowhere outside the vault, in no form.

After a run every command of the program is asked, in each form in which it answers; every format
of every export is written; every page is shown and handed out; events and spans come in behind the
run. A command that comes later is asked as soon as it stands in the table of commands.
"""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest
from starlette.testclient import TestClient
from tests.e2e.canary import (
    Planted,
    Run,
    forms,
    plant_commits,
    plant_others,
    plant_plain_sessions,
    plant_session,
)
from tests.flows.test_receiving import send
from tests.render.formats import tokenizer_file
from tests.repositories import Repository
from tests.sources.otlp.spans import chat, message, traces
from tests.web.places import HOST
from tests.web.reaching import crawl

from tracemill.base.clock import now
from tracemill.cli.commands import COMMANDS, DEFINITIONS, NOUNS, SUITE, VAULT
from tracemill.export import DATASET_FORMATS, TRAJECTORY_EXPORTERS
from tracemill.flows.datasets.publish import VersionWriter
from tracemill.label.activity.observe import Observer
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_app, make_pages
from tracemill.web.exporting import page_file
from tracemill.web.guard import Pass

LEFT_OUT: Final = {
    "ui": "serves until it is interrupted; its pages are asked by themselves",
    "serve": "serves until it is interrupted; what it takes in is sent by itself",
    "watch": "waits until it is interrupted",
    "loop": "asks a model",
    "capture install": "changes the settings of agents",
    "capture uninstall": "changes the settings of agents",
    "data find": "names files of this machine, for their owner to delete",
    "data restore": "gives originals back",
    "data erase": "takes away what is looked for",
    "dataset push": "asks a hub",
    "privacy vault export": "writes the vault, encrypted",
    "privacy vault rotate": "reads everything anew",
    "privacy vault hold": "moves the key",
}
"""What nobody asks here, and why."""
EXPORTED: Final[Mapping[str, Sequence[str]]] = {
    "session export": [f"{{session}} --format {name}" for name in TRAJECTORY_EXPORTERS.names()],
    "dataset export": [
        "",
        *(f"--format {name}" for name in DATASET_FORMATS.names()),
        "--format tokens --template compact --tokenizer {tokenizer}",
    ],
    "episode export": ["--learning"],
    "review export": ["--tool label-studio", "--tool argilla", "--tool manual-reviews"],
    "data reports": [""],
    "model suite export": ["replay"],
    "privacy redact": ["{in}/webhook.json"],
}
"""What leaves the workspace, in every format: with `--to` it is written, else it is printed."""
ASKED: Final[Mapping[str, Sequence[str]]] = {
    "run": ["{in} {repository}"],
    "sync": ["{in}"],
    "emit": ["gate --json {event}"],
    "explain": ["{session}", "{episode}"],
    "session flow": ["{session}"],
    "session fields": ["{session}"],
    "session decisions": ["{session}"],
    "tool show": ["Bash", "no-such-tool"],
    "session show": ["{session} --full", "no-such-session"],
    "dataset build": ["chat", "error-fix", "preference", "tool-use"],
    "dataset audit": ["{in}/rows.jsonl"],
    "dataset diff": ["chat tool-use"],
    "model suite build": [""],
    "model suite check": ["replay"],
    "model train": ["three-stages --dry-run"],
    "prompt diff": ["{document}"],
    "prompt history": ["", "{document}"],
    "recipe history": ["{document}"],
    "review next": ["--no-input"],
    "review submit": ["{episode} --rating 4 --by {person} --comments {comment}"],
    "synth definitions export": ["{out}"],
    "synth run": ["--examples 8"],
    "synth verify": ["{in}/rows.jsonl"],
    "synth import": ["{in}/rows.jsonl"],
    "privacy preview": ["{in}"],
    "privacy scan": ["", "{in}"],
    "privacy verify": ["{root}/out"],
}
"""What commands are asked with; all others with nothing, or with all that their noun lists."""
HELD_OUT: Final = 'name = "held-out"\n[split]\nvalidation = 0.5\ntest = 0.4\n'
"""Cases are made of what is held out."""


def every_command() -> Iterator[str]:
    """Yield every command as it is called."""
    for table in COMMANDS.values():
        yield from table
    nouns = {noun: verbs for table in NOUNS.values() for noun, (_, verbs) in table.items()}
    nouns |= {"privacy vault": VAULT, "model suite": SUITE, "synth definitions": DEFINITIONS}
    for noun, verbs in nouns.items():
        yield from (f"{noun} {verb}" for verb in verbs)


@pytest.fixture
def planted_run(
    tmp_path: Path, new_repository: Callable[[], Repository], capfd: pytest.CaptureFixture[str]
) -> Run:
    planted = Planted()
    (tmp_path / "in").mkdir()
    plant_session(tmp_path / "in", planted)
    plant_plain_sessions(tmp_path / "in", planted)
    plant_others(tmp_path / "in", planted)
    repo = new_repository()
    plant_commits(repo, planted)
    run = Run(tmp_path, planted, repo.path)
    told = {"gate_id": "g", "validation_result": "fail", "notes": planted.github("event")}
    run.ask(capfd, "emit", "gate", "--json", json.dumps(told))
    assert run.ask(capfd, "run", str(tmp_path / "in"), str(repo.path), "--json") == 0
    return run


def arguments(words: str, run: Run, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Return what a command is asked with; each place is filled with what stands in the run."""
    places = {
        "in": str(run.root / "in"),
        "out": str(run.new_place()),
        "root": str(run.root),
        "repository": str(run.repository),
        "tokenizer": str(tokenizer_file(run.root)),
        "event": json.dumps({"gate_id": "later", "notes": run.planted.github("later event")}),
        "comment": f"use {run.planted.github('comment of a person')} there",
        "person": run.planted.name("who reviews"),
    }
    for noun in ("session", "episode", "document"):
        places[noun] = run.ids(capfd, noun)[0]
    return [word.format(**places) if "{" in word else word for word in words.split()]


def ask(run: Run, capfd: pytest.CaptureFixture[str], command: str, how: Sequence[str]) -> None:
    noun, _, verb = command.partition(" ")
    if command in ASKED:
        asked = [arguments(words, run, capfd) for words in ASKED[command]]
    elif verb == "show" and "list" in {each.partition(" ")[2] for each in every_command()}:
        asked = [[name] for name in run.ids(capfd, noun)] or [[]]
    else:
        asked = [[]]
    for each in asked:
        run.ask(capfd, *command.split(), *each, *how)


@pytest.mark.parametrize("how", [(), ("--json",), ("--jsonl",)], ids=["words", "json", "jsonl"])
def test_every_command_says_nothing_of_it_and_leaves_nothing_of_it(
    how: Sequence[str], planted_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    for command in every_command():
        if command not in LEFT_OUT and command not in EXPORTED:
            ask(planted_run, capfd, command, how)

    assert len(planted_run.planted.of) >= 20
    assert len(list(planted_run.everything())) > 150
    assert planted_run.survivors() == []


def test_what_is_left_out_or_exported_is_a_command() -> None:
    assert {*LEFT_OUT, *EXPORTED, *ASKED} <= set(every_command())


def make_suite(run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    """Make a suite of what is held out, while no dataset trains on it."""
    recipe = run.root / "held-out.toml"
    recipe.write_text(HELD_OUT)
    shutil.rmtree(run.workspace / "datasets" / "chat")
    assert run.ask(capfd, "dataset", "build", str(recipe)) == 0
    assert run.ask(capfd, "model", "suite", "build", "held-out") == 0
    assert run.ask(capfd, "dataset", "build", "chat") == 0


def test_every_export_goes_out_without_it(
    planted_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    make_suite(planted_run, capfd)
    ask(planted_run, capfd, "review submit", ())
    assert planted_run.ask(capfd, "run", str(planted_run.root / "in")) == 0
    for command, formats in EXPORTED.items():
        for words in formats:
            each = [*command.split(), *arguments(words, planted_run, capfd)]
            printed = [] if command == "session export" else ["--json"]
            for to in ([], ["--to", str(planted_run.new_place())]):
                code = planted_run.ask(capfd, *each, *to, *printed)
                assert code == 0 or not to, (each, planted_run.said[-1])

    assert planted_run.survivors() == []


def test_every_page_is_shown_and_handed_out_without_it(planted_run: Run) -> None:
    workspace, entry = Workspace(planted_run.workspace), Pass()
    with TestClient(make_app(workspace, [HOST], entry), base_url=f"http://{HOST}") as browser:
        browser.get("/enter", params={"token": entry.token})
        addresses = crawl(browser)
        for address in addresses:
            planted_run.say(f"page {address}", browser.get(address).content)
    for address in addresses:
        page = asyncio.run(page_file(make_pages(workspace), address, now()))
        planted_run.say(f"page {address} as a file", page.data)

    assert len(addresses) > 20
    assert planted_run.survivors() == []


def test_what_comes_in_behind_a_run_lies_in_the_vault_alone(
    planted_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = message("user", f"use {planted_run.planted.github('span')}")
    body = json.dumps(traces([chat(1, 0, [asked], [message("assistant", "Done.")])])).encode()

    assert send(Workspace(planted_run.workspace), body) == 200
    told = json.dumps({"gate_id": "g", "notes": planted_run.planted.github("later event")})
    assert planted_run.ask(capfd, "emit", "gate", "--json", told) == 0
    assert planted_run.survivors() == []
    assert planted_run.ask(capfd, "sync", str(planted_run.root / "in")) == 0
    assert planted_run.survivors() == []


def fail(*_arguments: object, **_named: object) -> None:
    raise RuntimeError("forced")


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(Observer, "step", id="while a session is read"),
        pytest.param(VersionWriter, "add", id="while a dataset is written"),
    ],
)
def test_a_crash_says_nothing_of_it_and_leaves_nothing_of_it(
    owner: type, name: str, planted_run: Run, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = next((planted_run.root / "in").glob("ghp_*.jsonl"))
    token = planted_run.planted.github("added later")
    path.write_bytes(
        path.read_bytes().replace(planted_run.planted.of["answer"].encode(), token.encode())
    )
    monkeypatch.setattr(owner, name, fail)

    code = planted_run.ask(capfd, "run", str(planted_run.root / "in"))

    assert code == -1
    assert b"RuntimeError: forced" in planted_run.said[-2][1]
    assert planted_run.survivors() == []


def test_the_search_finds_what_stands_there(tmp_path: Path) -> None:
    planted = Planted()
    secret = planted.github("somewhere")
    run = Run(tmp_path, planted, tmp_path)
    (tmp_path / "workspace" / "lake").mkdir(parents=True)
    for number, form in enumerate(
        [*forms(secret), base64.b64encode(b"ab" + secret.encode() + b"c")]
    ):
        (tmp_path / "workspace" / "lake" / f"{number}").write_bytes(b"before" + form + b"behind")

    assert len(run.survivors()) == 11
