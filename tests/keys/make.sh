#!/usr/bin/env bash
# How the keys in this folder were made: with OpenSSL 3. They are used for nothing but tests.
set -euo pipefail
cd "$(dirname "$0")"
for kind in ed25519 ed448 x25519 x448; do
    openssl genpkey -algorithm "$kind" -out "$kind.pem"
    openssl pkey -in "$kind.pem" -pubout -out "$kind.pub.pem"
done
for curve in prime256v1 secp384r1 secp521r1 secp256k1; do
    # With the parameters' block in front.
    openssl ecparam -name "$curve" -genkey -out "$curve.sec1.pem"
    openssl pkcs8 -topk8 -nocrypt -in "$curve.sec1.pem" -out "$curve.pem"
    openssl ec -in "$curve.sec1.pem" -pubout -out "$curve.pub.pem"
    openssl ec -in "$curve.sec1.pem" -pubout -conv_form compressed -out "$curve.compressed.pem"
done
openssl ec -in prime256v1.sec1.pem -param_enc explicit -out explicit.sec1.pem
openssl pkcs8 -topk8 -in prime256v1.sec1.pem -passout pass:test -out encrypted.pem
openssl ec -in prime256v1.sec1.pem -aes256 -passout pass:test -out encrypted.sec1.pem
# Short, so that the tests are quick.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa.pem
openssl rsa -in rsa.pem -traditional -out rsa.pkcs1.pem
openssl rsa -in rsa.pem -pubout -out rsa.pub.pem
openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa.pkcs1.pub.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024 -out rsa-pss.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_primes:3 -out rsa-3-primes.pem
# A chain: the certificate of ed25519.pem first, then that of its issuer, prime256v1.pem.
openssl req -x509 -new -key prime256v1.pem -days 7300 -subj "/C=DE/O=Keyjar Tests/CN=Root" -out root.crt.pem
openssl req -new -key ed25519.pem -utf8 -subj "/O=Größe, Tests/OU=Keys/CN=keys.example" -out leaf.csr.pem
openssl x509 -req -in leaf.csr.pem -CA root.crt.pem -CAkey prime256v1.pem -set_serial 7 -days 365 -out leaf.crt.pem
cat leaf.crt.pem root.crt.pem > chain.crt.pem
