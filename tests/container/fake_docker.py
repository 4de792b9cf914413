"""The part of Docker's API that Testcontainers needs; a container is `mockmail serve` on free ports of this machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

CONTAINER_ID = "c" * 64
PATIENCE = 60


class FakeContainer:
    """What was asked for in `containers/create`, and the server that runs for it."""

    def __init__(self, request: dict[str, Any], folder: Path) -> None:
        self.request = request
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run the server with the variables of the container, its mounted folders in their place."""
        given = dict(pair.split("=", 1) for pair in self.request["Env"])
        for bind in self.request["HostConfig"].get("Binds") or []:
            source, target, _ = bind.split(":")
            assert target == "/init"
            given["MOCKMAIL_INIT_DIR"] = source
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MOCKMAIL_")}
        ready = self._folder / "ready.json"
        ports = ["--http-port", "0", "--smtp-port", "0", "--ready-file", str(ready)]
        with (self._folder / "log").open("wb") as log:
            command = [sys.executable, "-m", "mockmail", "serve", *ports]
            self._process = subprocess.Popen(command, env=inherited | given, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while not ready.exists() and time.monotonic() < end and self._process.poll() is None:
            time.sleep(0.02)

    @property
    def ports(self) -> dict[str, list[dict[str, str]]]:
        """The ports of this machine for those of the container, as Docker shows them."""
        facts = json.loads((self._folder / "ready.json").read_text("utf-8"))
        known = {"8025/tcp": int(facts["http"].rpartition(":")[2]), "1025/tcp": facts["smtp_port"]}
        exposed = self.request["ExposedPorts"]
        return {port: [{"HostIp": "127.0.0.1", "HostPort": str(known[port])}] for port in exposed}

    def stop(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)

    def document(self) -> dict[str, Any]:
        """What `containers/ID/json` shows."""
        running = self._process is not None and self._process.poll() is None
        state = {"Status": "running" if running else "exited", "Running": running}
        ports = self.ports if running else {}
        return {
            "Id": CONTAINER_ID,
            "Image": self.request["Image"],
            "Config": {"Tty": False, "Env": self.request["Env"]},
            "State": state,
            "NetworkSettings": {"Ports": ports, "Networks": {}},
            "HostConfig": {"NetworkMode": "default", "LogConfig": {"Type": "json-file", "Config": {}}},
        }


class FakeDocker:
    """A Docker daemon that knows one image and keeps one container."""

    def __init__(self, image: str, folder: Path) -> None:
        self.image = image
        self.removed = False
        self.container: FakeContainer | None = None
        self._folder = folder
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.container is not None:
            self.container.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        """The value of DOCKER_HOST."""
        return f"tcp://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Return the status and the document for a request."""
        own = f"/containers/{CONTAINER_ID}"
        calls = {
            "GET /version": lambda: (200, {"ApiVersion": "1.44", "Version": "fake"}),
            f"GET /images/{self.image}/json": lambda: (200, {"Id": "sha256:" + "a" * 64, "RepoTags": [self.image]}),
            "POST /containers/create": lambda: self._create(body),
            f"POST {own}/start": lambda: (204, self._existing.start()),
            f"GET {own}/json": lambda: (200, self._existing.document()),
            f"DELETE {own}": self._remove,
        }
        call = calls.get(f"{method} {path}")
        return call() if call else (404, {"message": f"the fake does not know {method} {path}"})

    @property
    def _existing(self) -> FakeContainer:
        assert self.container is not None
        return self.container

    def _create(self, request: dict[str, Any]) -> tuple[int, Any]:
        self.container = FakeContainer(request, self._folder)
        return 201, {"Id": CONTAINER_ID, "Warnings": []}

    def _remove(self) -> tuple[int, Any]:
        self._existing.stop()
        self.removed = True
        return 204, None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        docker = self

        class Handler(BaseHTTPRequestHandler):
            def _respond(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path = re.sub(r"^/v1\.\d+|\?.*$", "", self.path)
                status, document = docker.answer(self.command, path, json.loads(content) if content else None)
                sent = b"" if document is None else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_DELETE = _respond  # noqa: N815  # the names of the standard library

            def log_message(self, *_: object) -> None:
                pass

        return Handler
