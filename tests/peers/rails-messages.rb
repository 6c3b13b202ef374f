# The messages of ActiveSupport, as cookies. The arguments are the class that makes them, and the serializer. How it is
# asked: see serve.mjs.
require "active_support/all"
require "cgi"
require "openssl"
require_relative "serve"

CLASS, SERIALIZER = ARGV
OPTIONS = { serializer: Object.const_get(SERIALIZER) }

class Verifier
  # The older secrets are rotated out.
  def initialize(secrets)
    @verifier = ActiveSupport::MessageVerifier.new(secrets.first, **OPTIONS)
    secrets.drop(1).each { |secret| @verifier.rotate(secret) }
  end

  def post(value)
    "peer=" + CGI.escape(@verifier.generate(value, purpose: "login"))
  end

  def get(cookie)
    @verifier.verified(CGI.unescape(cookie.delete_prefix("peer=")), purpose: "login")
  end
end

class Encryptor
  def initialize(secrets)
    keys = secrets.map { |secret| key(secret) }
    @encryptor = ActiveSupport::MessageEncryptor.new(keys.first, cipher: "aes-256-gcm", **OPTIONS)
    keys.drop(1).each { |key| @encryptor.rotate(key) }
  end

  def post(value)
    "peer=" + CGI.escape(@encryptor.encrypt_and_sign(value, purpose: "login"))
  end

  def get(cookie)
    message = CGI.unescape(cookie.delete_prefix("peer="))
    @encryptor.decrypt_and_verify(message, purpose: "login")
  rescue ActiveSupport::MessageEncryptor::InvalidMessage
    nil
  end

  private

  def key(secret)
    options = { iterations: 1000, hash_digest_class: OpenSSL::Digest::SHA1 }
    ActiveSupport::KeyGenerator.new(secret, **options).generate_key("salt of the peer", 32)
  end
end

serve { |secrets| Object.const_get(CLASS).new(secrets) }
