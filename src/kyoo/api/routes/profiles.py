"""The profiles of people: their watch list, history and next up."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
