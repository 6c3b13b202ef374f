"""JSON Web Tokens with PyPI PyJWT. The jobs and results of jose.mjs, without encryption."""

import json
import secrets

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from jobs import answer

CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1, "secp256k1": ec.SECP256K1}


def run(job):
    if "generate" in job:
        return {"jwk": json.loads(generated(job["generate"]))}
    key = jwt.PyJWK(job["key"], job["alg"]).key
    if "sign" in job:
        return jwt.encode(job["sign"], key, algorithm=job["alg"])
    try:
        return jwt.decode(job["verify"], key, algorithms=[job["alg"]])
    except jwt.InvalidTokenError:
        return None


def generated(name):
    if name.startswith("oct-"):
        return HMACAlgorithm.to_jwk(secrets.token_bytes(int(name[4:])))
    if name == "RSA":
        return RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048))
    if name in CURVES:
        return ECAlgorithm.to_jwk(ec.generate_private_key(CURVES[name]()))
    pair = ed25519.Ed25519PrivateKey if name == "Ed25519" else ed448.Ed448PrivateKey
    return OKPAlgorithm.to_jwk(pair.generate())


answer(run)
