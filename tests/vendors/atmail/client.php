<?php
// Calls every action of the atmail API the way a PHP program does, with an HTTP stream and SimpleXML, and prints what
// it read as JSON. Usage: php client.php http://127.0.0.1:8025/admin/index.php/api

declare(strict_types=1);

set_error_handler(static function (int $severity, string $message): bool {
    throw new ErrorException($message, 0, $severity);
});

final class Atmail
{
    public function __construct(private string $url, private string $user, private string $password)
    {
    }

    /** What an action answered: its element's name, status, message and results. */
    public function call(string $action, array $parameters = []): array
    {
        $context = stream_context_create(['http' => [
            'method' => $parameters ? 'POST' : 'GET',
            'header' => [
                'Authorization: Basic ' . base64_encode("{$this->user}:{$this->password}"),
                'Content-Type: application/x-www-form-urlencoded',
            ],
            'content' => http_build_query($parameters),
            'ignore_errors' => true,
            'timeout' => 20,
        ]]);
        $document = simplexml_load_string(file_get_contents("{$this->url}/{$action}/", false, $context));
        if ($document === false || (string) $document['generator'] !== 'zend') {
            throw new RuntimeException("{$action}: not an answer of Zend");
        }
        $result = $document->children()[0];

        return [
            'element' => $result->getName(),
            'status' => (string) $result->status,
            'message' => (string) $result->response->message,
            // A fault has no results.
            'results' => isset($result->response->results) ? self::read($result->response->results) : null,
        ];
    }

    private static function read(SimpleXMLElement $element): string|array
    {
        $found = [];
        foreach ($element->children() as $name => $child) {
            $found[$name] = self::read($child);
        }

        return $found ?: (string) $element;
    }
}

$atmail = new Atmail($argv[1], 'admin', 'changeme');
$answers = [];
$call = static function (string $action, array $parameters = []) use ($atmail, &$answers): void {
    $answers[] = [$action, $atmail->call($action, $parameters)];
};

$call('users/authenticate');
$call('users/permissionlist');
$call('users/rolelist');
$call('users/create', ['username' => 'user1', 'password' => 'changeme', 'domainIds' => [1]]);
$call('users/update', ['userId' => 2, 'fullname' => 'Zoë & Co <x>']);
$call('users/list');
$call('users/view', ['userId' => 2]);
$call('users/userpermissionrole', ['userId' => 1]);
$call('users/delete', ['userId' => 2]);
$call('accounts/create', ['username' => 'account1@yourdomain.com', 'password' => 'changeme', 'quota' => 5]);
$call('accounts/update', ['accountId' => 10, 'lastName' => "O'Neil"]);
$call('accounts/update', ['accountId' => 11]);
$call('accounts/view', ['username' => 'account1@yourdomain.com']);
$call('accounts/list', ['domainId' => 1, 'start' => 1, 'volume' => 10]);
$call('accounts/delete', ['accountId' => 10]);
$call('aliases/create', ['AliasName' => 'a@yourdomain.com', 'AliasTo' => 'b@yourdomain.com', 'AliasType' => 'Local']);
$call('aliases/list', ['filter' => 'yourdomain']);
$call('aliases/delete', ['id' => 20]);
$call('domain/create', ['domainName' => 'other.com']);
$call('domain/check', ['domainName' => 'other.com']);
$call('domain/delete', ['domainId' => 2]);

echo json_encode($answers, JSON_THROW_ON_ERROR);
