"""Numbers that prove what they are, and names where a command, a listing or a log shows them."""

from __future__ import annotations

import re

import pytest

from tests.redact.conftest import KEY
from tracemill.redact import Redactor

R = Redactor(KEY)
ENGINES = {"best": R, "re2": Redactor(KEY, engine="re2")}


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


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "ssh dev.build-01.corp.acme.com",
        "host: dev.db-01.acme.internal",
        "I am using build-7.acme.internal today",
        "  HostName dev.web-7.acme.internal",
        "psql -h app.pg-1.acme.internal",
        "http://dev.git-1.acme.internal/x",
        "postgres://u:pw@app.pg-1.acme.internal/x",
        "ping org.vpn-2.acme.lan",
        "ping net.db-01.corp.acme.com",
        "ssh dev-abcdefgh23@net.web-1.corp.local",
        "SMTP_HOST=org.mail.acme.de",
        "import build-7.acme.internal into the zone",
        "using web7.acme.internal",
    ],
)
def test_a_machine_goes_whatever_its_name_begins_with(text: str, engine: str) -> None:
    assert re.search(r"\bhost-[a-z2-7]{10}\b", ENGINES[engine].text(text))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "before",
    [
        "server .10 ",
        "Load .15 .20 .05 ",
        "took .35s ",
        "GET / .02 ",
        "connect to host-a.9 ",
        "pod web.0 ",
        "br-lan.10 ",
        "access.log.1 ",
        "node.2, ",
        "v1.2.3 2.3.4 ",
        "upgrade 1.2.3 1.2.4 ",
        "ping rtt 10.2.3 4.5.6 ",
        "1066036250.603    310 ",
        "1.2.3 4.5.6 7.8.9 .5 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 ",
        '"m1 .5 .2 ',
        "3h2m10s .15 .20 .05 1 2 ",
        'd="M2.4.6.8 1.2" at .5 1 2 3 4 5 ',
    ],
)
def test_an_address_behind_numbers_and_versions_goes(before: str, engine: str) -> None:
    redacted = ENGINES[engine].text(f"{before}81.2.69.142 up")

    assert re.search(r"198\.1[89]\.\d+\.\d+ up", redacted)
    assert ENGINES[engine].text(redacted) == redacted


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "d='M 43-2.48 4.12-2.51 1.28-.02 2.5.87 3.29.87.78 0 2.26-1.5'",
        '{"path": "m7.1 2.2l-.4.9-1.5 2.1V18h.5zm1.3.6 41.6.21.38 2.5z"}',
        '<path d="M12.4 3.1c-2.2.6-3.4 1.9-4.1 3.3-.8 1.7-.5 3.8.4 5.2l2.6-1.1c-.7-1-.9-2.4 41.6.21.38 2z"/>',
        '<path d="M12.4 3.1-2.2.6-3.4 1.9-4.1 3.3-.8 1.7-.5 3.8.4 5.2.6-1.1.7-1-.9-2.4-.2-3.5 41.6.21.3"/>',
    ],
)
def test_the_outline_of_a_drawing_holds_no_address(text: str, engine: str) -> None:
    assert ENGINES[engine].text(text) == text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "package com.acme.corp.internal.v1;",
        "import com.acme.internal.v2.Parser;",
        "import com.acme.v2.internal.*;",
        "using Acme.Corp.V2;",
        "com.acme.internal.web2.Parser",
        "\tat io.netty.util.internal.Thread1",
    ],
)
def test_a_package_is_no_machine(text: str, engine: str) -> None:
    assert ENGINES[engine].text(text) == text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "phone: +2011 12 345 6789",
        "phone +2010 12 345 678",
        "mob. +2012 10 345678",
        "emergencyContact: 0151 47270511",
        "phone = 0151 47270511",
        "cell = '5322173236'",
        "cell: 5322173236",
        "telefon = 13812345678",
        "手机 = 13812345678",
        '"userMobile" => "4155551234"',
        "<work_mobile>5322173236</work_mobile>",
        "<mobile>5322173236",
    ],
)
def test_a_telephone_number_goes(text: str, engine: str) -> None:
    assert "phone-number" in ENGINES[engine].text(text)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        '"LastContact": 1700000000',
        '{"lastContact": 1700000000000}',
        "const gridCell = 1048576;",
        "maxCell > 1000000",
        "if (cell > 1000000) {",
        "if (cell>1000000) {",
        "tableCell: 16777216",
        "isMobile = 10485760",
        "memory_cell: 33554432",
        "registered = 1700000000",
        "registered = 1700000000 / 1000",
        "desk = 1048576",
        "$cell => 1234567",
        "order_id_number = 123456782",
        "order_id_number = 123456782 # last",
        "sin = 0.46454286",
        "sin = 0.46454286 and cos",
        "{'sin': 0.46454286}",
        "phone: +2015-01-23",
    ],
)
def test_what_code_counts_is_no_number_of_a_person(text: str, engine: str) -> None:
    assert ENGINES[engine].text(text) == text


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "4539 1488 0343 6467 12/27",
        "pay: 4539 1488 0343 6467 123",
        "Visa 4539148803436467 12/27",
        "card 4539 1488 0343 6467 12/27 123",
    ],
)
def test_what_follows_a_card_does_not_hide_it(text: str, engine: str) -> None:
    redacted = ENGINES[engine].text(text)

    assert "[PII:card-number" in redacted
    assert "6467" not in redacted
    assert redacted.endswith(text[-3:])


def test_lines_of_another_text_are_never_joined() -> None:
    redactor = Redactor(KEY)

    assert redactor._settler.settle(["$ whoami", "twalsh"], {}) == {}
