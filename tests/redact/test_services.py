"""Behind the name of a service stands its key, however it looks; ids and hashes stay."""

from __future__ import annotations

import re

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor, Rules

KEYS = [
    "wandb {hex:40}",
    "WANDB={hex:40}",
    "wandb: '{hex:40}'",
    "tavily = {alnum:32}",
    "myHerokuKey={alnum:32}",
    "databoxPRIVATEKEY {alnum:24}",
    "alpha vantage key is {upper:16}",
    "alphavantage: {upper:16}",
    "my-mailjet-token -> {hex:32}",
    "postmark: {uuid}",
    '"telnyx":"{alnum:40}"',
    "| pingdom | {alnum:30} |",
    "alchemy wallet 0x{hex:64}",
    "sendgrid ?list=x {alnum:40}",
]
OTHERS = [
    "uses: codecov/codecov-action@{hex:40}",
    "bump wandb to commit {hex:40}",
    "wandb run id {hex:20}",
    "heroku_app_id: {uuid}",
    "mistral mistral-large-2411-instruct-v1",
    "import { Client } from 'wandb-client-library-v2'",
    "https://wandb.ai/team/project/{alnum:32}",
    "parse {hex:40}",
    "wandbox {hex:40}",
    "shawandb {hex:40}",
    "sentry-2024-10-12-event-processing",
    "integrity of cohere sha512-{b64:86}==",
    '"stripe": {{"{hex:16}": 1, "{hex:20}": {{"n": 2}}}}',
    "sentry {hex:16} has ended",
    '"datadog": ["{hex:16}", "{hex:16}"]',
    "| braintrust {hex:40} | opik {hex:40} |",
    "braintrust {hex:40}, opik {hex:40}.",
    "mend.io <!--renovate-debug:{alnum:44}-->",
    "alchemy wallet 0x{hex:40}",
    "deepgram https: watch?v=x&list={alnum:34}",
    "wandb black-25.1.0-{alnum:24}.whl",
]


@pytest.mark.parametrize("template", KEYS)
def test_key_of_a_service_goes(template: str, redactor: Redactor) -> None:
    assert "[SECRET:" in redactor.text(fill(template))


@pytest.mark.parametrize("template", OTHERS)
def test_what_only_stands_near_a_service_stays(template: str, redactor: Redactor) -> None:
    text = fill(template)

    assert redactor.text(text) == text


def test_names_are_plain_and_each_stands_once() -> None:
    names = Rules.shipped().services

    assert len(names) > 1_000
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name) for name in names)
