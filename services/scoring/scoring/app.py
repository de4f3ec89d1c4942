"""Scoring: the results of bureaus, managers and goals, from events alone."""

from fastapi import FastAPI

from chassis.http.app import Service, create_app
from chassis.settings import Settings


def create() -> FastAPI:
    """Build the service from its environment."""
    return create_app(Settings(), Service(title="考评与通报 Scoring", routers=()))
