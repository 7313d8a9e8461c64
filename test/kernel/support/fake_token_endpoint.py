"""A socket in the place of a token endpoint, for answers that no provider gives."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class FakeTokenEndpoint:
    """Answers as the test says, and notes what was asked."""

    def __init__(self):
        #: The path and the form of each request.
        self.requests = []
        self.status = 200
        self.headers = {}
        self.body = b""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["content-length"])
                form = dict(parse_qsl(self.rfile.read(size).decode()))
                endpoint.requests.append((self.path, form))
                endpoint.write(self)

            def do_GET(self):
                endpoint.requests.append((self.path, None))
                endpoint.write(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    def give(self, body, status=200, **headers):
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status, self.headers = status, headers

    def write(self, request):
        """Answer one request; a test may put something else in its place."""
        request.send_response(self.status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        request.wfile.write(self.body)

    def close(self):
        self._server.shutdown()
        self._server.server_close()
