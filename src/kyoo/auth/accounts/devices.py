"""The name of a device for people, from the label or User-Agent that a session was opened with."""

from __future__ import annotations

import re

MAX_LABEL = 1024

#: Most specific first: browsers name those they descend from, too.
CLIENTS = (
    (re.compile(r"\bEdgA?(?:iOS)?/"), "Edge"),
    (re.compile(r"\bOPR/|\bOpera\b"), "Opera"),
    (re.compile(r"\bVivaldi/"), "Vivaldi"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\bFirefox/|\bFxiOS/"), "Firefox"),
    (re.compile(r"\bCrKey/"), "Chromecast"),
    (re.compile(r"\bChrome/|\bCriOS/|\bChromium/"), "Chrome"),
    (re.compile(r"\bVersion/\S+ .*\bSafari/"), "Safari"),
    (re.compile(r"^okhttp/"), "Android app"),
    (re.compile(r"^(?P<name>[A-Za-z][\w.-]*)/\d"), ""),
)
DEVICES = (
    (re.compile(r"\biPhone\b"), "iPhone"),
    (re.compile(r"\biPad\b"), "iPad"),
    (re.compile(r"\bCrKey\b|\bSMART-TV\b|\bSmartTV\b|\bAFT\w+|\bBRAVIA\b|\bWeb0S\b|\bTV\b"), "TV"),
    (re.compile(r"\bAndroid [^;)]*; (?:[a-z]{2}-[a-z]{2}; )?(?!K\))(?P<name>[^;)]+?)(?: Build/[^;)]*)?[;)]"), ""),
    (re.compile(r"\bMacintosh\b"), "Mac"),
    (re.compile(r"\bMobile\b"), "Phone"),
    (re.compile(r"\bWindows NT\b|\bX11\b|\bCrOS\b"), "PC"),
)
SYSTEMS = (
    (re.compile(r"\bWindows\b"), "Windows"),
    (re.compile(r"\bAndroid\b"), "Android"),
    (re.compile(r"\biPhone\b|\biPad\b"), "iOS"),
    (re.compile(r"\bMac OS X\b"), "macOS"),
    (re.compile(r"\bCrOS\b"), "ChromeOS"),
    (re.compile(r"\bTizen\b"), "Tizen"),
    (re.compile(r"\bWeb0S\b"), "webOS"),
    (re.compile(r"\bLinux\b"), "Linux"),
)
USER_AGENT = re.compile(r"^[\w.-]+/\d\S*( |$)")


def device_label(given: str | None, user_agent: str | None) -> str | None:
    """What is stored: the label of the client, else its User-Agent, else None; cut to what the column may hold."""
    label = "".join(character for character in (given or user_agent or "") if character.isprintable())
    return label.strip()[:MAX_LABEL] or None


def display_name(label: str | None) -> str | None:
    """`Name - Device - OS` of a User-Agent, what is unknown left out; another label as it is."""
    if label is None or not USER_AGENT.match(label):
        return label
    parts = [_first(label, table) for table in (CLIENTS, DEVICES, SYSTEMS)]
    return " - ".join(part for part in parts if part) or label


def _first(label: str, table: tuple[tuple[re.Pattern[str], str], ...]) -> str | None:
    for pattern, name in table:
        if match := pattern.search(label):
            return name or match["name"]
    return None
