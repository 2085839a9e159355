"""Ranked lists of sounds that the server keeps under a key."""

from fastapi import APIRouter

router = APIRouter()
