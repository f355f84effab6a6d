"""The AsyncAPI document of the websocket, made from the types of its frames."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from kyoo import __version__
from kyoo.api.models import events, socket

#: What clients send, and what they are told beside events.
SENT: tuple[type[BaseModel], ...] = (
    socket.Ping,
    socket.Watch,
    socket.Subscribe,
    socket.Unsubscribe,
    socket.State,
    socket.Command,
    socket.InRoom,
    socket.Clock,
)
ANSWERED: tuple[type[BaseModel], ...] = (
    socket.Watched,
    socket.Subscribed,
    socket.Unsubscribed,
    socket.Reload,
    socket.Delivered,
    socket.Steered,
    socket.Done,
    socket.Told,
    socket.Refusal,
)
SCHEMAS = "#/components/schemas/{model}"


@cache
def document() -> dict[str, Any]:
    """AsyncAPI 3.0."""
    told: tuple[type[BaseModel], ...] = (*ANSWERED, *events.EVENTS)
    every: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in SENT),
        *((model, "serialization") for model in told),
    ]
    references, definitions = models_json_schema(every, ref_template=SCHEMAS)
    messages = {
        model.__name__: {
            "name": model.__name__,
            "contentType": "application/json",
            "summary": " ".join((model.__doc__ or "").split()),
            "payload": references[model, mode],
        }
        for model, mode in every
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Kyoo websocket", "version": __version__, "description": "See docs/using/realtime.md."},
        "defaultContentType": "application/json",
        "channels": {
            "socket": {
                "address": "/api/ws",
                "description": "Texts in JSON, both ways. The subprotocol `kyoo` is chosen when it is offered.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": {
            "ask": _operation("receive", SENT, "What a client sends"),
            "tell": _operation("send", told, "What a client is told"),
        },
        "components": {"messages": messages, "schemas": definitions.get("$defs", {})},
    }


def _operation(action: str, models: tuple[type[BaseModel], ...], summary: str) -> dict[str, Any]:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{model.__name__}"} for model in models],
    }
