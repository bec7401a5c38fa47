"""The local pages: a shell like the command line, for people who look before they trust.

A page is a function in `pages` that calls one flow and names a template; it holds no logic. Every
request passes `guard`, every foreign text is escaped, and nothing is asked of another host.
What is changed is changed by a form that a person confirmed. A page as a file passes `exporting`.
To add a page: a module in `pages` with `ROUTES`, its template, its name in `pages._PAGES` and in
the links of `base.html`, and its question in `docs/ui.md`.
"""
