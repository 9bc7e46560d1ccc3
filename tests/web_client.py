"""Asks an application without any network, as a browser or a program would."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

HOME = "http://127.0.0.1:8765"


class WebClient:
    """Sends requests to an ASGI application; keeps cookies, follows no redirects."""

    def __init__(self, app: Any, home: str = HOME) -> None:
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 50_000))
        self._client = httpx.AsyncClient(transport=transport, base_url=home)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Return the answer to one request."""
        return self._runner.run(self._client.request(method, path, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Return the answer to GET."""
        return self.request("GET", path, **more)

    def head(self, path: str, **more: Any) -> httpx.Response:
        """Return the answer to HEAD."""
        return self.request("HEAD", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Return the answer to POST."""
        return self.request("POST", path, **more)

    def close(self) -> None:
        """End the loop the application ran in."""
        self._runner.run(self._client.aclose())
        self._runner.close()
