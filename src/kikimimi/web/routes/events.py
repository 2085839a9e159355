"""Server-sent events: what changes while the page is open."""

from fastapi import APIRouter

router = APIRouter()
