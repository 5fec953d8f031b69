<?php

// BotMan's Quick Start as a file of its own, for PHP's own web server; without Composer, which would find the classes.
use BotMan\BotMan\BotMan;
use BotMan\BotMan\BotManFactory;
use BotMan\BotMan\Drivers\DriverManager;
use BotMan\Drivers\Facebook\FacebookDriver;

$clones = getenv('CLONES');
foreach (['Illuminate/Support', 'Symfony/Component/HttpFoundation', 'Psr/Container'] as $package) {
    require_once "/usr/share/php/$package/autoload.php";
}
spl_autoload_register(function (string $class) use ($clones): void {
    $folders = [
        'BotMan\\BotMan\\' => 'botman/botman/src',
        'BotMan\\Drivers\\Facebook\\' => 'botman/driver-facebook/src',
        'Mpociot\\Pipeline\\' => 'mpociot/pipeline/src',
        'Spatie\\Macroable\\' => 'spatie/macroable/src',
    ];
    foreach ($folders as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = "$clones/$folder/" . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) require $file;
        }
    }
});

DriverManager::loadDriver(FacebookDriver::class);
$botman = BotManFactory::create(['facebook' => [
    'token' => getenv('PAGE_TOKEN'),
    'app_secret' => getenv('APP_SECRET'),
    'verification' => getenv('VERIFY_TOKEN'),
]]);
$botman->hears('person', function (BotMan $bot): void {
    $bot->getDriver()->handover($bot->getMessage(), $bot);
});
$botman->fallback(function (BotMan $bot): void {
    $bot->typesAndWaits(0);
    $bot->reply('Hello ' . $bot->getUser()->getFirstName());
});
$botman->listen();
