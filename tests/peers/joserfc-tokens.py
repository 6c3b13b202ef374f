"""JSON Web Tokens with PyPI joserfc. The jobs and results of jose.mjs."""

import warnings

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from jobs import answer

# The name EdDSA is deprecated, and read by all.
warnings.simplefilter("ignore")


def run(job):
    if "generate" in job:
        return {"jwk": generated(job["generate"]).as_dict(private=True)}
    alg, enc, key = job["alg"], job.get("enc"), JWKRegistry.import_key(job["key"])
    registry = JWERegistry(algorithms=[alg, enc]) if enc else JWSRegistry(algorithms=[alg])
    header = {"alg": alg, **({"enc": enc} if enc else {})}
    if "sign" in job or "encrypt" in job:
        return jwt.encode(header, job.get("sign", job.get("encrypt")), key, registry=registry)
    try:
        return jwt.decode(job.get("verify", job.get("decrypt")), key, registry=registry).claims
    except (JoseError, ValueError):
        return None


def generated(name):
    if name.startswith("oct-"):
        return OctKey.generate_key(int(name[4:]) * 8)
    if name == "RSA":
        return RSAKey.generate_key(2048)
    return (ECKey if name[0] in "Ps" else OKPKey).generate_key(name)


answer(run)
