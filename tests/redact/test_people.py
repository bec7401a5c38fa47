"""Numbers that prove what they are, and names where a command, a listing or a log shows them."""

from __future__ import annotations

import re

import pytest

from tests.redact.conftest import KEY
from tracemill.redact import Redactor

R = Redactor(KEY)


@pytest.mark.parametrize(
    ("text", "looks_like"),
    [
        ("curl http://91.198.174.192/x", r"curl http://198\.1[89]\.\d+\.\d+/x"),
        ("from 2a00:1450:4001:81b::200e port", r"from 2001:db8:[0-9a-f:]+ port"),
        ("$ whoami\ntwalsh\n$ ls", r"\$ whoami\ndev-[a-z2-7]{10}\n\$ ls"),
        ("$ hostname\nEmils-Machine.local\n", r"\$ hostname\nhost-[a-z2-7]{10}\n"),
        ("ssh -p 22 twalsh@build-7 ls", r"ssh -p 22 dev-[a-z2-7]{10}@host-[a-z2-7]{10} ls"),
        ("twalsh@build-7:~/src$ make", r"dev-[a-z2-7]{10}@host-[a-z2-7]{10}:~/src\$ make"),
        ("SSN: 752-52-8258", r"SSN: \[PII:us-social-security-number:[a-z2-7]{6}\]"),
        ("Visa 4012 8888 8888 1881, please", r"Visa \[PII:card-number:[a-z2-7]{6}\], please"),
    ],
)
def test_the_stand_in_keeps_the_form(text: str, looks_like: str) -> None:
    assert re.fullmatch(looks_like, R.text(text))


def test_owner_and_own_group_of_a_file_go_and_the_rest_stays() -> None:
    text = "total 0\ndrwxr-xr-x  5 twalsh twalsh 160 Mar  3 src\n-rw-r--r--@ 1 twalsh staff 9 Mar a"

    lines = R.text(text).splitlines()

    user = lines[1].split()[2]
    assert re.fullmatch(r"dev-[a-z2-7]{10}", user)
    assert lines[1] == f"drwxr-xr-x  5 {user} {user} 160 Mar  3 src"
    assert lines[2] == f"-rw-r--r--@ 1 {user} staff 9 Mar a"


def test_a_user_has_one_pseudonym_wherever_the_name_stands() -> None:
    seen = R.text("/home/twalsh/x\nUSER=twalsh\nuid=501(twalsh)\nssh twalsh@build-7\n")

    assert len(set(re.findall(r"dev-[a-z2-7]{10}", seen))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "drwxr-xr-x  5 root root 160 Mar  3 src",
        "xdrwxr-xr-x  5 twalsh twalsh 160",
        "version 91.198.174.192",
        "pip install x==91.198.174.192",
        "Chrome/120.0.6099.129",
        "0.0.0.0:80 127.0.0.1 10.0.0.7 192.168.7.9 8.8.8.8 1.2.3.4",
        "at 12:30:45.123 and 12:30:45",
        "std::fs::read and a::b::c",
        "card 4012888888881882",
        "card 4242424242424242",
        "created_at: 1770348859810",
        "build 2024-10-12 13:14",
        "Phone:\n17\n",
        "$ whoami\nroot\n",
        "git@github.com:a/b.git and ssh git@github.com",
        "self.internal.value and host.docker.internal",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert R.text(text) == text


def test_lines_of_another_text_are_never_joined() -> None:
    redactor = Redactor(KEY)

    assert redactor._settler.settle(["$ whoami", "twalsh"], {}) == {}
