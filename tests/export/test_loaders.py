"""Each format through the trainer's own loader: the same messages, tokens and masks come out.

Every trainer pins other versions of the same packages, so hardly two can stand in one environment;
a test whose trainer is absent is skipped and says so. `docs/exports.md` names the versions.
"""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import pytest

from tests.export.examples import CHAT, PAIR, PROMPT, TURNS, UNPAIRED, WORDS
from tests.render.formats import shipped, tokenizer
from tracemill.export import DATASET_FORMATS, EXPORTERS
from tracemill.export.trainers.dataset_format import LeftOut, Part
from tracemill.export.trainers.tokens import Tokens
from tracemill.records.datasets.examples import ChatExample, Example, kind_of
from tracemill.render.chat_format import ChatFormat, shipped_template
from tracemill.render.chat_message import chat_message
from tracemill.render.chat_template import ChatTemplate
from tracemill.render.tokens import IGNORED, TokenRow

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

TRL_TEMPLATES = ("qwen2_5", "qwen3", "qwen3_instruct_2507")


def write(name: str, folder: Path, *examples: Example) -> list[Path]:
    """Write examples as the flow does, and return the files with rows."""
    form = DATASET_FORMATS.load(name)()
    rows: dict[str, list[bytes]] = {}
    for example in examples:
        for row in form.rows(Part(kind_of(example), example.split or "train"), example):
            if not isinstance(row, LeftOut):
                rows.setdefault(row.path, []).append(msgspec.json.encode(row.value) + b"\n")
    for path, lines in rows.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"".join(lines))
    for path, data in form.beside({path: len(lines) for path, lines in rows.items()}).items():
        (folder / path).write_bytes(data)
    return [folder / path for path in rows]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def hf_tokenizer(template: str, tmp_path: Path) -> Any:
    transformers = pytest.importorskip("transformers", reason="needs the package transformers")
    tokenizer().save(tmp_path / "tokenizer.json")
    made = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(tmp_path / "tokenizer.json"),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
    )
    made.chat_template = template
    return made


def trl_form(name: str) -> ChatFormat:
    trl = pytest.importorskip("trl", reason="needs the package trl")
    folder = Path(trl.__file__).parent / "chat_templates"
    return ChatFormat(
        ChatTemplate(name, (folder / f"{name}_training.jinja").read_text()), tokenizer()
    )


def row_of(form: ChatFormat, example: ChatExample) -> TokenRow:
    (row,) = form.rows(example.messages, example.tools)
    return row


def trl_mask(form: ChatFormat, example: ChatExample, tmp_path: Path) -> Mapping[str, list[int]]:
    made = hf_tokenizer(form.template.source, tmp_path).apply_chat_template(
        [chat_message(message) for message in example.messages],
        tools=list(example.tools) or None,
        return_assistant_tokens_mask=True,
        return_dict=True,
    )
    return {name: made[name] for name in ("input_ids", "assistant_masks")}


def test_transformers_has_the_same_tokens_and_mask_with_our_template(tmp_path: Path) -> None:
    row = row_of(shipped("compact"), CHAT)
    found = trl_mask(shipped("compact"), CHAT, tmp_path)

    assert found["input_ids"] == row.input_ids
    assert [bool(each) for each in found["assistant_masks"]] == [t != IGNORED for t in row.labels]


@pytest.mark.parametrize("name", TRL_TEMPLATES)
def test_trls_own_mask_has_line_ends_more_and_nothing_less(name: str, tmp_path: Path) -> None:
    form = trl_form(name)
    row = row_of(form, CHAT)
    found = trl_mask(form, CHAT, tmp_path)

    assert found["input_ids"] == row.input_ids
    pairs = zip(found["input_ids"], found["assistant_masks"], row.labels, strict=True)
    differing = {
        (tokenizer().decode([t]), bool(m)) for t, m, label in pairs if bool(m) != (label >= 0)
    }
    assert differing == {("\n", True)}


def test_trl_takes_rows_of_tokens_as_they_are(tmp_path: Path) -> None:
    pytest.importorskip("trl", reason="needs the package trl")
    from datasets import Dataset
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    (made,) = Tokens(shipped("compact")).rows(Part("chat", "train"), CHAT)
    assert not isinstance(made, LeftOut)
    config = LlamaConfig(
        vocab_size=512, hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=2, num_key_value_heads=2,
    )  # fmt: skip
    trainer = SFTTrainer(
        model=LlamaForCausalLM(config),
        args=SFTConfig(output_dir=str(tmp_path), use_cpu=True, bf16=False, report_to="none"),
        train_dataset=Dataset.from_list([dict(made.value)]),
        processing_class=hf_tokenizer(shipped_template("compact"), tmp_path),
    )

    (row,) = trainer.train_dataset
    assert (row["input_ids"], row["labels"]) == (made.value["input_ids"], made.value["labels"])


