# Runs snippets in Python: each sets its cookie, and reads that of Keyjar. See ../snippets.rs.
import asyncio
import http.client
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from types import ModuleType, SimpleNamespace
from urllib.parse import unquote

# What a fragment leaves what it read in.
READ = {
    "jws": "claims", "itsdangerous-url-safe": "data", "itsdangerous-signer": "text", "django-signer": "text",
    "branca": "data", "fernet": "data", "paseto": "claims", "signed-value": "text", "django-session-data": "data",
}


def run(job):
    os.environ.update(job["env"])
    scheme, code = job["scheme"], job["code"]
    response = Response()
    cookies = dict(pair.split("=", 1) for pair in job["cookie"].split("; "))
    cookies = {name: unquote(value.strip('"')) for name, value in cookies.items()}
    module = sys.modules["snippet"] = ModuleType("snippet")
    names = vars(module)
    names.update(request=SimpleNamespace(cookies=cookies, COOKIES=cookies), response=response)
    if scheme.startswith("django"):
        return django(scheme, code, names, job, response)
    exec(compile(code, "snippet", "exec"), names)
    if scheme in READ:
        return {"before": names[READ[scheme]], "set": response.lines}
    app = app_of(names)
    result = ask(app, job["cookie"])
    if not result["set"]:
        # Beaker sets none where it takes the id.
        before = job["value"] if scheme == "beaker-session-id" else result["before"]
        result = {"before": before, "set": ask(app, "")["set"]}
    return result


def app_of(names):
    if "route" in names:
        import bottle
        return bottle.default_app()
    if "app" in names:
        return names["app"]
    from pyramid.config import Configurator
    config = names.get("config", Configurator())
    config.add_route("index", "/")
    config.add_view(names["index"], route_name="index", renderer="json")
    return config.make_wsgi_app()


# The whole file stands for settings.py and a view.
def django(scheme, code, names, job, response):
    from django.conf import settings
    from django.http import HttpResponse
    said = re.search(r"settings\.py: (SECRET_KEY = .*)", code)
    if said:
        names["os"] = os
        exec(said[1], names)
        settings.configure(SECRET_KEY=names["SECRET_KEY"])
    import django
    if scheme == "django-session-data":
        # Without the row, for which there is no database.
        settings.INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.sessions"]
        django.setup()
        exec(code.split("\nrow =")[0], names)
        value = names["value"]
        data = names["SessionStore"]().decode(names["request"].cookies[job["name"]])
        return {"before": data, "set": [f"{job['name']}={value}"]}
    exec(compile(code, "snippet", "exec"), names)
    if scheme in READ:
        return {"before": names[READ[scheme]], "set": response.lines}
    if not settings.configured:
        settings.configure(**{name: value for name, value in names.items() if name.isupper()})
    django.setup()
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["*"]
    settings.MIDDLEWARE = [
        "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    ]
    from django.core.wsgi import get_wsgi_application
    from django.urls import path
    urlpatterns.append(path("", names["index"]))
    return ask(get_wsgi_application(), job["cookie"])


urlpatterns = []


# Asks an application of any kind for `/`.
def ask(app, cookie):
    kind = type(app).__module__.split(".")[0]
    if kind in ("starlette", "fastapi", "litestar", "quart"):
        return asyncio.run(asgi(app, cookie))
    if kind in ("tornado", "aiohttp"):
        return asyncio.run(listening(kind, app, cookie))
    found = {}

    def start_response(status, headers, _info=None):
        found.update(status=status, headers=headers)

    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost", "HTTP_COOKIE": cookie,
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": open(os.devnull, "rb"),
        "wsgi.errors": sys.stderr, "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": True,
    }
    body = b"".join(app(environ, start_response))
    return answer(int(found["status"].split()[0]), found["headers"], body)


async def asgi(app, cookie):
    start, body = {}, bytearray()

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive():
        return requests.pop() if requests else await asyncio.Event().wait()

    async def send(message):
        start.update(message) if message["type"].endswith("start") else body.extend(message.get("body", b""))

    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "",
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())], "client": ("127.0.0.1", 1),
        "server": ("localhost", 80), "extensions": {},
    }
    await app(scope, receive, send)
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return answer(start["status"], headers, bytes(body))


async def listening(kind, app, cookie):
    if kind == "tornado":
        server = app.listen(0, "127.0.0.1")
        port = next(iter(server._sockets.values())).getsockname()[1]
    else:
        from aiohttp import web
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
    return await asyncio.to_thread(get, port, cookie)


def get(port, cookie):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/", headers={"Cookie": cookie})
    response = connection.getresponse()
    return answer(response.status, response.getheaders(), response.read())


def answer(status, headers, body):
    text = body.decode()
    if status != 200:
        raise RuntimeError(f"{status}: {text}")
    lines = [value for name, value in headers if name.lower() == "set-cookie"]
    try:
        return {"before": json.loads(text)["before"], "set": lines}
    except ValueError:
        return {"before": text, "set": lines}


# What a fragment sets its cookie on.
class Response:
    def __init__(self):
        self.lines = []

    def set_cookie(self, name, value, **attributes):
        self.lines.append(f"{name}={value}")


# Each in a process of its own: frameworks keep settings and routes in globals.
def apart(job):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        with open(theirs, "w") as pipe, tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            signal.alarm(20)
            try:
                result = run(job)
            except ModuleNotFoundError as error:
                result = {"missing": error.name}
            except BaseException:
                result = {"error": traceback.format_exc()}
            json.dump(result, pipe, default=bytes.decode)
        os._exit(0)
    os.close(theirs)
    with open(ours) as pipe:
        text = pipe.read()
    os.wait()
    return json.loads(text)


print(json.dumps([apart(job) for job in json.load(sys.stdin)]))
