"""The timbre space: axes, values, layouts."""

from fastapi import APIRouter

router = APIRouter()
