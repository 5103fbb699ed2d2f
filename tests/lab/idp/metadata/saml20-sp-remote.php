<?php

/**
 * The service providers that the lab's IdP knows: GitLab's group and GitLab as an instance.
 */

require_once __DIR__ . '/../state.php';

$state = Samlight\Lab\state();
$gitlab = $state['gitlab_origin'];
$group = $gitlab . '/groups/' . $state['group']['path'];

$metadata[$group] = ['AssertionConsumerService' => $group . '/-/saml/callback'];
$metadata[$gitlab] = ['AssertionConsumerService' => $gitlab . '/users/auth/saml/callback'];