@pytest.mark.parametrize(
    ("name", "example", "sides"),
    [
        ("trl-preference", PAIR, ("chosen", "rejected")),
        ("trl-unpaired", UNPAIRED, ("completion",)),
        ("trl-prompt", PROMPT, ()),
    ],
)
def test_trl_renders_what_is_judged_behind_the_prompt_that_we_ask_with(
    name: str, example: Any, sides: tuple[str, ...], tmp_path: Path
) -> None:
    pytest.importorskip("trl", reason="needs the package trl")
    from trl.data_utils import apply_chat_template

    form = shipped("compact")
    row = json.loads(msgspec.json.encode(EXPORTERS.load(name)().row(example)))
    made = hf_tokenizer(shipped_template("compact"), tmp_path)
    found = apply_chat_template(row, made, tools=row["tools"])

    assert found["prompt"] == form.prompt(example.prompt, example.tools)
    for side in sides:
        (said,) = getattr(example, side)
        read = form.parse(found[side].removesuffix("\n")).message
        assert read.content == said.content
        assert [c["function"] for c in read.tool_calls] == [c["function"] for c in said.tool_calls]


def test_axolotl_trains_the_same_tokens(tmp_path: Path) -> None:
    pytest.importorskip("axolotl", reason="needs the package axolotl")
    from axolotl.prompt_strategies.chat_template import load
    from axolotl.utils.dict import DictDefault

    template = shipped_template("compact")
    cfg = DictDefault(
        chat_template="jinja",
        chat_template_jinja=template,
        sequence_len=4096,
        train_on_inputs=False,
    )
    ds_cfg = {"message_field_training": "train", "roles_to_train": [], "train_on_eos": "turn"}
    for path, example in zip(write("axolotl", tmp_path, CHAT, TURNS), (CHAT, TURNS), strict=True):
        strategy = load(hf_tokenizer(template, tmp_path), cfg, ds_cfg)
        found = strategy.tokenize_prompt(lines(path)[0])
        row = row_of(shipped("compact"), example)

        assert (found["input_ids"], found["labels"]) == (row.input_ids, row.labels)


def test_axolotl_reads_pairs_of_words(tmp_path: Path) -> None:
    pytest.importorskip("axolotl", reason="needs the package axolotl")
    from axolotl.prompt_strategies.dpo.chat_template import default
    from axolotl.utils.dict import DictDefault

    template = shipped_template("compact")
    cfg = DictDefault(
        datasets=[DictDefault(type="chat_template.default")],
        chat_template="jinja",
        chat_template_jinja=template,
    )
    (path,) = write("axolotl", tmp_path, WORDS)
    transform, _ = default(cfg)

    assert transform(lines(path)[0], hf_tokenizer(template, tmp_path)) == {
        "prompt": "<|im_start|>user\nWhich port?<|im_end|>\n<|im_start|>assistant\n",
        "chosen": "8080.<|im_end|>",
        "rejected": "80.<|im_end|>",
    }


def test_mlx_trains_the_last_message_of_each_row(tmp_path: Path) -> None:
    pytest.importorskip("mlx_lm", reason="needs the package mlx-lm")
    from mlx_lm.tuner.datasets import ChatDataset, create_dataset

    write("mlx", tmp_path, CHAT)
    form = shipped("compact")
    tuned = hf_tokenizer(shipped_template("compact"), tmp_path)
    config = SimpleNamespace(mask_prompt=True)
    loaded = create_dataset(lines(tmp_path / "chat" / "train.jsonl"), tuned, config)

    assert isinstance(loaded, ChatDataset)
    ends = [end for end, message in enumerate(CHAT.messages) if message.trained]
    for row, end in zip(map(loaded.process, loaded), ends, strict=True):
        ids, offset = row
        assert ids[:offset] == form.prompt_ids(CHAT.messages[:end], CHAT.tools)
        said = form.parse(tokenizer().decode(ids[offset:]).removesuffix("\n")).message
        assert said.content == CHAT.messages[end].content


