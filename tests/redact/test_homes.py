"""Names in home folders go, whatever the notation; folders of nobody stay."""

from __future__ import annotations

import re

import pytest

from tracemill.redact import Redactor

CHANGED = {
    "linux": ("/home/ada/src/x.py", "/home/{ada}/src/x.py"),
    "mac": ("/Users/ada/src", "/Users/{ada}/src"),
    "windows": (r"C:\Users\ada\src", r"C:\Users\{ada}\src"),
    "windows, doubled": (r'"C:\\Users\\ada\\src"', r'"C:\\Users\\{ada}\\src"'),
    "windows, slashes": ("C:/Users/ada/src", "C:/Users/{ada}/src"),
    "windows, lower case": (r"c:\users\ada\src", r"c:\users\{ada}\src"),
    "windows, a name of two words": (r"C:\Users\Ada Lovelace\src", r"C:\Users\{Ada Lovelace}\src"),
    "git bash": ("/c/Users/ada/src", "/c/Users/{ada}/src"),
    "wsl": ("/mnt/c/Users/ada/src", "/mnt/c/Users/{ada}/src"),
    "file address": ("file:///home/ada/x", "file:///home/{ada}/x"),
    "remote": ("scp host:/home/ada/x .", "scp host:/home/{ada}/x ."),
    "in quotes": ('cd "/home/ada"', 'cd "/home/{ada}"'),
    "behind an escaped newline": (r'"a\n/home/ada/x"', r'"a\n/home/{ada}/x"'),
    "end of a sentence": ("It is in /home/ada.", "It is in /home/{ada}."),
    "dotted name": ("/home/ada.lovelace/x", "/home/{ada.lovelace}/x"),
    "name in another script": ("/home/åsa/x", "/home/{åsa}/x"),
    "var": ("/var/home/ada/x", "/var/home/{ada}/x"),
    "claude slug": ("~/.claude/projects/-home-ada-src-x/", "~/.claude/projects/-home-{ada}-src-x/"),
    "claude slug, mac": ("projects/-Users-ada-src", "projects/-Users-{ada}-src"),
    "claude slug, windows": ("projects/C--Users-ada-src", "projects/C--Users-{ada}-src"),
    "claude slug, small drive": ("projects/c--Users-ada-src", "projects/c--Users-{ada}-src"),
    "windows, umlauts": (r"C:\Users\Jürgen Groß\src", r"C:\Users\{Jürgen Groß}\src"),
    "wsl seen from windows": (r"\\wsl$\Ubuntu\home\ada\x", r"\\wsl$\Ubuntu\home\{ada}\x"),
    "wsl by its newer name": (
        r"\\wsl.localhost\Ubuntu-22.04\home\ada\x",
        r"\\wsl.localhost\Ubuntu-22.04\home\{ada}\x",
    ),
    "share": (r"\\fileserver\home\ada\docs", r"\\fileserver\home\{ada}\docs"),
    "remote window": (
        "vscode-remote://wsl+ubuntu/home/ada/x",
        "vscode-remote://wsl+ubuntu/home/{ada}/x",
    ),
    "another disk": ("/Volumes/Macintosh HD/Users/ada/x", "/Volumes/Macintosh HD/Users/{ada}/x"),
    "list": ("/home/ada:/home/bob", "/home/{ada}:/home/{bob}"),
}
KEPT = [
    "/home/runner/work",
    "/home/user/x",
    "/home/ubuntu/x",
    "/home/vscode/.cache",
    "/home/node/app",
    "/Users/Shared/x",
    "/Users/username/x",
    r"C:\Users\Public\x",
    "/home/<user>/x",
    "/home/$USER/x",
    "/home/${USER}/x",
    "/home/*/x",
    "/home/1000/x",
    "/home/",
    "https://example.com/home/about",
    "src/Users/index.tsx",
    "GET /users/ada",
    "app/home/page.tsx",
    "class=nav-home-icon",
    "/root/x",
    "~/x",
    r"C:\Users\runneradmin\x",
    r"re.compile('\home\d+')",
    "https://files.example.com/home/about",
]


@pytest.mark.parametrize(("text", "template"), CHANGED.values(), ids=CHANGED)
def test_name_goes_and_the_rest_stays(text: str, template: str, redactor: Redactor) -> None:
    redacted = redactor.text(text)

    pattern = re.sub(r"\\\{.+?\\\}", "dev-[a-z2-7]{10}", re.escape(template))
    assert re.fullmatch(pattern, redacted)


@pytest.mark.parametrize("text", KEPT)
def test_folder_of_nobody_stays(text: str, redactor: Redactor) -> None:
    assert redactor.text(text) == text


def test_one_name_has_one_pseudonym_in_every_notation(redactor: Redactor) -> None:
    texts = ["/home/ada/", "/Users/Ada/", r"C:\Users\ada\x", "/c/Users/ada/", "x/-home-ada-x"]

    found = {re.findall(r"dev-[a-z2-7]{10}", redactor.text(text))[0] for text in texts}

    assert len(found) == 1


def test_two_names_have_two_pseudonyms(redactor: Redactor) -> None:
    assert redactor.text("/home/ada/") != redactor.text("/home/bob/")
