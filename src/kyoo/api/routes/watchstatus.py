"""What a person says of a movie or serie: planned, watching, completed…"""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
