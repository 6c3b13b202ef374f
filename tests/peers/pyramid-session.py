"""Pyramid's SignedCookieSessionFactory. How it is asked: see serve.mjs."""

from pyramid.config import Configurator
from pyramid.session import SignedCookieSessionFactory

from serve import serve


def session(request):
    if request.method == "POST":
        request.session.update(request.json_body["value"])
        return {}
    return {"value": dict(request.session) or None}


def app_of(secrets):
    with Configurator(session_factory=SignedCookieSessionFactory(secrets[0], cookie_name="peer")) as config:
        config.add_route("session", "/")
        config.add_view(session, route_name="session", renderer="json")
        return config.make_wsgi_app()


serve(app_of)
