<?php
// Laravel's encrypter. Its arguments are the cipher, and whether it serializes. How it is asked: see serve.mjs.
require_once 'Illuminate/Encryption/autoload.php';

use Illuminate\Contracts\Encryption\DecryptException;
use Illuminate\Encryption\Encrypter;

[, $cipher, $serializes] = $argv;
$serializes = $serializes === 'true';
$apps = array_map(
    fn ($secrets) => new Encrypter(base64_decode(substr($secrets[0], strlen('base64:'))), $cipher),
    json_decode(getenv('PEER_SECRETS'))
);

$server = stream_socket_server('tcp://127.0.0.1:0');
echo explode(':', stream_socket_get_name($server, false))[1], "\n";
for (;;) {
    // Until there is a request, or nobody to make one any more.
    $read = [$server, STDIN];
    $write = $except = null;
    stream_select($read, $write, $except, null);
    if (in_array(STDIN, $read, true)) {
        break;
    }
    $socket = stream_socket_accept($server);
    [$method, $path] = explode(' ', fgets($socket));
    $headers = [];
    while (($line = rtrim(fgets($socket))) !== '') {
        [$name, $text] = explode(': ', $line, 2);
        $headers[$name] = $text;
    }
    $encrypter = $apps[(int) substr($path, 1)];
    fwrite($socket, "HTTP/1.0 200 OK\r\n");
    if ($method === 'POST') {
        $body = stream_get_contents($socket, (int) $headers['Content-Length']);
        $value = $encrypter->encrypt(json_decode($body, true)['value'], $serializes);
        fwrite($socket, 'Set-Cookie: peer=' . $value . "\r\n\r\n");
    } else {
        try {
            $value = $encrypter->decrypt(explode('=', $headers['Cookie'], 2)[1], $serializes);
        } catch (DecryptException $exception) {
            $value = null;
        }
        fwrite($socket, "\r\n" . json_encode(['value' => $value], JSON_PRESERVE_ZERO_FRACTION));
    }
    fclose($socket);
}
