# frozen_string_literal: true

require 'omniauth-saml'
require_relative 'state'

module Lab
  # What GitLab's group and instance strategies share: the settings come from what GitLab has stored at that
  # moment, and the ID of the last AuthnRequest stays in the session, because only a Response to it may link
  # an account or use RelayState.
  module SamlStrategy
    # Raised for a group that does not exist: GitLab answers 404.
    class GroupNotFound < StandardError; end

    FINGERPRINT_ALGORITHMS = { 40 => XMLSecurity::Document::SHA1, 64 => XMLSecurity::Document::SHA256 }.freeze

    def request_phase
      authn_request = OneLogin::RubySaml::Authrequest.new
      session['last_authn_request_id'] = authn_request.uuid
      with_settings { |settings| redirect(authn_request.create(settings, additional_params_for_authn_request)) }
    end

    # Settings as ruby-saml takes them, for the service provider `entity_id` with this ACS.
    def self.settings(state, entity_id:, acs:)
      fingerprint = state.certificate_fingerprint
      {
        sp_entity_id: entity_id,
        assertion_consumer_service_url: acs,
        idp_sso_service_url: state.idp_sso_url,
        idp_cert_fingerprint: fingerprint,
        idp_cert_fingerprint_algorithm: FINGERPRINT_ALGORITHMS.fetch(fingerprint.delete(':').length),
        name_identifier_format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'
      }
    end
  end
end
