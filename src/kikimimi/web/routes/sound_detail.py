"""What the page of one sound shows: waveform, spectrogram, tags over time, metadata."""

from fastapi import APIRouter

router = APIRouter()
