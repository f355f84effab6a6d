"""The forms of messages: JSON as it is, and what Discord, ntfy and Gotify take. No HTTP, no database."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Form = Literal["json", "discord", "ntfy", "gotify"]

#: Of the text of a message; Discord takes 2000.
LENGTH = 1500
#: Titles that a text names; the rest is counted.
NAMED = 10
#: What Discord would take for layout, a mention or a link.
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|>~<@:])")


@dataclass(frozen=True, slots=True)
class Formed:
    """A request: the address that it goes to is that of the webhook and `path`."""

    body: bytes
    content_type: str
    headers: dict[str, str]
    path: str = ""


def formed(form: str, body: dict[str, Any], token: str | None) -> Formed:
    text = sentence(body)
    match form:
        case "discord":
            # Names that somebody chose mention nobody and lay nothing out.
            content: dict[str, Any] = {"content": MARKDOWN.sub(r"\\\1", text)[:2000], "allowed_mentions": {"parse": []}}
            return Formed(_json(content), "application/json", {})
        case "ntfy":
            return Formed(text.encode(), "text/plain; charset=utf-8", {"Title": "Kyoo", **_bearer(token)})
        case "gotify":
            content = {"title": "Kyoo", "message": text, "priority": 4}
            return Formed(_json(content), "application/json", {"X-Gotify-Key": token} if token else {}, "/message")
        case _:
            return Formed(_json(body), "application/json", _bearer(token))


def sentence(body: dict[str, Any]) -> str:
    """What happened, in a line."""
    data = body["data"]
    match body["type"]:
        case "test":
            said = data["message"]
        case "title.added":
            said = f"New: {_listed([str(item.get('name') or item['slug']) for item in data['items']], data)}"
        case "episode.added":
            said = f"New episodes: {_listed([_arrived(item) for item in data['items']], data)}"
        case "scan.ended":
            said = f"The scan has ended: {data['found']} files found, {data['failed']} failed"
        case "user.registered":
            said = f"{data['user']['username']} has registered"
        case kind:
            who = data["user"].get("username") or "Somebody"
            if kind == "title.scored":
                score = data["score"]
                said = f"{who} takes the score of {_title(data)} back"
                said = said if score is None else f"{who} gives {_title(data)} a score of {score} of 100"
                return said[:LENGTH]
            said = f"{who} {VERBS[kind]} {_title(data)}"
    return str(said)[:LENGTH]


VERBS = {
    "play.started": "started",
    "play.paused": "paused",
    "play.resumed": "resumed",
    "play.stopped": "stopped",
    "play.finished": "finished",
}


def _listed(names: list[str], data: dict[str, Any]) -> str:
    rest = len(names) - NAMED
    more = " and more" if data.get("more") else f" and {rest} more" if rest > 0 else ""
    return ", ".join(names[:NAMED]) + more


def _arrived(item: dict[str, Any]) -> str:
    others = item["number"] - 1
    return _title(item) + (f" + {others}" if others else "")


def _title(data: dict[str, Any]) -> str:
    show, entry = data["show"], data["entry"] or {}
    name = show.get("name") or show["slug"]
    if entry.get("kind") == "episode":
        numbers = f"S{entry['seasonNumber']:02d}E{entry['episodeNumber']:02d}"
        return f"{name} {numbers}" + (f" ({entry['name']})" if entry.get("name") else "")
    if entry.get("name") and show["kind"] != "movie":
        return f"{name} ({entry['name']})"
    return str(name)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
