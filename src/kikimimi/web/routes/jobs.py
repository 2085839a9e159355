"""Work in the background: indexing."""

from fastapi import APIRouter

router = APIRouter()
