<?php
// Runs snippets in PHP: each makes its value, and reads that of Keyjar. See ../snippets.rs.
@include_once 'Illuminate/Encryption/autoload.php';
@include_once 'Illuminate/Support/autoload.php';
@include_once 'Symfony/Component/HttpFoundation/autoload.php';

function run(array $job): array
{
    foreach ($job['env'] as $name => $text) {
        putenv("$name=$text");
        $_ENV[$name] = $text;
    }
    [$uses, $code] = preg_split('/^\n/m', $job['code'], 2);
    preg_match_all('/^use ([^;]+);/m', $uses, $names);
    foreach ($names[1] as $class) {
        if (!class_exists($class) && !interface_exists($class)) {
            return ['missing' => $class];
        }
    }
    eval($uses . $code);
    if (isset($uri)) {
        return ['before' => $signer->check($job['value']) ? $job['value'] : null, 'set' => [$job['name'] . '=' . $uri]];
    }
    $set = [$job['name'] . '=' . $value];
    // From where the value is read on, with that of Keyjar.
    $value = $job['value'];
    eval($uses . substr($code, strpos($code, 'try {')));
    return ['before' => $data, 'set' => $set];
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
