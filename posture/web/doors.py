"""The pages before the pages: locked, out of date, and the form for the password."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Literal

__all__ = ["Door", "door_page"]

Door = Literal["locked", "outdated", "opening", "sign_in"]

_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "locked": "This page is locked",
            "locked_text": "Open it by the address that {command} printed when it was started. "
            "That address is new at every start.",
            "outdated": "This address is out of date",
            "outdated_text": "Open the address that {command} printed at its latest start.",
            "opening": "Opening",
            "continue": "Continue",
            "sign_in": "Sign in",
            "password": "Password",
            "wrong": "That is not the password. Try again.",
            "wait": "Too many tries. Wait {seconds} s and try again.",
        },
        "de": {
            "locked": "Diese Seite ist gesperrt",
            "locked_text": "Öffnen Sie sie mit der Adresse, die {command} beim Start ausgegeben "
            "hat. Sie ist bei jedem Start neu.",
            "outdated": "Diese Adresse gilt nicht mehr",
            "outdated_text": "Öffnen Sie die Adresse, die {command} beim letzten Start ausgegeben "
            "hat.",
            "opening": "Wird geöffnet",
            "continue": "Weiter",
            "sign_in": "Anmelden",
            "password": "Passwort",
            "wrong": "Das ist nicht das Passwort. Versuchen Sie es noch einmal.",
            "wait": "Zu viele Versuche. Warten Sie {seconds} s und versuchen Sie es noch einmal.",
        },
    }
)

_COMMAND = "<code>posture serve</code>"

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<title>{title} · posture</title>
{refresh}<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/app.css">
<link rel="stylesheet" href="/static/css/doors.css">
</head>
<body class="door">
<header class="bar-top"><div class="inner"><span class="brand">posture</span></div></header>
<main id="main"><div class="panel">
<h1>{title}</h1>
{body}
</div></main>
</body>
</html>
"""

_FORM = """{alert}<form method="post" action="/login">
<p class="field"><label for="password">{label}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 autofocus maxlength="1024"{described}></p>
<p><button class="button primary" type="submit">{button}</button></p>
</form>"""


def door_page(
    door: Door,
    language: str = "en",
    *,
    is_wrong: bool = False,
    wait_seconds: int = 0,
) -> str:
    """Return one of these pages.

    Parameters
    ----------
    door
        Which one.
    language
        The practice's.
    is_wrong
        With `sign_in`: the password was wrong.
    wait_seconds
        With `sign_in`: how long to wait before the next try.
    """
    texts = _TEXTS[language]
    if door == "sign_in":
        alert = ""
        if wait_seconds:
            alert = texts["wait"].format(seconds=wait_seconds)
        elif is_wrong:
            alert = texts["wrong"]
        body = _form(texts, alert)
    elif door == "opening":
        body = f'<p><a href="/">{texts["continue"]}</a></p>'
    else:
        body = f"<p>{texts[f'{door}_text'].format(command=_COMMAND)}</p>"
    refresh = '<meta http-equiv="refresh" content="0;url=/">\n' if door == "opening" else ""
    return _PAGE.format(language=language, title=texts[door], refresh=refresh, body=body)


def _form(texts: Mapping[str, str], alert: str) -> str:
    told = f'<div class="alert stop" role="alert" id="told"><p>{escape(alert)}</p></div>\n'
    return _FORM.format(
        alert=told if alert else "",
        described=' aria-describedby="told" aria-invalid="true"' if alert else "",
        label=texts["password"],
        button=texts["sign_in"],
    )
