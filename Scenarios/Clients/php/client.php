<?php
// One TLS connection: asks for a path and prints what comes back.
[, $host, $port, $path] = $argv;
$options = [];
foreach (array_slice($argv, 4) as $word) {
    [$key, $value] = explode('=', $word, 2);
    $options[$key] = $value;
}
$name = $options['name'] ?? $host;
$methods = [
    '1.2' => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT,
    '1.3' => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT,
];
$ssl = [
    'cafile' => $options['ca'],
    'peer_name' => $name,
    'SNI_enabled' => isset($options['name']),
    'crypto_method' => $methods[$options['version'] ?? ''] ?? ($methods['1.2'] | $methods['1.3']),
];
if (isset($options['certificate'])) {
    $ssl += ['local_cert' => $options['certificate'], 'local_pk' => $options['key']];
}
if (isset($options['alpn'])) {
    $ssl['alpn_protocols'] = $options['alpn'];
}
$stream = stream_socket_client(
    "ssl://$host:$port", $code, $reason, 30, STREAM_CLIENT_CONNECT, stream_context_create(['ssl' => $ssl])
);
if (!$stream) {
    exit(1);
}
fwrite($stream, "GET $path HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n");
fpassthru($stream);
