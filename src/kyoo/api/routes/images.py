"""The pictures themselves: one file per image and width."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
