#!/usr/bin/env python3
"""Serves the demo page on loopback, and in config.json where its proxy is.

usage: serve.py PORT PROXY_URL [FUNCTION_ID]; port 0 lets the system choose. The first line on stdout is the page's address.
"""
import functools
import http.server
import json
import os
import sys


class Page(http.server.SimpleHTTPRequestHandler):
    """The files beside this one and config.json; nothing is cached, so that an edit shows on reload."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def __init__(self, *arguments, settings, **others):
        self.settings = settings
        super().__init__(*arguments, directory=os.path.dirname(os.path.abspath(__file__)), **others)

    def do_GET(self):
        if self.path != "/config.json":
            super().do_GET()
            return
        body = json.dumps(self.settings).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self):
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_):
        """Nobody needs a line for each file of a page."""


def main() -> None:
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    settings = {"proxy": sys.argv[2], "function": sys.argv[3] if len(sys.argv) == 4 else ""}
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), functools.partial(Page, settings=settings))
    print(f"http://localhost:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
