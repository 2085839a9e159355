"""Tags that the library is taught by examples."""

from fastapi import APIRouter

router = APIRouter()
