# Runs snippets in Ruby: each sets its cookie, and reads that of Keyjar. See ../snippets.rs.
require "json"
require "rack"
begin
  # Once, for all that are forked.
  require "active_support/all"
  require "active_support/messages/rotation_configuration"
  require "action_dispatch"
  [ActionDispatch::Cookies, ActionDispatch::Session::CookieStore, ActionDispatch::Request, Rack::MockRequest]
  [ActiveSupport::KeyGenerator, ActiveSupport::MessageEncryptor, ActiveSupport::MessageVerifier]
rescue LoadError
  # Each then says what it misses.
end

# What config/application.rb is, of an application that configures nothing else.
class Settings
  USUAL = {
    authenticated_encrypted_cookie_salt: "authenticated encrypted cookie", cookies_serializer: :marshal,
    encrypted_cookie_cipher: "aes-256-gcm", encrypted_cookie_salt: "encrypted cookie",
    encrypted_signed_cookie_salt: "signed encrypted cookie", signed_cookie_digest: "SHA1",
    signed_cookie_salt: "signed cookie", use_authenticated_cookie_encryption: true, use_cookies_with_metadata: true,
  }
  attr_accessor :secret_key_base
  attr_reader :env

  def initialize
    @env = USUAL.to_h { |name, value| ["action_dispatch.#{name}", value] }
  end

  def action_dispatch = self

  def session_store(_store = nil, **options)
    options.empty? ? @options : @options = options
  end

  def method_missing(name, value)
    key = "action_dispatch.#{name.to_s.delete_suffix("=")}"
    raise "Rails has no setting #{key}" unless @env.key?(key)
    @env[key] = value
  end
end

# What an action sees, and where it is defined.
class Controller
  attr_reader :cookies, :session, :config, :body

  def initialize(config)
    @config = config
  end

  def load(code) = instance_eval(code)

  def ask(request)
    @cookies, @session = request.cookie_jar, request.session
    index
    @body[:before]
  end

  def render(json:) = @body = json
end

def rails(code, cookie)
  require "action_dispatch"
  config = Settings.new
  controller = Controller.new(config)
  controller.load(code)
  before = nil
  app = ->(env) { answer = controller.ask(ActionDispatch::Request.new(env)); before ||= answer; [200, {}, []] }
  app = ActionDispatch::Session::CookieStore.new(app, config.session_store) if config.session_store
  keys = ActiveSupport::KeyGenerator.new(config.secret_key_base, iterations: 1000)
  env = config.env.merge(
    "action_dispatch.cookies_rotations" => ActiveSupport::Messages::RotationConfiguration.new,
    "action_dispatch.key_generator" => keys, "action_dispatch.secret_key_base" => config.secret_key_base,
  )
  ask(ActionDispatch::Cookies.new(app), cookie, env).merge(before: before)
end

# A cookie may be set only where it changes, so both with and without the one.
def ask(app, cookie, env = {})
  (before, _), (_, set) = [cookie, ""].map do |cookie|
    _, headers, body = app.call(Rack::MockRequest.env_for("https://localhost/", "HTTP_COOKIE" => cookie).merge(env))
    lines = headers.transform_keys(&:downcase)["set-cookie"]
    [body.each.to_a.join, Array(lines).flat_map { |line| line.lines(chomp: true) }]
  end
  { before: before, set: set }
end

# From where the value is read on, it is run again with that of Keyjar.
def message(code, name, cookie)
  require "active_support/all"
  scope = binding
  scope.eval(code)
  set = ["#{name}=#{Rack::Utils.escape(scope.local_variable_get(:value))}"]
  scope.local_variable_set(:value, Rack::Utils.unescape(cookie.split("=", 2)[1]))
  { before: scope.eval(code[/^data = .*\z/m]), set: set }
end

def rack(code, cookie)
  # Not before Rack 3.
  require "rack/session" if code.include?('"rack/session"')
  app, = Rack::Builder.new_from_string(code)
  ask(app, cookie)
end

# In a process of its own: the settings of frameworks are global.
def apart(job)
  theirs, ours = IO.pipe
  fork do
    job["env"].each { |name, value| ENV[name] = value }
    code, cookie = job.values_at("code", "cookie")
    result =
      case job["scheme"]
      when /rails.*cookie/ then rails(code, cookie)
      when /rails/ then message(code, job["name"], cookie)
      else rack(code, cookie)
      end
    ours.write(JSON.generate(result))
  rescue LoadError => error
    ours.write(JSON.generate(missing: error.path))
  rescue Exception => error
    ours.write(JSON.generate(error: error.full_message(highlight: false)))
  end
  ours.close
  text = theirs.read
  Process.wait
  JSON.parse(text)
end

puts JSON.generate(JSON.parse($stdin.read).map { |job| apart(job) })
