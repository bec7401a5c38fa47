"""One derivation of everything: links, episodes, labels, examples, the dataset, the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow.compute as pc

from tracemill.base.ids import digest
from tracemill.curate.chat import ChatConfig
from tracemill.flows.build import build_examples
from tracemill.flows.derive import Stage
from tracemill.flows.executor import Executor
from tracemill.flows.facts import Facts
from tracemill.flows.indexing import count_store, fill_index
from tracemill.flows.publish import Publishing
from tracemill.label.judge import judge_work
from tracemill.link.group import group_episodes
from tracemill.link.link_records import link_records
from tracemill.store.index import Index
from tracemill.store.lake import Lake
from tracemill.store.tables import TABLES
from tracemill.store.workspace import Workspace


class Derivations:
    """Everything that follows from the facts of one workspace."""

    def __init__(
        self, workspace: Workspace, index: Index, executor: Executor, stage: Stage
    ) -> None:
        self._workspace = workspace
        self._index = index
        self._executor = executor
        self._stage = stage
        self._lake = Lake(workspace.lake)
        self._config = ChatConfig()

    def run(self) -> None:
        """Derive it all; tables whose rows came out as they were get no new version."""
        with self._stage("link"):
            facts = Facts(self._lake)
            facts.links = link_records(
                facts.trajectories.values(), facts.activities, facts.commits
            )
            self._keep("links", facts.links)
        with self._stage("label"):
            self._judge(facts)
        with self._stage("build"):
            drops = build_examples(
                self._lake, self._workspace.lake, self._index, self._executor, facts, self._config
            )
        with self._stage("export"):
            published = Publishing(self._workspace, self._lake, self._executor).publish(
                self._config, drops, facts
            )
        with self._stage("index"):
            fill_index(self._index, facts)
            counts = count_store(self._lake, facts, published)
            self._index.note(counts=msgspec.json.encode(counts).decode())

    def _judge(self, facts: Facts) -> None:
        for group in group_episodes(facts.trajectories.values(), facts.links):
            ...

    def _keep(self, name: str, records: Sequence[Any], owners: Sequence[str] | None = None) -> None:
        """Put `records` in place of a table's rows, unless they are the same."""
        key = digest(*(msgspec.json.encode(record) for record in records))
        if self._index.state(f"rows_{name}") == key:
            return
        writer = self._lake.writer(TABLES[name])
        writer.write_records(records, owners)
        self._lake.commit(writer, whole=True)
        self._index.note(**{f"rows_{name}": key})
