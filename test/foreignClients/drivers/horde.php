<?php

// Horde's packages find their classes on the include path.
spl_autoload_register(function (string $class): void {
    @include str_replace(['_', '\\'], '/', $class) . '.php';
});

[, $call, $psid, $value] = $argv;
$facebook = new Horde_Service_Facebook('', '', ['http_client' => new Horde_Http_Client([
    'request.proxyServer' => '127.0.0.1',
    'request.proxyPort' => parse_url(getenv('https_proxy'), PHP_URL_PORT),
])]);
$facebook->auth->setSession(getenv('PAGE_TOKEN'));
$params = ['recipient' => json_encode(['id' => $psid])];
if ($call === 'send') {
    $facebook->callGraphApi('me/messages', $params + ['message' => json_encode(['text' => $value])], ['request' => 'POST']);
} else {
    $facebook->callGraphApi('me/pass_thread_control', $params + ['target_app_id' => $value], ['request' => 'POST']);
}
