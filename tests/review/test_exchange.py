"""Label Studio and Argilla: what goes out comes back."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trajectories import START
from tracemill.base.errors import DataError
from tracemill.records.events.reviews import ItemPart, ReviewForm, ReviewItem
from tracemill.records.refs import Ref
from tracemill.review.argilla import Argilla
from tracemill.review.checklist import shipped_checklist
from tracemill.review.exchange import OUTCOMES, Judgement, Tool
from tracemill.review.label_studio import LabelStudio
from tracemill.review.manual_reviews import ManualReviews

LIST = shipped_checklist()
ITEM = ReviewItem(
    id="ep_0123456789abcdef0123",
    subject=Ref(kind="episode", id="ep_0123456789abcdef0123"),
    title='fix of <b> & "quotes"',
    parts=(ItemPart(name="Asked for", lines=("mend it", "ünd soon")),),
    look="tracemill episode show ep_0123456789abcdef0123",
)
WORDS = st.none() | st.text(min_size=1, max_size=20)
FORMS = st.builds(
    ReviewForm,
    outcome=st.none() | st.sampled_from(OUTCOMES),
    overall_rating=st.none() | st.integers(1, 5),
    checklist=st.fixed_dictionaries(
        {}, optional={each.name: st.sampled_from(each.answers) for each in LIST.questions}
    ),
    comments=WORDS,
    suggested_improvements=WORDS,
    learning_signal=WORDS,
)
TOOLS: dict[str, Tool] = {
    "label-studio": LabelStudio(),
    "argilla": Argilla(),
    "manual-reviews": ManualReviews(),
}


def back_again(tool: Tool, judged: list[Judgement]) -> list[Judgement]:
    files = tool.write([ITEM], LIST, {ITEM.id: judged})
    data = files[0].data.decode()
    is_lines = files[0].path.endswith(".jsonl")
    document = (
        [json.loads(line) for line in data.split("\n") if line] if is_lines else json.loads(data)
    )
    assert [name for name, each in TOOLS.items() if each.recognises(document)] == (
        [name for name, each in TOOLS.items() if each is tool] if document else []
    )
    return tool.read(document)


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
@given(forms=st.lists(FORMS.filter(lambda form: form != ReviewForm()), max_size=3))
def test_what_goes_out_comes_back(tool: Tool, forms: list[ReviewForm]) -> None:
    judged = [Judgement(ITEM.id, f"dev-{n}", form) for n, form in enumerate(forms)]

    assert sorted(back_again(tool, judged), key=lambda one: one.reviewer) == judged


@pytest.mark.parametrize("name", ["label-studio", "manual-reviews"])
def test_most_tools_keep_when_and_how_long(name: str) -> None:
    judged = [Judgement(ITEM.id, "dev-1", ReviewForm(outcome="failed"), START, 12.5)]

    assert back_again(TOOLS[name], judged) == judged


def test_the_labeling_configuration_names_every_question() -> None:
    config = ET.fromstring(LabelStudio().write([ITEM], LIST, {})[1].data)
    controls = [each for each in config if each.get("toName") == "text"]

    assert [each.get("name") for each in controls] == [
        "outcome", "overall_rating", *(each.name for each in LIST.questions),
        "comments", "suggested_improvements", "learning_signal",
    ]  # fmt: skip
    assert [each.get("value") for each in controls[0]] == list(OUTCOMES)


def test_the_settings_of_argilla_name_every_question_and_require_none() -> None:
    files = {file.path: json.loads(file.data) for file in Argilla().write([ITEM], LIST, {})}
    settings = files[".argilla/settings.json"]
    kinds = [each["settings"]["type"] for each in settings["questions"]]

    assert kinds == ["label_selection", "rating", *["label_selection"] * 11, *["text"] * 3]
    assert not any(each["required"] for each in settings["questions"])
    assert [field["name"] for field in settings["fields"]] == list(
        files["records.json"][0]["fields"]
    )


@pytest.mark.parametrize("tool", [LabelStudio(), Argilla()], ids=["label-studio", "argilla"])
def test_an_item_shows_nothing_that_the_rules_think(tool: Tool) -> None:
    said = tool.write([ITEM], LIST, {})[0].data.decode()

    assert "mend it" in said
    assert not any(word in said for word in ('predictions": [{', "score", "confidence"))


def task(**annotation: Any) -> list[dict[str, Any]]:
    return [{"data": {"tracemill_id": ITEM.id}, "annotations": [annotation]}]


def chosen(name: str, value: str) -> dict[str, Any]:
    return {"from_name": name, "type": "choices", "value": {"choices": [value]}}


def test_accounts_of_label_studio_are_told_apart_by_their_numbers() -> None:
    (found,) = LabelStudio().read(task(result=[chosen("outcome", "failed")], completed_by=10))

    assert found.reviewer == "label-studio-10"


def test_what_was_cancelled_or_is_a_draft_is_not_said() -> None:
    done = {"value": "failed", "user_id": "u1", "status": "submitted"}
    draft = {**done, "user_id": "u2", "status": "draft"}
    record = {"id": ITEM.id, "responses": {"outcome": [done, draft]}}

    assert LabelStudio().read(task(result=[chosen("outcome", "failed")], was_cancelled=True)) == []
    assert [one.reviewer for one in Argilla().read([record])] == ["argilla-u1"]


@pytest.mark.parametrize(
    ("tool", "document", "said"),
    [
        ("label-studio", {}, "a list of tasks"),
        ("label-studio", [{"data": {}}], "task 0: expected data.tracemill_id"),
        ("label-studio", [3], "task 0"),
        ("label-studio", task(result=3), "a list of objects as result"),
        ("label-studio", task(result=[chosen("outcome", "secret word")]), "outcome"),
        ("manual-reviews", {}, "lines of reviews"),
        ("manual-reviews", [{"subject": 3}], "line 1: expected a review"),
        ("manual-reviews", [{"subject": "ep_1", "review_checklist": "secret word"}], "objects in"),
        ("argilla", {}, "a list of records"),
        ("argilla", [{"id": 3}], "record 0: expected an id"),
        ("argilla", [{"id": "ep_1", "responses": {"outcome": 3}}], "a list of objects"),
        ("argilla", [{"id": "ep_1", "responses": {"overall_rating": [{"value": 9}]}}], "rating"),
    ],
)
def test_a_file_of_another_shape_is_refused_and_not_quoted(
    tool: str, document: Any, said: str
) -> None:
    with pytest.raises(DataError, match=said) as caught:
        TOOLS[tool].read(document)

    assert "secret word" not in str(caught.value)
