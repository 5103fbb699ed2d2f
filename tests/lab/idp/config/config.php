<?php

/**
 * SimpleSAMLphp's configuration for the lab: complete, only the keys that the IdP needs. What differs from
 * run to run is in the folder of the state file (SAMLIGHT_LAB_STATE): certificate, logs, sessions.
 * `baseurlpath` is a whole URL because TLS ends before this server.
 */

require_once __DIR__ . '/../state.php';

$folder = dirname(getenv('SAMLIGHT_LAB_STATE'));

$config = [
    'baseurlpath' => Samlight\Lab\state()['idp_origin'] . '/simplesaml/',
    'certdir' => $folder . '/certificate/',
    'metadatadir' => __DIR__ . '/../metadata/',
    'loggingdir' => $folder . '/',
    'datadir' => $folder . '/idp_data/',
    'tempdir' => $folder . '/idp_temp/',
    'timezone' => 'UTC',
    'technicalcontact_name' => 'Test lab',
    'technicalcontact_email' => 'lab@example.com',

    'secretsalt' => file_get_contents($folder . '/secretsalt'),
    'auth.adminpassword' => file_get_contents($folder . '/secretsalt'),
    'admin.protectindexpage' => true,
    'admin.protectmetadata' => false,
    'admin.checkforupdates' => false,
    'trusted.url.domains' => [],

    'debug' => ['saml' => false, 'backtraces' => true, 'validatexml' => false],
    'showerrors' => true,
    'errorreporting' => false,
    'logging.handler' => 'file',
    'logging.level' => SimpleSAML\Logger::NOTICE,
    'logging.logfile' => 'idp_saml.log',
    'statistics.out' => [],

    'enable.saml20-idp' => true,
    'module.enable' => ['core' => true, 'saml' => true, 'exampleauth' => true, 'admin' => false],

    'store.type' => 'phpsession',
    'session.cookie.name' => 'SimpleSAMLSessionID',
    'session.cookie.path' => '/',
    'session.cookie.secure' => true,
    'session.cookie.samesite' => 'None',
    'session.phpsession.cookiename' => 'SimpleSAML',
    'session.phpsession.savepath' => $folder . '/idp_sessions',
    'session.phpsession.httponly' => true,
    'session.authtoken.cookiename' => 'SimpleSAMLAuthToken',

    'language.available' => ['en'],
    'language.default' => 'en',
    'theme.use' => 'default',
    'production' => true,

    'metadata.sources' => [['type' => 'flatfile']],
    'metadata.sign.enable' => false,
];
