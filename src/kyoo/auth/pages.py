"""The pages that this service shows itself: plain HTML without scripts, which needs no other part of this server."""

from __future__ import annotations

from html import escape

from kyoo.auth.models.federation import AuthorizationRequest

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; background: #14161a; color: #e8e8ea; margin: 0; }
main { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } strong { overflow-wrap: anywhere; }
label { display: block; margin: .75rem 0; }
input { display: block; width: 100%; box-sizing: border-box; font: inherit; padding: .5rem; }
a { color: #6ea8fe; }
button { font: inherit; padding: .5rem 1rem; margin: .5rem .5rem 0 0; }
[role=alert] { border-left: 4px solid #e5484d; padding-left: .75rem; }
:focus-visible { outline: 3px solid #6ea8fe; outline-offset: 2px; }
"""


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{STYLE}</style>
<main>
<h1>{escape(title)}</h1>
{body}
</main>
</html>
"""


def login_failed(message: str, home: str) -> str:
    """For a browser whose login at a provider ends here, as it is not known where it began."""
    return _page(
        "Could not log in", f'<p role="alert">{escape(message)}</p><p><a href="{escape(home)}/">Go back</a></p>'
    )


def consent(
    request: AuthorizationRequest, host: str, ours: str, *, message: str = "", challenge: str = "", ask: bool = False
) -> str:
    """A user agrees to log in at another instance: `host` asks, `ours` is this one. `challenge`: the second step of a
    login. `ask`: for name and password. (docs/decisions/0010-federation.md)"""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">'
        for name, value in {
            **request.model_dump(include=set(AuthorizationRequest.model_fields)),
            "challenge": challenge,
        }.items()
        if value
    )
    alert = f'<p role="alert">{escape(message)}</p>' if message else ""
    if challenge:
        fields = (
            "<label>Code of your authenticator, or a recovery code"
            '<input name="code" autocomplete="one-time-code" required autofocus></label>'
        )
    elif ask:
        fields = (
            '<label>Username or e-mail<input name="login" autocomplete="username" required autofocus></label>'
            '<label>Password<input name="password" type="password" autocomplete="current-password" required></label>'
        )
    else:
        fields = "<p>You go on as the user whom this browser is logged in as here.</p>"
    return _page(
        f"Log in at {host}",
        f"""<p><strong>{escape(host)}</strong> wants to know who you are on <strong>{escape(ours)}</strong>. It learns
your username, your e-mail address and your picture. It cannot do anything in your name.</p>
{alert}
<form method="post" action="/auth/federation/authorize">
{hidden}{fields}
<button name="allow" value="true">Continue</button>
<button name="allow" value="false" formnovalidate>Cancel</button>
</form>""",
    )
