"""Rows of sounds; missing ones, and where they are in the file manager."""

from fastapi import APIRouter

router = APIRouter()
