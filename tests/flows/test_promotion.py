"""From a candidate to the model in use, and back: what is refused, and with which reason."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.flows.models import DATASET, make_workspace, row, write_script
from tracemill.base.errors import NotFoundError, UsageError
from tracemill.base.file_hashes import hash_tree
from tracemill.cli.app import call
from tracemill.flows.models.evaluations import Terms, evaluate
from tracemill.flows.models.promotion import approve, load_policy, promote, roll_back, share_out
from tracemill.flows.models.registry import (
    list_models,
    read_assignments,
    read_registry,
    register,
)
from tracemill.flows.models.suites import build_suite
from tracemill.llm import AskSettings, SubjectConfig
from tracemill.records.models.promotion import (
    Assignments,
    ModelVersion,
    PolicyPart,
    PromotionDecision,
    PromotionPolicy,
)
from tracemill.store.workspace import Workspace

AT = datetime(2026, 1, 2, tzinfo=UTC)
N = 40
POLICY = PromotionPolicy(
    name="team",
    target=(PolicyPart(suite="replay", part="check:arguments"),),
    guards=(PolicyPart(suite="replay", part="answer"),),
)


def trained_rows() -> list[dict[str, Any]]:
    return [row(number) for number in range(100, 130)]


class Place:
    """A workspace with an incumbent `old` that is right on few cases."""

    def __init__(self, root: Path, trained: list[dict[str, Any]]) -> None:
        held_out = [row(number, calls=number % 4 != 0) for number in range(N)]
        self.root = root
        self.workspace: Workspace = make_workspace(root / "ws", held_out, trained)
        build_suite(self.workspace, DATASET, "replay", max_chars=500)
        self.evaluate("old", {1, 2})

    def evaluate(
        self,
        name: str,
        right: set[int],
        format_: str | None = "format_1",
        weights: Path | None = None,
    ) -> None:
        """Put a scripted model to the suite that calls right on some cases."""
        script = write_script(self.root / f"{name}.jsonl", right, N)
        answers = [
            {"when": f"part {number} ", "text": "They pass."}
            for number in range(0, N, 4)
            if number in right
        ]
        script.write_text("".join(json.dumps(a) + "\n" for a in answers) + script.read_text())
        config = SubjectConfig(
            backend="scripted", model=str(script), name=name, template=format_,
            weights=str(weights) if weights else None,
        )  # fmt: skip
        evaluate(self.workspace, config, "replay", Terms(AskSettings(), AT))

    def register(self, name: str = "new", **changed: Any) -> ModelVersion:
        """Register a model whose receipts are all in order, but for what is changed."""
        weights = self.root / f"{name}.adapter"
        weights.write_bytes(name.encode())
        given: dict[str, Any] = {
            "id": "", "name": name, "run_id": f"run_{name}", "weights": str(weights),
            "weights_sha256": hash_tree(weights), "format": "format_1", "datasets": (DATASET,),
            "example_ids": tuple(each["id"] for each in trained_rows()), **changed,
        }  # fmt: skip
        return register(self.workspace, ModelVersion(**given), AT)

    def promote(self, name: str = "new", policy: PromotionPolicy = POLICY) -> PromotionDecision:
        return promote(self.workspace, name, policy, at=AT, against="old")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, trained_rows())


EVERYTHING = set(range(N))


def test_a_better_model_with_all_receipts_is_promoted(place: Place) -> None:
    model = place.register()
    place.evaluate("new", EVERYTHING)
    approve(place.workspace, "new", "Ada", AT)

    decision = place.promote()

    assert decision.is_promoted, decision.rules
    assert read_registry(place.workspace).incumbent == model
    current = json.loads((place.workspace.models / "current.json").read_bytes())
    assert current["model"]["id"] == model.id


def test_an_evaluation_of_other_bytes_under_its_name_promotes_nobody(place: Place) -> None:
    other = place.root / "other.adapter"
    other.write_bytes(b"other bytes")
    place.register()
    place.evaluate("new", EVERYTHING, weights=other)
    approve(place.workspace, "new", "Ada", AT)

    assert place.promote().reasons == ("changed_weights",)
    place.evaluate("new", EVERYTHING, weights=place.root / "new.adapter")
    assert place.promote().is_promoted


def test_a_better_model_waits_for_a_persons_yes(place: Place) -> None:
    place.register()
    place.evaluate("new", EVERYTHING)

    assert place.promote().reasons == ("not_approved",)
    assert read_registry(place.workspace).incumbent is None


def test_a_candidate_trained_on_shuffled_labels_is_refused(tmp_path: Path) -> None:
    rows = trained_rows()
    answers = [each["messages"][1] for each in rows]
    random.Random(1).shuffle(answers)
    for each, answer in zip(rows, answers, strict=True):
        each["messages"][1] = answer
    place = Place(tmp_path, rows)
    place.register()
    place.evaluate("new", {1, 2, 3})
    approve(place.workspace, "new", "Ada", AT)

    assert place.promote().reasons == ("shuffled_labels", "not_better")


def test_a_candidate_with_another_template_is_refused(place: Place) -> None:
    place.register()
    place.evaluate("new", EVERYTHING, format_="format_2")
    approve(place.workspace, "new", "Ada", AT)

    assert place.promote().reasons == ("wrong_template",)


def test_a_candidate_with_leaked_data_is_refused(place: Place) -> None:
    place.register(example_ids=(*(each["id"] for each in trained_rows()), "example_0003"))
    place.evaluate("new", EVERYTHING)
    approve(place.workspace, "new", "Ada", AT)

    decision = place.promote()

    assert decision.reasons == ("leaked_data",)
    assert any("1 case trained on: same_example" in rule.says for rule in decision.rules)


def test_a_candidate_that_is_worse_on_a_guard_is_refused(place: Place) -> None:
    place.register()
    place.evaluate("base", {1, 2, *range(0, N, 4)})
    place.evaluate("new", {n for n in EVERYTHING if n % 4})
    approve(place.workspace, "new", "Ada", AT)

    decision = promote(place.workspace, "new", POLICY, at=AT, against="base")

    assert decision.reasons == ("worse_on_guard",)
    assert any("answer 10 -> 0 of 10" in rule.says for rule in decision.rules)


def test_a_candidate_whose_bytes_changed_is_refused(place: Place) -> None:
    model = place.register()
    place.evaluate("new", EVERYTHING)
    approve(place.workspace, "new", "Ada", AT)
    assert model.weights is not None
    Path(model.weights).write_bytes(b"other")

    assert place.promote().reasons == ("changed_weights",)


def test_a_candidate_nobody_evaluated_is_refused(place: Place) -> None:
    place.register()

    assert "no_evaluation" in place.promote().reasons


def test_a_candidate_of_unknown_making_is_refused(place: Place) -> None:
    place.register(datasets=(), example_ids=(), format=None)
    place.evaluate("new", EVERYTHING, format_=None)

    assert place.promote().reasons == ("no_receipt", "not_approved")


def test_the_journal_holds_no_names_and_no_secrets(place: Place) -> None:
    for name in ("first", "second"):
        place.register(name)
        place.evaluate(name, EVERYTHING)
        approve(place.workspace, name, " Ada Lovelace", AT)
        place.promote(name)
    roll_back(place.workspace, AT, "ada@lovelace.dev saw worse answers, token ghp_" + "a1B2" * 9)

    journal = (place.workspace.models / "journal.jsonl").read_text()
    registry = read_registry(place.workspace)
    assert "Ada" not in journal
    assert "ada@" not in journal
    assert "ghp_a1" not in journal
    assert "saw worse answers" in journal
    assert all(by.startswith("dev-") for by in registry.approvals.values())


def test_rollback_is_one_step_and_asks_for_a_new_yes(place: Place) -> None:
    for name in ("first", "second"):
        place.register(name)
        place.evaluate(name, EVERYTHING)
        approve(place.workspace, name, "Ada", AT)
        assert place.promote(name).is_promoted

    back = roll_back(place.workspace, AT, "worse in use")

    assert back.name == "first"
    roles = {each.model.name: each.role for each in list_models(place.workspace).models}
    assert roles == {"first": "incumbent", "second": "archived"}
    assert place.promote("second").reasons == ("not_approved",)
    with pytest.raises(NotFoundError, match=r"first .* stays in use: .* nothing to go back to"):
        roll_back(place.workspace, AT)


def test_the_first_model_in_use_has_none_to_go_back_to(place: Place) -> None:
    with pytest.raises(NotFoundError, match="no model is in use"):
        roll_back(place.workspace, AT)
    place.register("first")
    place.evaluate("first", EVERYTHING)
    approve(place.workspace, "first", "Ada", AT)
    assert place.promote("first").is_promoted

    with pytest.raises(NotFoundError, match=r"first .* stays in use: .* nothing to go back to"):
        roll_back(place.workspace, AT)


def test_a_trial_is_written_for_gateways(place: Place) -> None:
    for name in ("first", "second"):
        place.register(name)
        place.evaluate(name, EVERYTHING)
    approve(place.workspace, "first", "Ada", AT)
    assert place.promote("first").is_promoted

    share_out(place.workspace, "second", 0.25, AT, is_shadow=False)

    written = json.loads((place.workspace.models / "assignments.json").read_bytes())
    assert written["schema"] == "tracemill.assignments/1"
    assert msgspec.convert(written, Assignments) == read_assignments(place.workspace)
    assert [(arm["model"], arm["share"]) for arm in written["arms"]] == [("second", 0.25)]
    with pytest.raises(UsageError, match="beside a model in use"):
        share_out(place.workspace, "first", 0.5, AT, is_shadow=False)


def test_an_event_of_which_half_was_written_never_counted(place: Place) -> None:
    place.register()
    journal = place.workspace.models / "journal.jsonl"
    with journal.open("ab") as out:
        out.write(b'{"kind":"approved","model_id"')

    assert [each.model.name for each in list_models(place.workspace).models] == ["new"]
    approve(place.workspace, "new", "Ada", AT)
    assert len(read_registry(place.workspace).approvals) == 1


def test_exit_codes(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--workspace", str(place.workspace.root)]
    policy = place.root / "policy.toml"
    policy.write_text('name = "team"\n[[target]]\nsuite = "replay"\npart = "check:arguments"\n')
    place.register()
    place.evaluate("new", EVERYTHING)
    promoting = ["model", "promote", "new", "--policy", str(policy), "--against", "old", *at]

    assert call(["model", "rollback", *at]) == 3
    assert call(promoting) == 5
    assert "nobody said yes" in capsys.readouterr().out
    assert call(["model", "approve", "new", "--by", "Ada", *at]) == 0
    assert call([*promoting, "--dry-run"]) == 0
    assert read_registry(place.workspace).incumbent is None
    assert call(promoting) == 0
    assert call(["model", "promote", "new", "--policy", str(policy), *at]) == 2
    assert "compared with itself" in capsys.readouterr().err
    assert call(["model", "registry", *at]) == 0
    assert call(["model", "canary", "new", "--share", "0.1", *at]) == 2
    capsys.readouterr()
    assert call(["model", "which", "some-session", *at]) == 0
    assert capsys.readouterr().out.split()[1] == "new"
    assert call(["model", "promote", "none", *at]) == 3


def test_a_policy_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file or folder"):
        load_policy(tmp_path / "none.toml")
    assert load_policy(None).name == "default"
