"""Bottle. How it is asked: see serve.mjs."""

import warnings

from bottle import Bottle, request, response

from serve import serve

warnings.simplefilter("ignore")  # Bottle would rather sign texts only


def app_of(secrets):
    app = Bottle()

    @app.post("/")
    def post():
        response.set_cookie("peer", request.json["value"], secret=secrets[0])
        return {}

    @app.get("/")
    def get():
        return {"value": request.get_cookie("peer", secret=secrets[0])}

    return app


serve(app_of)
