# Runs code that verifies a token, in Ruby. The same jobs and results as run.mjs.
require "json"
require "jwt"

def verify(code, token)
  scope = binding
  scope.eval(code)
  scope.local_variable_get(:claims)
rescue JWT::DecodeError # An error of another kind is one of the code.
  nil
end

def run(job)
  job["env"].each { |name, value| ENV[name] = value }
  job["tokens"].map { |token| verify(job["code"], token) }
rescue StandardError => error
  { error: error.full_message(highlight: false) }
end

puts JSON.generate(JSON.parse($stdin.read).map { |job| run(job) })
