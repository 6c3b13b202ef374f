"""Tornado. Its argument is the version of its signed values. How it is asked: see serve.mjs."""

import asyncio
import json
import logging
import os
import sys

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.routing import PathMatches, Rule, RuleRouter
from tornado.web import Application, RequestHandler

logging.disable()  # what it says of forged cookies
VERSION = int(sys.argv[1])


class Cookie(RequestHandler):
    def post(self):
        self.set_signed_cookie("peer", json.loads(self.request.body)["value"], version=VERSION)

    def get(self):
        try:
            value = self.get_signed_cookie("peer")
        except AssertionError:
            # Tornado does not expect version 1 where secrets have numbers.
            value = None
        self.write({"value": None if value is None else value.decode()})


def app_of(secrets):
    if len(secrets) == 1:
        return Application([("/.*", Cookie)], cookie_secret=secrets[0])
    # The newest has the largest number.
    numbered = dict(enumerate(reversed(secrets), 1))
    return Application([("/.*", Cookie)], cookie_secret=numbered, key_version=len(secrets))


async def main():
    lists = json.loads(os.environ["PEER_SECRETS"])
    rules = [Rule(PathMatches(f"/{index}"), app_of(secrets)) for index, secrets in enumerate(lists)]
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(RuleRouter(rules)).add_sockets(sockets)
    print(sockets[0].getsockname()[1], flush=True)
    await IOLoop.current().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
