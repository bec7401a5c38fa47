"""MLflow: a folder of files beside the models, or what `MLFLOW_TRACKING_URI` names."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracemill.train.loggers import PROJECT, Fact


class MlflowLogger:
    """Keeps a run as one of MLflow."""

    def __init__(self, place: Path) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        import mlflow

        self._mlflow: Any = mlflow
        self._where = os.environ.get("MLFLOW_TRACKING_URI") or place.absolute().as_uri()
        self._client: Any = None
        self._id = ""

    def begin(self, name: str, facts: Mapping[str, Fact]) -> None:
        """Open a run in our experiment."""
        self._client = self._mlflow.MlflowClient(tracking_uri=self._where)
        held = self._client.get_experiment_by_name(PROJECT)
        experiment = held.experiment_id if held else self._client.create_experiment(PROJECT)
        self._id = self._client.create_run(experiment, run_name=name).info.run_id
        for key, fact in facts.items():
            self._client.log_param(self._id, key, fact)

    def note(self, stage: str, step: int, measures: Mapping[str, float]) -> None:
        """Keep a step's measures under the stage's name."""
        from mlflow.entities import Metric

        at = int(time.time() * 1000)
        told = [Metric(f"{stage}/{name}", value, at, step) for name, value in measures.items()]
        self._client.log_batch(self._id, metrics=told)

    def end(self, facts: Mapping[str, Fact]) -> None:
        """Close it."""
        for key, fact in facts.items():
            self._client.set_tag(self._id, key, fact)
        self._client.set_terminated(self._id)
