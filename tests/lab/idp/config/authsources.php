<?php

/**
 * The IdP's users: their names and passwords from the state file. All else about them is read when the
 * Response is made (metadata/saml20-idp-hosted.php).
 */

require_once __DIR__ . '/../state.php';

$config = ['lab-users' => ['exampleauth:UserPass']];
foreach (Samlight\Lab\state()['users'] as $user) {
    $config['lab-users'][$user['username'] . ':' . $user['idp_password']] = ['username' => [$user['username']]];
}
