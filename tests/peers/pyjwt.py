"""JSON Web Tokens with PyPI PyJWT. The same jobs and results as jose.mjs."""

import base64
import json
import sys

import jwt


def run(job):
    key = base64.b64decode(job["key"])
    if "sign" in job:
        return jwt.encode(job["sign"], key, algorithm=job["alg"])
    try:
        return jwt.decode(job["verify"], key, algorithms=[job["alg"]])
    except jwt.InvalidTokenError:
        return None


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
