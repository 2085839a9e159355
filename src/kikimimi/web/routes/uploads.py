"""Sounds that the page sends: dropped files and takes of the microphone."""

from fastapi import APIRouter

router = APIRouter()
