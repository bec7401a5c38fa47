"""What pages show, and that nothing in it is obeyed."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typing_extensions import override

from tests.web.places import HOSTILE, ORIGIN
from tracemill.flows.held.lookup import list_rows
from tracemill.flows.held.review_rows import ReviewRow
from tracemill.flows.results import EpisodeRow, SessionRow
from tracemill.records.process.patterns import Measure, Unit
from tracemill.store.workspace import Workspace
from tracemill.web.rendering import ending, environment, given_to, markdown, measure, unmarked

LISTS = (
    "/",
    "/sessions",
    "/episodes",
    "/branches",
    "/review",
    "/privacy",
    "/trends",
    "/metrics",
    "/completeness",
    "/progress",
    "/flywheel",
    "/patterns",
    "/prompts",
    "/recipes",
    "/experiments",
    "/review/agreement",
    "/datasets",
    "/models",
    "/runs",
    "/health",
    "/settings",
    "/no",
)
HARMLESS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h1",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Found(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def longest(workspace: Workspace) -> SessionRow:
    rows = list_rows(workspace, "session", SessionRow, limit=0).rows
    return max(rows, key=lambda row: row.steps)


def addresses(workspace: Workspace) -> list[str]:
    sessions = list_rows(workspace, "session", SessionRow, limit=0).rows
    episodes = list_rows(workspace, "episode", EpisodeRow, limit=0).rows
    versions = [path.name for path in workspace.datasets.glob("*/dataset_*")]
    assert sessions
    assert episodes
    assert versions
    return [
        *LISTS,
        *(f"/sessions/{row.id}" for row in sessions),
        *(f"/episodes/{row.id}" for row in episodes),
        *(f"/datasets/{name}" for name in versions),
    ]


def test_every_page_says_what_it_is(browser: TestClient, shown: Workspace) -> None:
    for path in addresses(shown):
        answer = browser.get(path)
        assert answer.status_code == (404 if path == "/no" else 200), path
        tags = [tag for tag, _ in Found(answer.text).elements]
        assert tags.count("h1") == 1, path
        assert tags.count("main") == 1, path


def test_nothing_on_a_page_is_obeyed_but_our_own_script(
    browser: TestClient, shown: Workspace
) -> None:
    for path in addresses(shown):
        for tag, attributes in Found(browser.get(path).text).elements:
            assert tag not in ("iframe", "object", "embed", "base", "style"), path
            if tag == "script":
                assert attributes == {"type": "module", "src": "/static/tracemill.js"}, path
            assert not any(name.startswith("on") or name == "style" for name in attributes), path
            for name in ("href", "src", "action"):
                value = attributes.get(name) or "/"
                assert value.startswith(("/", "?", "#")), (path, value)
                assert not value.startswith("//"), path


def test_hostile_text_is_shown_as_text(browser: TestClient, shown: Workspace) -> None:
    page = browser.get(f"/sessions/{longest(shown).id}").text
    assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert r"\u202e" in page


@given(st.text(alphabet=st.sampled_from("<>\"'&`*_#[]()!|-/: \nabjscriptonx=")))
def test_markdown_makes_harmless_elements_only(text: str) -> None:
    for tag, attributes in Found(str(markdown(text))).elements:
        assert tag in HARMLESS
        assert not attributes


@given(st.text())
def test_what_is_printed_is_escaped_and_keeps_its_letters(text: str) -> None:
    page = environment().from_string("<p>{{ text }}</p>").render(text=text)
    assert [tag for tag, _ in Found(page).elements] == ["p"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"cmd": "git fetch", "max_output_tokens": 9, "workdir": "/srv"},
         "git fetch  max_output_tokens=9  workdir=/srv"),
        ({"content": "x = 1", "file_path": "a.py"}, "a.py  content=x = 1"),
        ({"-n": True, "path": "src", "pattern": "def"}, "def  src  -n=true"),
        ({"todos": [{"a": 1}]}, 'todos=[{"a": 1}]'),
        ({}, ""),
    ],
)  # fmt: skip
def test_a_call_says_first_what_it_is_about(arguments: dict[str, object], says: str) -> None:
    assert given_to(arguments) == says


def test_a_result_shows_what_the_tool_printed_and_not_how_it_was_run() -> None:
    wrapped = "Chunk ID: 9a\nWall time: 0.01 seconds\nProcess exited with code 0\nOutput:\n"
    shown = environment().from_string("{{ text|printed|line(40) or 'nothing printed' }}")
    assert shown.render(text=f"{wrapped}## main\n3 files") == "## main 3 files"
    assert shown.render(text=wrapped) == "nothing printed"
    assert shown.render(text="  \nas it is") == "as it is"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Implement it: # Plan: `a.py` ## Context", "Implement it: Plan: a.py Context"),
        ("**Done.** All 3 pass", "Done. All 3 pass"),
        ("# of lines in C#, issue #12", "of lines in C#, issue #12"),
    ],
)
def test_a_list_shows_no_marks_of_headings_and_quotes(text: str, says: str) -> None:
    assert unmarked(text) == says


def test_a_list_of_work_without_commits_says_how_to_know_of_them(browser: TestClient) -> None:
    page = browser.get("/episodes").text
    assert "No commit is held" in page
    assert "Still stands" not in page


def test_a_long_session_comes_in_parts(browser: TestClient, shown: Workspace) -> None:
    row = longest(shown)
    seen, address = 0, f"/sessions/{row.id}"
    while address:
        answer = browser.get(address, headers={"X-Fragment": "1"})
        elements = Found(answer.text).elements
        seen += sum(tag == "article" for tag, _ in elements)
        following = [attributes for _, attributes in elements if "data-load" in attributes]
        address = str(following[0]["href"]) if following else ""
    assert seen == row.steps


def test_steps_that_a_person_went_back_before_are_called_undone(
    browser: TestClient, shown: Workspace
) -> None:
    rows = list_rows(shown, "session", SessionRow, limit=0).rows
    (session,) = (row for row in rows if row.session_id == "s1")

    page = browser.get(f"/sessions/{session.id}").text

    steps = {
        given["id"]: (given["aria-label"] or "").endswith(", undone")
        for tag, given in Found(page).elements
        if tag == "article"
    }
    assert [name for name, is_undone in steps.items() if is_undone] == [
        "step-6",
        "step-7",
        "step-8",
    ]
    assert page.count(">undone</em>") == 5  # the outline has two of them


def test_an_outline_comes_in_parts_and_begins_where_somebody_reads(
    browser: TestClient, shown: Workspace
) -> None:
    row = longest(shown)
    seen: list[str] = []
    address = f"/sessions/{row.id}?outline=0"
    while address:
        answer = browser.get(address, headers={"X-Fragment": "1"})
        links = [attributes for tag, attributes in Found(answer.text).elements if tag == "a"]
        seen += [str(each["href"]) for each in links if "data-load" not in each]
        following = [each["href"] for each in links if "data-load" in each]
        address = f"/sessions/{row.id}{following[0]}" if following else ""
    assert len(seen) == len(set(seen)) == row.user_steps == 110
    whole = browser.get(f"/sessions/{row.id}?step=200").text
    assert "#step-195" in whole
    assert '#step-4"' not in whole
    assert "Earlier in the outline" in whole


def test_a_step_is_called_wrong_and_that_is_taken_back(
    browser: TestClient, shown: Workspace
) -> None:
    name = longest(shown).id
    headers = {"Origin": ORIGIN}
    place = f"/sessions/{name}/mark"

    kept = browser.post(place, data={"step": "4", "said": "wrong"}, headers=headers)
    assert (kept.status_code, kept.headers["location"]) == (
        303, f"/sessions/{name}?step=4&detail=work#step-4",
    )  # fmt: skip
    (row,) = list_rows(shown, "review", ReviewRow, limit=0).rows
    assert (row.of.name, row.is_right) == (f"{name}#4", False)
    assert browser.get(f"/sessions/{name}").text.count('aria-pressed="true"') == 1

    headers |= {"X-Fragment": "1"}
    taken = browser.post(place, data={"step": "4", "said": "nothing"}, headers=headers).text
    assert [tag for tag, _ in Found(taken).elements if tag in ("main", "button")] == ["button"] * 2
    assert 'aria-pressed="true"' not in taken
    assert list_rows(shown, "review", ReviewRow, limit=0).rows == []


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"said": "wrong"}, 409),
        ({"step": "4", "said": "maybe"}, 409),
        ({"step": "-1", "said": "right"}, 409),
        ({"step": "4000", "said": "right"}, 404),
    ],
)
def test_a_mark_of_nothing_keeps_nothing(
    browser: TestClient, shown: Workspace, given: dict[str, str], status: int
) -> None:
    place = f"/sessions/{longest(shown).id}/mark"
    assert browser.post(place, data=given, headers={"Origin": ORIGIN}).status_code == status
    assert list_rows(shown, "review", ReviewRow, limit=0).rows == []


@pytest.mark.parametrize(
    ("query", "n"), [("", 2), ("?agent=claude-code", 2), ("?agent=none", 0), ("?q=ZZZ", 0)]
)
def test_filters_stand_in_the_address(browser: TestClient, query: str, n: int) -> None:
    assert f"{n} found" in browser.get(f"/sessions{query}").text


def test_a_review_is_filed_and_taken_back(browser: TestClient, shown: Workspace) -> None:
    waiting = browser.get("/review").text
    held = [
        attributes for _, attributes in Found(waiting).elements if attributes.get("name") == "item"
    ]
    item = held[0]["value"]
    assert item is not None
    filled = {"item": item, "outcome": "failed", "rating": "2", "comments": HOSTILE}
    filed = browser.post("/review/submit", data=filled, headers={"Origin": ORIGIN})
    assert filed.status_code == 303
    after = browser.get(filed.headers["location"]).text
    assert "Filed. The rules say" in after
    (row,) = list_rows(shown, "review", ReviewRow, limit=0).rows
    taken = browser.post("/review/undo", data={"review": row.id}, headers={"Origin": ORIGIN})
    assert taken.status_code == 303
    assert not list_rows(shown, "review", ReviewRow, limit=0).rows


def test_a_form_that_cannot_be_is_refused(browser: TestClient) -> None:
    filled = {"item": "x", "rating": "9"}
    answer = browser.post("/review/submit", data=filled, headers={"Origin": ORIGIN})
    assert answer.status_code == 409
    assert "the form cannot be read" in answer.text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tests/a.py::test", "tests/a.py::test"),
        ("tests/a.py::test_b", "…ts/a.py::test_b"),
        ("tests/a.py::\u202e", r"…ts/a.py::\u202e"),
    ],
)
def test_a_name_that_is_cut_keeps_its_end(name: str, says: str) -> None:
    assert ending(name, 16) == f"{says}"
    assert len(says) <= 16


@pytest.mark.parametrize(
    ("unit", "n", "value", "shown"),
    [
        ("share", 1, 0.0, "0 of 1"),
        ("share", 4, 0.75, "3 of 4"),
        ("share", 4, 0.6, "60%"),
        ("share", 5, 0.6, "60%"),
        ("share", 0, None, "unknown"),
        ("mean", 1, 2.0, "2.00"),
    ],
)
def test_of_few_cases_a_tile_says_how_many(
    unit: Unit, n: int, value: float | None, shown: str
) -> None:
    told = Measure(metric="m", slice={}, unit=unit, n=n, value=value, low=None, high=None)

    assert measure("m", unit, told) == shown
