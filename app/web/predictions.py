"""Questions before the walk shows: the switch, the answers, and their list as JSON."""

from fastapi import APIRouter

router = APIRouter()
