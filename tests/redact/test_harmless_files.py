"""Lock files, manifests and code hold much that looks drawn, and nothing of it is anybody's."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

LINES = {
    "go.sum": "github.com/hashicorp/errwrap v1.1.0 h1:{b64:43}=",
    "go.sum of a manifest": "github.com/Shopify/sarama v1.19.0/go.mod h1:{b64:43}=",
    "go.mod": "\tgithub.com/grafana/sobek v0.0.0-20260727154728-{hex:12}",
    "jsonnetfile.lock.json": '      "sum": "{b64:43}="',
    "yarn.lock": '    "@csstools/css-tokenizer": "npm:^4.0.0"',
    "yarn.lock, a package": '"js-tokens@npm:^4.0.0":',
    "annotation": "        checksum/grafana-config: {hex:32}",
    "key of a cache": "  const key = 'Linux-node-{hex:40}'",
    "widget of a notebook": '  "layout": "IPY_MODEL_{hex:32}",',
    "certificate": "  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSU{alnum:40}",
    "session of ZooKeeper": "ZooKeeperServer@595] - Established session 0x{hex:16} with",
    "tag of a folder": '"Signature: {hex:32}",',
    "alternative": 'case "${MVNW_PASSWORD:+has-password}" in',
    "template": '{{- $userPassword := .password | default "" }}',
    "not a value": "password: !validURLValues.password && x,",
    "rules of a form": "'password' => 'nullable|string|max:255',",
    "tag of a message": 'protobuf_key:"bytes,1,opt,name=key,proto3"',
    "pattern": '_IPV4_PAT = r"(?:[0-9]{1,3}\\.){3}[0-9]{1,3}"',
    "alphabet": 'charset = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890"',
    "option": 'args: []string{"test-secret", "--from-literal=key1=val2"},',
    "name of a secret": "  secret: urn:k8s:secret:name:key1",
    "package": "import com.google.i18n.phonenumbers.internal.RegexCache;",
    "list of a site": "https://www.youtube.com/playlist?list=PL{alnum:32}",
    "folder": "kustomize build /home/config/production",
    "date with a sign": 'parse_date("+2015-01-23")',
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_what_is_harmless_stays(line: str, redactor: Redactor) -> None:
    text = fill(line) if "{{" not in line and "${" not in line else line

    assert redactor.text(text) == text
