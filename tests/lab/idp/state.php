<?php

/**
 * Reads the lab's state file (path in SAMLIGHT_LAB_STATE) for the IdP's configuration. It is read anew for
 * each request, so that a test may change a NameID between two sign-ins, even while the IdP's own session
 * lasts.
 */

declare(strict_types=1);

namespace Samlight\Lab;

function state(): array
{
    return json_decode(file_get_contents(getenv('SAMLIGHT_LAB_STATE')), true, 16, JSON_THROW_ON_ERROR);
}

/**
 * What the IdP knows of a user, as SimpleSAMLphp's attributes. `NameID` and `NameIDFormat` are there for the
 * hosted IdP's filters, which take them away again. Nothing is trimmed or folded.
 */
function attributes(string $username): array
{
    $users = array_column(state()['users'], null, 'username');
    $user = $users[$username];
    return array_filter([
        'NameID' => [$user['name_id']],
        'NameIDFormat' => [$user['name_id_format']],
        'email' => array_filter([$user['idp_email']]),
        'name' => [$user['name']],
        'username' => [$username],
    ]);
}
