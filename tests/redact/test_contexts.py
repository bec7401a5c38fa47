"""Secrets without a form of their own go; the code and the words in their places stay."""

from __future__ import annotations

import pytest

from tests.redact.templates import fill
from tracemill.redact import Redactor

SECRETS = {
    "env file": "DB_PASS={alnum:20}7",
    "env file with line numbers": "     3\tSEARCH_CLIENT_SECRET={alnum:24}",
    "exported": 'export MAILER_ACCESS_TOKEN="{alnum:24}" && npm run deploy',
    "before a command": "INTERNAL_SIGNING_KEY={hex:64} python migrate.py",
    "json": '"apiKey": "{hex:32}",',
    "json in json": '{{\\"client_secret\\": \\"{uuid}\\"}}',
    "json in json in json": '{{\\\\\\"token\\\\\\": \\\\\\"{alnum:32}\\\\\\"}}',
    "lines in a string": "A=1\\nAPI_TOKEN={hex:40}\\nB=2",
    "yaml": "  signing_secret: {alnum:30}",
    "toml": 'admin_password = "{alnum:10}-7!"',
    "python": "Settings(debug=True, api_key='{hex:32}', timeout=30)",
    "go": '&config.Config{Addr:":8080", Token:"{alnum:32}", Retries:3}',
    "typed": 'token: str = "{alnum:32}"',
    "environment of a container": '"POSTGRES_PASSWORD={alnum:12}7",',
    "connection string": "User ID=svc;Password={alnum:9}7#;Encrypt=True;",
    "kubernetes": "  password: {b64:23}7=",
    "address": "mongodb+srv://app:{word:8}-{word:6}-{word:5}@cluster0.x.mongodb.net/",
    "address of a queue": "amqp://svc:{alnum:10}@mq.svc.cluster.local:5672/%2f",
    "remote": "origin\thttps://ada:{hex:32}@github.com/acme/x.git (fetch)",
    "token as user": "https://{alnum:40}@github.com/acme/x.git",
    "query": "https://api.x.io/v1?q=1&access_token={alnum:32}",
    "header": "> Authorization: token {alnum:20}-{alnum:16}",
    "header in quotes": "-H 'X-Api-Key: {alnum:32}'",
    "bearer": "Bearer {alnum:40}",
    "curl": "curl -u ada:{alnum:10}7* https://registry.x.net/v2/_catalog",
    "option": "tool --refresh-token {alnum:30} run",
    "options as a list": '["tool", "--token", "{hex:40}"]',
    "mysql": "mysql -h db -u root -p{alnum:8}7 main",
    "docker": "docker login -u ada -p {hex:64} registry.x.io",
    "sshpass": "sshpass -p '{alnum:9}7' ssh host",
    "cookie": "Set-Cookie: session={hex:40}; Path=/; HttpOnly",
    "xml": "<password>{alnum:12}7</password>",
    "shadow": "root:$6${alnum:16}${alnum:86}:19000:0:99999:7:::",
    "sentence": "log in as admin with password {word:5}X{digit:4}* and check",
    "german sentence": "Das Passwort lautet {word:5}X{digit:4}!",
    "pasted": "here is the key you asked for: {alnum:32} please",
    "with a colour": "token=\x1b[1mghp_{alnum:36}\x1b[0m",
    "column beside words like a stand-in": "id,user,password\n1,user-management,{alnum:14}7\n",
    "manifest with words like a stand-in": "kind: Secret\nstringData:\n  a: user-management-{alnum:12}7",
    "block with words like a stand-in": "api_key: |\n  user-experience-{alnum:16}7",
    "column beside an address": "id,host,password\n1,2001:db8::5,{alnum:14}7\n",
    "pair beside an address": '{{"name": "API_TOKEN",\n "value": "{alnum:18}", "host": "198.18.0.1"}}',
    "pair at an address": "- name: DB_PASSWORD\n  value: {alnum:18}@198.18.0.1",
    "below, before a pseudonym": 'DB_PASSWORD = (\n "{alnum:18}")  # dev-abcdefgh23',
    "presigned": "https://b.s3.amazonaws.com/k.zip?X-Amz-Signature={hex:64}",
}
ORDINARY = [
    "password = hash_password(pw)",
    "token: str",
    "token: Optional[str] = None",
    'api_key=os.environ["X"]',
    'api_key = os.getenv("OPENAI_API_KEY")',
    "def test_password_reset_token(self) -> None:",
    "password=settings.DB_PASSWORD",
    "const token = await getAccessToken(user)",
    "this.apiKey = config.apiKey;",
    "if token == expected_token:",
    'password = "your-password-here"',
    'password: "<password>"',
    "PASSWORD=${DB_PASSWORD}",
    "TOKEN=$(cat token.txt)",
    "secret: ${{ secrets.NPM_TOKEN }}",
    '"password": "string"',
    '"LABEL_CONFIRM_PASSWORD": "Passwort bestätigen"',
    '"passwordPlaceholder": "Enter your password"',
    "max_tokens=4096",
    "tokens: 12345",
    "input_tokens: 8, output_tokens: 4021",
    "key: user_id",
    'cache_key = f"{user}-{version}"',
    "PRIMARY KEY (id), FOREIGN KEY (user_id)",
    "--- PASS: TestTruncate/at_uuid_2 (0.00s)",
    "password: [SECRET:assigned-secret:abcdef]",
    "commit 743ddffd0a2f4c7d4f0d2b8b7f1f3f7f9a3a6f21",
    "sha256:b82cbd3dacf0d30b4f0a9a8b6f2b7c1e9f2fdc0c7f6d5a4b3c2d1e0f9a8b7c6d",
    '"integrity": "sha512-xiqMQR4xAeHTuB9uWm+fFRcIOgKBMiOBP+eXiyT7jsgVCq1bkVygt00oASow=="',
    "github.com/go-logr/logr v1.4.4 h1:tG4xh9yMsRCAiodLVTxyrkzSZ9+o0L1Kg/+cPVcbP/8=",
    "id: 550e8400-e29b-41d4-a716-446655440000",
    "AKIAIOSFODNN7EXAMPLE",
    "https://user:password@host/db",
    "postgresql://postgres:postgres@localhost:5432/test",
    "http://localhost:3000/@scope/pkg",
    "docker run -u 1000:1000 image",
    "mysql -u root -p main",
    "ssh -p 2222 host",
    "curl -u $USER:$TOKEN https://x.io",
    "--token <token>",
    "--api-key API_KEY",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer <access-token>",
    "the password is required",
    "password must have 12 characters",
    "public key: age1epzmwwzw8n09slh0c7z1z52x43nnga7lkksx3qrh07tqz5v7lcys4542",
    "?page_token=next&code=ENOENT",
    "<password>string</password>",
    "from passlib.hash import argon2",
    '"childSessionKey": "agent:main:subagent:56d1ffc2-631a-4967-bc1f-b39da594b726"',
    '"listCacheKey": "v0:1725504239.0"',
    "github_hotkey_dist_index_js-node_modules_lodash-es_capitalize_js-1aaea04d3.js",
    "The bearer authentication-middleware checks",
]


@pytest.mark.parametrize("template", SECRETS.values(), ids=SECRETS)
def test_secret_goes(template: str, redactor: Redactor) -> None:
    text = fill(template.replace("{{", "{").replace("}}", "}"))

    assert "[SECRET:" in redactor.text(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text
