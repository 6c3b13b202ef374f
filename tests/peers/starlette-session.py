"""Starlette's SessionMiddleware, which is FastAPI's too. How it is asked: see serve.mjs."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Route

from serve import asgi, serve


async def session(request):
    if request.method == "POST":
        request.session.update((await request.json())["value"])
    return JSONResponse({"value": request.session or None})


def app_of(secrets):
    middleware = Middleware(SessionMiddleware, secret_key=secrets[0], session_cookie="peer")
    routes = [Route("/", session, methods=["GET", "POST"])]
    return asgi(Starlette(routes=routes, middleware=[middleware]))


serve(app_of)
