"""The Fernet of cryptography. How it is asked: see serve.mjs."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from serve import library, serve


def app_of(secrets):
    fernet = MultiFernet([Fernet(secret) for secret in secrets])

    def read(text):
        try:
            return fernet.decrypt(text).decode()
        except InvalidToken:
            return None

    return library(lambda value: fernet.encrypt(value.encode()).decode(), read)


serve(app_of)
