# What the peers in Ruby have in common. How they are asked: see serve.mjs.
require "json"
require "socket"

# An app has post(value), which gives the Set-Cookie lines, and get(cookie), which gives what it reads.
def serve
  apps = JSON.parse(ENV["PEER_SECRETS"]).map { |secrets| yield secrets }
  server = TCPServer.new("127.0.0.1", 0)
  Thread.new { loop { answer(server.accept, apps) } }
  $stdout.puts(server.addr[1])
  $stdout.flush
  $stdin.read
end

def answer(socket, apps)
  method, path = socket.gets.split
  headers = {}
  while (line = socket.gets.chomp) != ""
    name, text = line.split(": ", 2)
    headers[name] = text
  end
  app = apps[path[1..].to_i]
  if method == "POST"
    body = JSON.parse(socket.read(headers["Content-Length"].to_i))
    lines, result = app.post(body["value"]), nil
  else
    lines, result = "", app.get(headers["Cookie"])
  end
  set_cookie = lines.lines(chomp: true).map { |line| "Set-Cookie: #{line}\r\n" }.join
  socket.write("HTTP/1.0 200 OK\r\n#{set_cookie}\r\n#{JSON.generate(value: result)}")
rescue => error
  socket.write("HTTP/1.0 500 Internal Server Error\r\n\r\n#{error.full_message}")
ensure
  socket.close
end
