"""Flask's session. How it is asked: see serve.mjs."""

from flask import Flask, request, session

from serve import serve


def app_of(secrets):
    app = Flask(__name__)
    app.config.update(SECRET_KEY=secrets[0], SECRET_KEY_FALLBACKS=secrets[1:])

    @app.post("/")
    def post():
        session.update(request.get_json()["value"])
        return {}

    @app.get("/")
    def get():
        return {"value": dict(session) or None}

    return app


serve(app_of)
