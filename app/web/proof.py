"""Gradients checked numerically: the switch on the page, and the check as JSON."""

from fastapi import APIRouter

router = APIRouter()
