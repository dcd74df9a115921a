"""The bug lab: its page, and the verbs of a hunt."""

from fastapi import APIRouter

router = APIRouter()
