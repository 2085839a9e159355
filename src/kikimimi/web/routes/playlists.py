"""Playlists."""

from fastapi import APIRouter

router = APIRouter()
