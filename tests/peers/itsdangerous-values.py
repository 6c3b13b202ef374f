"""itsdangerous. Its argument is the class that signs. How it is asked: see serve.mjs."""

import sys

import itsdangerous

from serve import library, serve

CLASS = sys.argv[1]


def app_of(secrets):
    # It takes the newest last.
    signer = getattr(itsdangerous, CLASS)(secrets[::-1])
    serializes = hasattr(signer, "dumps")

    def make(value):
        return signer.dumps(value) if serializes else signer.sign(value).decode()

    def read(text):
        try:
            return signer.loads(text) if serializes else signer.unsign(text).decode()
        except itsdangerous.BadData:
            return None

    return library(make, read)


serve(app_of)
