# The cookie jars of Rails. The arguments are which one, "signed" or "encrypted", and the serializer. How it is asked:
# see serve.mjs.
require "active_support/all"
require "active_support/messages/rotation_configuration"
require "action_dispatch"
require "openssl"
require_relative "serve"

JAR, SERIALIZER = ARGV

class App
  # Every secret is a secret_key_base; the older ones are rotated out.
  def initialize(secrets)
    @env = {
      "action_dispatch.authenticated_encrypted_cookie_salt" => "authenticated encrypted cookie",
      "action_dispatch.cookies_rotations" => rotations(secrets.drop(1)),
      "action_dispatch.cookies_serializer" => SERIALIZER.to_sym,
      "action_dispatch.encrypted_cookie_cipher" => "aes-256-gcm",
      "action_dispatch.key_generator" => keys(secrets.first),
      "action_dispatch.secret_key_base" => secrets.first,
      "action_dispatch.signed_cookie_digest" => "SHA1",
      "action_dispatch.signed_cookie_salt" => "signed cookie",
      "action_dispatch.use_authenticated_cookie_encryption" => true,
      "action_dispatch.use_cookies_with_metadata" => true,
    }
  end

  def post(value)
    set_cookie = nil
    call("") { |jar| jar["peer"] = { value: value } }[1].each do |name, lines|
      set_cookie = Array(lines).join("\n") if name.downcase == "set-cookie"
    end
    set_cookie
  end

  def get(cookie)
    value = nil
    call(cookie) { |jar| value = jar["peer"] }
    value
  end

  private

  def call(cookie)
    app = lambda do |env|
      yield ActionDispatch::Request.new(env).cookie_jar.public_send(JAR)
      [200, {}, []]
    end
    env = Rack::MockRequest.env_for("http://localhost/", "HTTP_COOKIE" => cookie)
    ActionDispatch::Cookies.new(app).call(env.merge(@env))
  end

  # With SHA-1, as up to Rails 6.1 and in applications that come from there.
  def keys(secret)
    ActiveSupport::KeyGenerator.new(secret, iterations: 1000, hash_digest_class: OpenSSL::Digest::SHA1)
  end

  def rotations(secrets)
    rotations = ActiveSupport::Messages::RotationConfiguration.new
    secrets.each do |secret|
      rotations.rotate(:signed, keys(secret).generate_key("signed cookie"), digest: "SHA1")
      rotations.rotate(:encrypted, keys(secret).generate_key("authenticated encrypted cookie", 32), cipher: "aes-256-gcm")
    end
    rotations
  end
end

serve { |secrets| App.new(secrets) }
