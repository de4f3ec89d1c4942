"""Pricing: tariff requests, agreements, credit."""

from fastapi import FastAPI

from chassis.http.app import Service, create_app
from chassis.settings import Settings


def create() -> FastAPI:
    """Build the service from its environment."""
    return create_app(Settings(), Service(title="资费与协议 Pricing", routers=()))
