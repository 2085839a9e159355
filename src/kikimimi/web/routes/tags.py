"""Tags given, taken away, accepted and rejected."""

from fastapi import APIRouter

router = APIRouter()
