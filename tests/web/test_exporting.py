"""A page that leaves as a file: it passes the gate, shows what was shown, and asks for nothing."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from tests.web.places import ORIGIN
from tests.web.test_pages import Found, addresses, longest
from tracemill.base.errors import NotFoundError, PolicyError, UsageError
from tracemill.flows.privacy.exports import list_exports
from tracemill.flows.views.page_export import PageFile, export_page
from tracemill.records.privacy.receipts import Receipt
from tracemill.store.workspace import Workspace
from tracemill.web.app import make_pages
from tracemill.web.exporting import page_file

AT = datetime(2026, 3, 1, tzinfo=UTC)
ASKING = {"src", "srcset", "action", "formaction", "data", "poster", "background", "ping"}


def made(workspace: Workspace, address: str) -> PageFile:
    return asyncio.run(page_file(make_pages(workspace), address, AT))


def test_no_page_as_a_file_acts_or_asks(shown: Workspace) -> None:
    for address in addresses(shown):
        if address == "/no":
            continue
        text = made(shown, address).data.decode()
        for tag, attributes in Found(text).elements:
            assert tag not in {"script", "form", "input", "button", "iframe", "base"}, address
            assert not any(name.startswith("on") or name == "style" for name in attributes)
            for name in ASKING & attributes.keys():
                assert (attributes[name] or "").startswith("data:"), address
            href = attributes.get("href") or "#"
            assert href.startswith(("#", "data:")), address
        assert "url(" not in text.partition("</style>")[0]
        policies = [a["content"] for _, a in Found(text).elements if "http-equiv" in a]
        assert [str(policy)[:18] for policy in policies] == ["default-src 'none'"]


def test_a_file_holds_the_whole_of_a_session(shown: Workspace) -> None:
    row = longest(shown)
    elements = Found(made(shown, f"/sessions/{row.id}").data.decode()).elements
    places = {attributes.get("id") for _, attributes in elements}
    links = {str(attributes["href"])[1:] for tag, attributes in elements
             if tag == "a" and attributes.get("href")}  # fmt: skip
    assert sum(tag == "article" for tag, _ in elements) == row.steps
    assert links
    assert links <= places


@pytest.mark.parametrize("address", ["", "sessions", "//evil.example/", "https://evil.example/"])
def test_what_is_no_address_of_ours_is_refused(shown: Workspace, address: str) -> None:
    with pytest.raises(UsageError):
        made(shown, address)


@pytest.mark.parametrize("address", ["/no", "/sessions/none", "/static/tracemill.css"])
def test_what_is_no_page_is_not_found(shown: Workspace, address: str) -> None:
    with pytest.raises(NotFoundError):
        made(shown, address)


def test_a_file_leaves_with_a_receipt_and_is_noted(shown: Workspace, tmp_path: Path) -> None:
    to = tmp_path / "page.html"
    written = export_page(shown, made(shown, "/sessions?q=work"), to)
    assert to.read_bytes() == made(shown, "/sessions?q=work").data
    kept = msgspec.json.decode((tmp_path / "page.html.receipt.json").read_bytes(), type=Receipt)
    assert kept == written.receipt
    assert (kept.kind, kept.subject) == ("page", "/sessions")
    assert list_exports(shown).exports[0].to == str(to)
    with pytest.raises(UsageError, match="is there already"):
        export_page(shown, made(shown, "/"), to)


@pytest.mark.parametrize("form", ["{}", "&#{};"])
def test_a_secret_in_a_page_is_refused_however_it_is_spelled(
    shown: Workspace, tmp_path: Path, form: str
) -> None:
    secret = "ghp_" + "a1B2c3D4e5F6" * 3
    spelled = secret if form == "{}" else "".join(form.format(ord(each)) for each in secret)
    page = PageFile("/", "page.html", f"<p>{spelled}</p>".encode(), f"key {secret}")
    with pytest.raises(PolicyError):
        export_page(shown, page, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def test_a_browser_takes_a_page_along_by_an_opaque_name(browser: TestClient) -> None:
    offered = browser.get("/hand-out", params={"page": "/episodes"})
    assert "Hand this page to a colleague?" in offered.text
    asked = {"page": "/episodes", "reviewer": "Ada"}
    answer = browser.post("/hand-out", data=asked, headers={"Origin": ORIGIN})
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert re.fullmatch(r"/handed/[\w-]{22}", place)
    assert "The file is ready" in browser.get(place).text
    taken = browser.get(f"{place}/file")
    assert taken.headers["content-disposition"] == 'attachment; filename="tracemill-episodes.html"'
    receipt = msgspec.json.decode(browser.get(f"{place}/receipt").content, type=Receipt)
    assert (receipt.reviewer, receipt.files[0].n_bytes) == ("Ada", len(taken.content))
    assert browser.get("/handed/guessed/file").status_code == 404
