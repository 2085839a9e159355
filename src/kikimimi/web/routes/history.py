"""The journal of changes, undo and redo."""

from fastapi import APIRouter

router = APIRouter()
