"""The sounds themselves, by id, with ranges."""

from fastapi import APIRouter

router = APIRouter()
