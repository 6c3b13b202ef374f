<?php
// Runs code that verifies a token, in PHP. The same jobs and results as run.mjs.
@include_once 'Firebase/JWT/autoload.php';

function verify(string $code, string $token): mixed
{
    try {
        eval($code);
        return $claims;
    } catch (UnexpectedValueException) { // An error of another kind is one of the code.
        return null;
    }
}

function run(array $job): array
{
    if (!class_exists('Firebase\JWT\JWT')) {
        return ['missing' => 'firebase/php-jwt'];
    }
    foreach ($job['env'] as $name => $text) {
        putenv("$name=$text");
    }
    return array_map(fn ($token) => verify($job['code'], $token), $job['tokens']);
}

$results = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $job) {
    try {
        $results[] = run($job);
    } catch (Throwable $error) {
        $results[] = ['error' => (string) $error];
    }
}
echo json_encode($results);
