"""Addresses of persons go, and their names in trailers; addresses of nobody stay."""

from __future__ import annotations

import json
import re

import pytest

from tracemill.redact import Redactor

PERSONAL = [
    "ada@lovelace.org",
    "Ada.Lovelace+git@mail.lovelace.co.uk",
    "49699333+ada@users.noreply.github.com",
    "ada_l@corp.io",
    "ADA@LOVELACE.ORG",
]
OF_NOBODY = [
    "git@github.com:ada/x.git",
    "ssh://git@gitlab.com/ada/x",
    "noreply@anthropic.com",
    "no-reply@accounts.google.com",
    "user@example.com",
    "someone@mail.example.org",
    "root@localhost",
    "me@host.local",
    "dependabot[bot]@users.noreply.github.com",
    "41898282+github-actions[bot]@users.noreply.github.com",
    "icon@2x.png",
    "lodash@4.17.21",
    "react@18.2.0-beta.x",
    "@types/node",
    "@pytest.mark.parametrize",
    r"\n@pytest.mark.parametrize",
    "this@MainActivity.finish",
    "uses: actions/checkout@v4.1.0",
    "chacha20-poly1305@openssh.com",
]


@pytest.mark.parametrize("address", PERSONAL)
def test_address_of_a_person_goes(address: str, redactor: Redactor) -> None:
    redacted = redactor.text(f"write to <{address}>, please")

    assert re.fullmatch(r"write to <user-[a-z2-7]{10}@example\.org>, please", redacted)


@pytest.mark.parametrize("text", OF_NOBODY)
def test_address_of_nobody_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "Co-authored-by: Ada Lovelace <ada@lovelace.org>",
        "    Signed-off-by: Ada Lovelace <ada@lovelace.org>",
        "Author: Ada Lovelace <ada@lovelace.org>",
        "committer Ada Lovelace <ada@lovelace.org> 1700000000 +0000",
        r"subject\n\nReviewed-by: Ada Lovelace <ada@lovelace.org>",
        '"author": "Ada Lovelace <ada@lovelace.org>",',
        "Ask Ada Lovelace <ada@lovelace.org> about it",
        "Regards, Ada M. King-Lovelace <ada@lovelace.org>",
    ],
)
def test_name_beside_an_address_goes_with_it(line: str, redactor: Redactor) -> None:
    redacted = redactor.text(line)

    found = re.search(r"dev-([a-z2-7]{10}) <user-([a-z2-7]{10})@example\.org>", redacted)
    assert "Ada" not in redacted
    assert "lovelace" not in redacted
    assert found is not None
    assert found[1] == found[2]


def test_name_of_a_service_stays(redactor: Redactor) -> None:
    line = "Co-Authored-By: Claude <noreply@anthropic.com>"

    assert redactor.text(line) == line


def test_words_before_an_address_are_no_name(redactor: Redactor) -> None:
    redacted = redactor.text("Please Mail The Team <team@lovelace.org>")

    assert redacted.startswith("Please Mail The Team <user-")


def test_letters_of_an_escaped_newline_are_no_part_of_an_address(redactor: Redactor) -> None:
    redacted = redactor.text(r"to:\nada@lovelace.org")

    assert redacted == "to:\\n" + redactor.text("ada@lovelace.org")


