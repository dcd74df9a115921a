"""Gradients along their paths: opened on the page, and as JSON."""

from fastapi import APIRouter

router = APIRouter()
