"""Tiering: usage, classes and their yearly review."""

from fastapi import FastAPI

from chassis.http.app import Service, create_app
from chassis.settings import Settings


def create() -> FastAPI:
    """Build the service from its environment."""
    return create_app(Settings(), Service(title="用邮与分级 Tiering", routers=()))