def unsloth_marks() -> ModuleType:
    """Return Unsloth's module of masks; the package around it does not start without a GPU."""
    found = importlib.util.find_spec("unsloth_zoo")
    if found is None or not found.submodule_search_locations:
        pytest.skip("needs the package unsloth-zoo")
    path = Path(found.submodule_search_locations[0]) / "dataset_utils.py"
    spec = importlib.util.spec_from_file_location("unsloth_marks", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", [*TRL_TEMPLATES, "compact"])
@pytest.mark.parametrize("example", [CHAT, TURNS])
def test_unsloth_learns_the_same_answers(name: str, example: ChatExample, tmp_path: Path) -> None:
    marks = unsloth_marks()
    form = shipped(name) if name == "compact" else trl_form(name)
    tuned = hf_tokenizer(form.template.source, tmp_path)
    (path,) = write("unsloth", tmp_path, example)
    mask = marks.train_on_responses_only(
        None,
        "<|im_start|>user\n",
        "<|im_start|>assistant\n",
        tokenizer=tuned,
        return_function=True,
        last_response_only=path.stem.endswith("-last"),
    )
    rendered = [
        tuned.apply_chat_template(
            row["messages"], tools=row.get("tools"), return_dict=True, tokenize=True
        )["input_ids"]
        for row in lines(path)
    ]
    learned = [
        token
        for labels in mask({"input_ids": rendered})["labels"]
        for token in labels
        if token != IGNORED
    ]
    own = [token for token in row_of(form, example).labels if token != IGNORED]

    assert tokenizer().decode(learned) == tokenizer().decode(own)


def test_llama_factory_renders_what_qwens_template_renders(tmp_path: Path) -> None:
    pytest.importorskip("llamafactory", reason="needs the package llamafactory")
    form = trl_form("qwen2_5")
    write("llama-factory", tmp_path, CHAT)
    row = converted(tmp_path, "train", 0)

    template = factory_template()
    pairs = template.encode_multiturn(
        hf_tokenizer(form.template.source, tmp_path),
        row["_prompt"] + row["_response"],
        row["_system"],
        row["_tools"],
    )
    ids = [token for pair in pairs for part in pair for token in part]
    assert tokenizer().decode(ids) == form.template.render(CHAT.messages, CHAT.tools).text


def test_llama_factory_reads_pairs_and_judged_answers(tmp_path: Path) -> None:
    pytest.importorskip("llamafactory", reason="needs the package llamafactory")
    write("llama-factory", tmp_path, PAIR, WORDS, UNPAIRED)

    pair, words = (converted(tmp_path, "preference-train", number) for number in (0, 1))
    judged = converted(tmp_path, "unpaired-train", 0)
    assert [json.loads(each["content"])["arguments"] for each in pair["_response"]] == [
        {"command": "ls"},
        {"command": "ls --q"},
    ]
    assert [each["content"] for each in words["_response"]] == ["8080.", "80."]
    assert [each["content"] for each in judged["_response"]] == ["Done.", ""]
    assert judged["_system"] == "Be brief."


def converted(folder: Path, name: str, number: int) -> Any:
    from llamafactory.data.converter import SharegptDatasetConverter
    from llamafactory.data.parser import get_dataset_list

    (told,) = get_dataset_list([name], str(folder))
    return SharegptDatasetConverter(told, None)(lines(folder / told.dataset_name)[number])


def factory_template() -> Any:
    from llamafactory.data.template import TEMPLATES

    return TEMPLATES["qwen"]


def test_openais_types_take_every_message(tmp_path: Path) -> None:
    pytest.importorskip("openai", reason="needs the package openai")
    from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
    from pydantic import TypeAdapter

    messages = TypeAdapter(list[ChatCompletionMessageParam])
    for path in write("openai", tmp_path, CHAT, TURNS, PAIR, WORDS):
        for row in lines(path):
            asked = row if "messages" in row else row["input"]
            outputs = row.get("preferred_output", []) + row.get("non_preferred_output", [])
            messages.validate_python([without_weight(each) for each in asked["messages"] + outputs])
            TypeAdapter(list[ChatCompletionToolParam]).validate_python(asked.get("tools", []))


def without_weight(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name != "weight"}


@pytest.mark.parametrize("name", ["axolotl", "llama-factory", "openai", "sharegpt", "unsloth"])
def test_datasets_loads_the_same_rows(name: str, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="needs the package datasets")
    (path,) = write(name, tmp_path, CHAT)

    (row,) = datasets.load_dataset(
        "json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache")
    )
    assert row == lines(path)[0]
