<?php

/**
 * The lab's IdP. Response and Assertion are signed (RSA-SHA256). The user's NameID goes out in the Format
 * that the state names for that user, whatever the request asks for, as many IdPs do. With the transient
 * Format, or one that is not in the list, SimpleSAMLphp makes up a new transient NameID each time.
 */

require_once __DIR__ . '/../state.php';

$filters = [
    // The user as the state has it now.
    1 => ['class' => 'core:PHP', 'code' => '$attributes = \Samlight\Lab\attributes($attributes["username"][0]);'],
    // Chooses among the NameIDs made by the filters in between; what these needed is no attribute of the
    // user.
    50 => [
        'class' => 'core:PHP',
        'code' => '
            $state["saml:NameIDFormat"] = $attributes["NameIDFormat"][0];
            unset($attributes["NameID"], $attributes["NameIDFormat"]);
        ',
    ],
];
$formats = [
    10 => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    11 => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    12 => 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
];
foreach ($formats as $position => $format) {
    $filters[$position] = ['class' => 'saml:AttributeNameID', 'attribute' => 'NameID', 'Format' => $format];
}

$metadata[Samlight\Lab\state()['idp_origin'] . '/metadata'] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.pem',
    'auth' => 'lab-users',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    'authproc' => $filters,
];
