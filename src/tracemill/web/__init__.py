"""The local pages: a shell like the command line, for people who look before they trust.

A page is a function in `pages` that calls one flow and names a template; it holds no logic. Every
request passes `guard`, every foreign text is escaped, and nothing is asked of another host.
To add a page: a module in `pages` with `ROUTES`, its template, and its name in `pages._PAGES`.
"""
