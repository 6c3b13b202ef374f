"""What the peers in Python have in common. How they are asked: see serve.mjs."""

import asyncio
import json
import os
import sys
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server


def serve(app_of):
    """`app_of(secrets)` gives a WSGI app."""
    apps = [app_of(secrets) for secrets in json.loads(os.environ["PEER_SECRETS"])]

    def app(environ, start_response):
        _, index, *rest = environ["PATH_INFO"].split("/", 2)
        environ["PATH_INFO"] = "/" + "".join(rest)
        return apps[int(index)](environ, start_response)

    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def library(make, read):
    """A WSGI app of two functions: `make(value)` gives what the cookie is, and `read(text)` what it holds, or None."""

    def app(environ, start_response):
        headers, answer = [], {}
        if environ["REQUEST_METHOD"] == "POST":
            headers.append(("Set-Cookie", "peer=" + make(json.loads(body(environ))["value"])))
        else:
            answer["value"] = read(environ["HTTP_COOKIE"].partition("=")[2])
        start_response("200 OK", headers)
        return [json.dumps(answer).encode()]

    return app


def asgi(app):
    """A WSGI app of an ASGI app."""

    def wsgi(environ, start_response):
        sent = []

        async def receive():
            return {"type": "http.request", "body": body(environ)}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"],
            "query_string": b"",
            "headers": [(b"cookie", environ.get("HTTP_COOKIE", "").encode("latin-1"))],
        }
        asyncio.run(app(scope, receive, send))
        headers = [(name.decode("latin-1"), text.decode("latin-1")) for name, text in sent[0]["headers"]]
        start_response(f"{sent[0]['status']} OK", headers)
        return [message["body"] for message in sent[1:]]

    return wsgi


def body(environ):
    return environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
