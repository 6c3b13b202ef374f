"""JSON Web Tokens with PyPI jwcrypto. The jobs and results of jose.mjs."""

import json

from jwcrypto import jwe, jwk, jwt
from jwcrypto.common import JWException
from jobs import answer

# It refuses many rounds without being told.
jwe.default_max_pbkdf2_iterations = 1_000_000


def run(job):
    if "generate" in job:
        return {"jwk": json.loads(jwk.JWK.generate(**parameters(job["generate"])).export())}
    alg, enc, key = job["alg"], job.get("enc"), jwk.JWK(**job["key"])
    header = {"typ": "JWT", "alg": alg, **({"enc": enc} if enc else {})}
    if "sign" in job or "encrypt" in job:
        token = jwt.JWT(header=header, claims=job.get("sign", job.get("encrypt")))
        token.make_signed_token(key) if "sign" in job else token.make_encrypted_token(key)
        return token.serialize()
    text = job.get("verify", job.get("decrypt"))
    try:
        kind = {"jwt": text, "key": key, "algs": [alg, enc] if enc else [alg]}
        return json.loads(jwt.JWT(**kind, expected_type="JWE" if enc else "JWS").claims)
    except (JWException, ValueError):
        return None


def parameters(name):
    if name.startswith("oct-"):
        return {"kty": "oct", "size": int(name[4:]) * 8}
    if name == "RSA":
        return {"kty": "RSA", "size": 2048}
    if name.startswith("ML-DSA"):
        return {"kty": "AKP", "alg": name}
    return {"kty": "EC" if name[0] in "Ps" else "OKP", "crv": name}


answer(run)
