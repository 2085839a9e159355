"""Counts within a result, and what the query bar suggests."""

from fastapi import APIRouter

router = APIRouter()
