"""Files: registered, linked to entries, looked up, played."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/api", tags=["videos"])
