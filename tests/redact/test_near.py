"""What stands near a secret, and could be taken for it, hides nothing of it."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

KEY = fill("{alnum:14}7xQ3")
NEAR = {
    "cell of a name below a head": "<tr><th>Key</th><th>Secret</th></tr><tr><td>db_password</td><td>§</td></tr>",
    "name of a token below a head": "<tr><th>Name</th><th>Token</th></tr><tr><td>access_token</td><td>§</td></tr>",
    "name of a token below another": "<tr><td>Token</td></tr><tr><td>api_token</td><td>§</td></tr>",
    "option that puts files apart": "rar a -apbackup/docs -hp§ a.rar src",
    "option that puts a site apart": "rar a -apsite -hp§ a.rar src",
    "option that is none": "mysql -ap none -p§",
    "end of a hook": "https://hooks.x.example/services/T00000000/B00000000/§abc/x/y/z/documentation-of-webhooks",
    "end of a flow": "https://flow.x.example/webhook/§abc/v1/send/message/to/some-channel-name-of-the-team",
    "end of a deep hook": "https://hooks.x.example/a/b/c/d/§abc/x/documentation_of_webhooks",
    "place of a login": "log in to db1 as root with §!",
    "another word for a login": "authenticated as root using §!",
    "bracket behind a login": "(log in as root with §!), then go on",
    "machine of a client": '"ada" "srv" "§" 10.0.0.5',
    "any sign behind a prompt": 'expect -re "assword.*"\nsend "§\\r"',
    "any sign around a prompt": 'expect "*?assword:*"\nsend "§\\r"',
    "query of a cloud": "$ aws secretsmanager get-secret-value --secret-id db --query SecretString\n§\n",
    "query of a cloud for root": "# aws secretsmanager get-secret-value --secret-id db --output text\n§\n",
}


@pytest.mark.parametrize("text", NEAR.values(), ids=NEAR)
def test_secret_goes_whole(text: str, redactor: Redactor) -> None:
    redacted = redactor.text(text.replace("§", KEY))

    assert "[SECRET:" in redacted
    assert KEY not in redacted


@pytest.mark.parametrize(
    ("begin", "end"),
    [(f"login as ada with {KEY}!", "(m3"), ('password="qzxv wkzg mqhx oejv', ';xyz9"')],
    ids=["bracket", "semicolon"],
)
def test_no_end_is_left_behind_what_goes(begin: str, end: str, redactor: Redactor) -> None:
    redacted = redactor.text(begin + end)

    assert redacted == begin + end or not redacted.endswith(end)
