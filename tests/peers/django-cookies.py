"""Django. Its argument is what is asked for: a session, a signed cookie, or a text of django.core.signing.
How it is asked: see serve.mjs."""

import json
import sys

import django
from django.conf import settings
from django.core import signing
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.test.utils import override_settings
from django.urls import path

from serve import library, serve

settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of nobody",
    SESSION_COOKIE_NAME="peer",
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
)


def session(request):
    if request.method == "POST":
        request.session.update(json.loads(request.body)["value"])
        return JsonResponse({})
    return JsonResponse({"value": dict(request.session.items()) or None})


def cookie(request):
    response = JsonResponse({"value": request.get_signed_cookie("peer", None)})
    if request.method == "POST":
        response.set_signed_cookie("peer", json.loads(request.body)["value"])
    return response


def read(text):
    try:
        return signing.loads(text)
    except signing.BadSignature:
        return None


asked = sys.argv[1]
if asked == "signing":
    django.setup()
    app = library(lambda value: signing.dumps(value, compress=True), read)
else:
    urlpatterns = [path("", {"session": session, "cookie": cookie}[asked])]
    app = get_wsgi_application()


def app_of(secrets):
    def with_secrets(environ, start_response):
        with override_settings(SECRET_KEY=secrets[0], SECRET_KEY_FALLBACKS=secrets[1:]):
            return app(environ, start_response)

    return with_secrets


serve(app_of)
