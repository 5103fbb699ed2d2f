# frozen_string_literal: true

require 'ruby-saml'

module Lab
  # What GitLab's settings page says of the Response that "Verify SAML Configuration" brought: ruby-saml's
  # errors, and GitLab's own checks of the NameID against the viewer's identity
  # (`lib/gitlab/auth/group_saml/response_check.rb`). Kept in the session and shown once. Left out: the time
  # after which GitLab forgets it.
  class VerifyOutput
    PERSISTENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'
    # The page's places for errors.
    ERRORS = %w[verified_error_first verified_error_second verified_error_third].freeze

    def initialize(settings, raw_response, stored)
      settings = OneLogin::RubySaml::Settings.new(settings)
      @response = OneLogin::RubySaml::Response.new(raw_response, settings: settings)
      @valid = @response.is_valid?(true)
      @stored = stored
    end

    # The values of the template.
    def values
      texts = errors
      {
        'verified' => @response.response, 'verified_valid' => ('yes' if texts.empty?),
        'verified_name_id' => @response.name_id, 'verified_format' => @response.name_id_format
      }.merge(ERRORS.zip(texts).to_h)
    end

    # The values of a page without output.
    def self.none
      (%w[verified verified_valid verified_name_id verified_format] + ERRORS).to_h { |name| [name, nil] }
    end

    private

    def errors
      of_response = @valid ? [] : @response.errors.uniq.map { |error| "Xml response #{error}" }
      of_response + of_name_id
    end

    # As Rails names attribute and message; the format is advised on, not demanded.
    def of_name_id
      name_id = @response.name_id.to_s
      return ["Name can't be blank"] if name_id.empty?

      texts = []
      if @stored && @stored != name_id
        texts << "Name must match stored NameID of \"#{@stored}\" to identify user and allow sign in"
      end
      texts << 'Name id format "persistent" recommended' unless @response.name_id_format == PERSISTENT
      texts
    end
  end
end
