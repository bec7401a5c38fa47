"""How Hypothesis makes texts that are full of near misses, and steps that hold them."""

from __future__ import annotations

import base64

from hypothesis import strategies as st

from tests.redact.templates import fill
from tracemill.records.refs import Span
from tracemill.records.sessions.trajectory import Step, ToolCall, ToolResult

PIECES = (
    "password",
    "PASSWORD=",
    "token: ",
    '"api_key": "',
    'secret = "',
    "Authorization: Bearer ",
    "--token ",
    "?access_token=",
    "curl -u me:",
    "https://ci:",
    "@github.com/a/b",
    "/home/",
    "/Users/",
    "C:\\Users\\",
    "C:\\\\Users\\\\",
    "-home-",
    "projects/-Users-",
    "ada",
    "ada.lovelace",
    "dev-q3x7kd",
    "user",
    "@",
    "ada@lovelace.org",
    "user-q3x7kd@example.org",
    "noreply@anthropic.com",
    "Co-authored-by: Ada L <ada@lovelace.org>",
    "[SECRET:",
    "[SECRET:jwt:q3x7kd]",
    "]",
    "-----BEGIN RSA PRIVATE KEY-----",
    "-----END RSA PRIVATE KEY-----",
    fill("{b64:64}"),
    fill("{b64:64}\n{b64:64}"),
    fill("ghp_{alnum:36}"),
    fill("AKIA{upper:16}"),
    fill("{hex:40}"),
    fill("{uuid}"),
    fill("{alnum:24}"),
    "hunter2!",
    "os.environ['X']",
    "<dbToken>\n  ",
    "\n</dbToken>",
    "apiKey:\n  '",
    "acme_live_",
    "m{{h}o)p${e]nob(ody[>-_$#this}}",
    fill("{alnum:48}"),
    "vault operator unseal ",
    "Passw0rd",
    "\u200b",
    "%67%68%70%5f",
    "\\u0067\\u0068\\u0070\\u005f",
    "ghp_\x1b[0m",
    "\uff47\uff48\uff50\uff3f" * 3,
    base64.b64encode(fill("x ghp_{alnum:36}").encode()).decode(),
    "ssh ada@build-7",
    "ada@build-7:~$ ",
    "$ whoami\n",
    "$ hostname\n",
    "Phone:\n",
    "[user]\nname = ",
    "machine x login ada\npassword ",
    "api_key: |\n  ",
    '"name": "API_KEY",\n  "value": "',
    ">>> password\n'",
    "openssl rand -hex 8\n",
    "kind: Secret\ndata:\n  a: ",
    "id,password\n",
    "USER=ada",
    "user.name=Giulia ",
    "phone 722-791-2018",
    "91.198.174.192",
    "198.18.7.9",
    "2a00:1450:4001:81b::200e",
    "3c:22:fb:9a:10:5e",
    "card 4012888888881881",
    "[PII:card-number:q3x7kd]",
    "IBAN DE89370400440532013000",
    "drwxr-xr-x  5 ada ada   160 Mar  3 10:22 src",
    "host-q3x7kd",
    "Ada-MacBook-Pro.local",
    "build-25.corp.acme.com",
    "\\n",
    '\\"',
    "\n",
    "\r\n",
    "\n\0\n",
    "\0",
    "\x1b[1m",
    "é",
    "密",
    "🙂",
    "/",
    "\\",
    "-",
    "_",
    ".",
    ":",
    "=",
    " ",
    '"',
    "'",
    "<",
    ">",
)

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=10).map("".join),
)

keys = st.one_of(st.sampled_from(("command", "password", "api_key", "file_path", "0")), texts)

trees = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        texts,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=12,
)

calls = st.builds(
    ToolCall, id=st.just("call_1"), name=texts, arguments=st.dictionaries(keys, trees, max_size=4)
)
results = st.builds(
    ToolResult, call_id=st.just("call_1"), content=texts, feedback=st.none() | texts
)
steps = st.builds(
    Step,
    trajectory_id=st.just("trajectory_1"),
    index=st.integers(0, 9),
    speaker=st.sampled_from(("user", "agent")),
    text=texts,
    reasoning=st.none() | texts,
    calls=st.lists(calls, max_size=2).map(tuple),
    results=st.lists(results, max_size=2).map(tuple),
    span=st.just(Span(start=0, end=1)),
)