@pytest.mark.parametrize(
    "text",
    [
        "@creating-tasks.mdc please make the tasks",
        "[@creating-tasks.mdc](mdc:.cursor/rules/creating-tasks.mdc)",
        "follow@creating-tasks.mdc, rules.@process-list.mdx",
        "根据@creating-tasks.mdc 做",
        "see @src/app.py and @docs/plan.md, look at@analysis.ipynb",
        "as in@panel.vue and the@schema.prisma",
    ],
)
def test_a_file_that_is_mentioned_is_no_address(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize("name", ["Éva", "JoÃo", "Åsa.Öst"])
def test_a_short_name_with_accents_goes_whole(name: str, redactor: Redactor) -> None:
    redacted = redactor.text(f"write to {name}@lovelace.org, please")

    assert re.fullmatch(r"write to user-[a-z2-7]{10}@example\.org, please", redacted)


def test_an_address_glued_to_another_by_a_letter_leaves_that_one_alone(redactor: Redactor) -> None:
    redacted = redactor.text("ada@lovelace.orgÀnoreply@anthropic.com")

    assert re.fullmatch(r"user-[a-z2-7]{10}@example\.orgÀnoreply@anthropic\.com", redacted)


@pytest.mark.parametrize(
    "name",
    [
        "Zoë",
        "josé",
        "müller.jörg",
        "иван",
        "Иван.Petrov",
        "Petrov.Иван",
        "Γιώργος",
        "محمد",
        "राहुल",
        "李雷",
        "홍길동",
        "wang李雷",
        "ａｄａ",  # noqa: RUF001
        "Zoe\u0308",
        "Zo\ufffd",
        r"Zo\u00eb",
        r"\u0438\u0432",
        r"\\u674e\\u96f7",
        "é" + "a" * 62,
    ],
)
@pytest.mark.parametrize(
    "template", ["{}", '{{"to": "{}"}}', "an: {}, danke", "“{}”", "收件人 {}。"]
)
def test_a_name_in_any_script_goes_whole(name: str, template: str, redactor: Redactor) -> None:
    redacted = redactor.text(template.format(f"{name}@lovelace.org"))

    before, _, behind = template.format("\0").partition("\0")
    assert re.fullmatch(
        re.escape(before) + r"user-[a-z2-7]{10}@example\.org" + re.escape(behind), redacted
    )
    assert redactor.text(redacted) == redacted


def test_a_name_beside_an_address_in_another_script_goes_with_it(redactor: Redactor) -> None:
    redacted = redactor.text("Author: 李雷 <李雷@lovelace.org>\nÉva Öst <zoë@lovelace.org>")

    assert re.fullmatch(
        r"Author: dev-([a-z2-7]{10}) <user-\1@example\.org>\ndev-([a-z2-7]{10}) <user-\2@example\.org>",
        redacted,
    )


@pytest.mark.parametrize("before", ["联系", r"\u8bf7", r"\u0022", r"\u003c", r"\ud83d\ude00", "€"])
@pytest.mark.parametrize("address", ["ada@lovelace.org", "é.ada@lovelace.org", "adé@lovelace.org"])
def test_what_touches_an_address_stays(before: str, address: str, redactor: Redactor) -> None:
    assert redactor.text(before + address) == before + redactor.text(address)


@pytest.mark.parametrize(
    "text",
    [
        "foo(é)@decorator.call",
        "décorateur@méthode.été",
        "é\n@app.route('/')",
        "é@property",
        "naïve@2.0.0",
        "café@2.0.0-rc.next",
        "café @ home",
        "，联系@某人",  # noqa: RUF001
        "使用@app.route('/x')",
        "用@pytest.mark.parametrize 装饰",
        "装饰器@bot.io(x)",
        "关注@alice.bsky.social",
        "见@Program.cs",
        "测试@example.com",
        "价格€@lovelace.org",
        "😀@lovelace.org",
    ],
)
def test_what_stands_before_an_at_sign_in_another_script_may_be_no_name(
    text: str, redactor: Redactor
) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize(
    "name",
    ["jérôme.dupont", "andré.silva", "müller.k", "иван", "李雷", r"ren\u00e9e", r"ren\\u00e9"],
)
@pytest.mark.parametrize(
    "before", ["", "cc ", "cc:", "关注", "(", "@", r"\n", r"\\n", r"\u0022", "🙂", r"\""]
)
def test_an_address_behind_the_sign_of_a_mention_goes_whole(
    before: str, name: str, redactor: Redactor
) -> None:
    redacted = redactor.text(f"{before}@{name}@lovelace.org")

    assert re.fullmatch(re.escape(before) + r"@user-[a-z2-7]{10}@example\.org", redacted)


@pytest.mark.parametrize(
    "text",
    [
        '{"cc": "@ren\\u00e9e@lovelace.org"}',
        '{"cc": "ada@lovelace.org\\u00e9a@lovelace.org"}',
        '{"cc": "\\u0040ren\\u00e9e@lovelace.org"}',
        '{"cc": "' + "\\u0438" * 40 + '@lovelace.org"}',
        '{"cc": "' + "a" + "\\u0438" * 90 + '@lovelace.org"}',
        '{"cc": "' + "李" * 200 + '@lovelace.org"}',
    ],
)
def test_no_escape_is_cut_in_two(text: str, redactor: Redactor) -> None:
    redacted = redactor.text(text)

    assert re.search(r"user-[a-z2-7]{10}@example\.org$", json.loads(redacted)["cc"])
    assert redactor.text(redacted) == redacted


def test_what_joins_two_addresses_belongs_to_neither(redactor: Redactor) -> None:
    redacted = redactor.text(r"x@example.orgö\u00e9@h.iogit")

    assert redacted == r"x@example.orgö\u00e9@h.iogit"


@pytest.mark.parametrize(
    "address",
    [
        "ada@müller.de",
        "ada@mail.schröder.de",
        "info@例子.公司",
        "info@例子。公司",
        "иван@почта.рф",
        "ada@xn--mller-kva.de",
        "ada@mail.xn--p1ai",
        "ada\uff20lovelace.org",
        "\uff41\uff44\uff41\uff20\uff4c\uff4f\uff56\uff45\uff4c\uff41\uff43\uff45\uff0e\uff4f\uff52\uff47",
        r"ada@m\u00fcller.de",
        r"info@\u4f8b\u5b50.\u516c\u53f8",
        r"ada\uff20lovelace.org",
        "李雷.wang@lovelace.org",
        "李雷_wang@müller.de",
        "é" * 400 + "@lovelace.org",
        "é" * 400 + "@müller.de",
        r"\u00e9" * 90 + "@lovelace.org",
        r"\\u00e9" * 300 + "@lovelace.org",
    ],
)
@pytest.mark.parametrize("template", ["{}", "an {}, danke", "<{}>", '"{}"', "cc:{}!"])
def test_an_address_in_any_script_goes_whole(
    address: str, template: str, redactor: Redactor
) -> None:
    redacted = redactor.text(template.format(address))

    before, _, behind = template.format("\0").partition("\0")
    assert re.fullmatch(
        re.escape(before) + r"user-[a-z2-7]{10}@example\.org" + re.escape(behind), redacted
    )
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize(
    "written",
    [
        "ada\uff20müller.de",
        r"ada@m\u00fcller.de",
        "ada@mu\u0308ller.de",
        "\uff41\uff44\uff41@müller.de",
    ],
)
def test_one_address_has_one_pseudonym_however_it_is_written(
    written: str, redactor: Redactor
) -> None:
    assert redactor.text(written) == redactor.text("ada@müller.de")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("info@例子.公司请联系", "info@例子.公司"),
        ("ada@müller.de。下一句", "ada@müller.de"),
        ("x@lovelace.org请bob@müller.de", "bob@müller.de"),
    ],
)
def test_a_sentence_behind_an_address_in_another_script_stays(
    text: str, address: str, redactor: Redactor
) -> None:
    before, _, behind = text.partition(address)

    redacted = redactor.text(text)

    assert redacted.endswith(redactor.text(address) + behind)
    assert redacted.startswith(redactor.text(before))


@pytest.mark.parametrize(
    "text",
    [
        "ada@例子.今天",
        "@张三.李四 你好",
        "用@属性.设置",
        "é@café.py",
        "noreply\uff20github.com",
        "a\uff20b",
        "5\uff2010.00",
        "git@bücher.de:ada/x.git",
        "ada@bücher.example",
        "see @müller.de",
    ],
)
def test_what_is_no_address_in_another_script_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


@pytest.mark.parametrize("line", ["Author: Éva Öst <zoë@müller.de>", "Ada Byron <ada@例子.公司>"])
def test_a_name_before_an_address_in_another_script_goes_with_it(
    line: str, redactor: Redactor
) -> None:
    assert re.search(r"dev-([a-z2-7]{10}) <user-\1@example\.org>$", redactor.text(line))
