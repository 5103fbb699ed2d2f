# frozen_string_literal: true

require 'rack/utils'
require 'securerandom'

module Lab
  # GitLab's protection against forged requests: each session has a secret that forms send as
  # `authenticity_token` and scripts send as `X-CSRF-Token`. Left out: masking (a new form of it for each
  # page).
  module Csrf
    def self.secret(session)
      session['_csrf_token'] ||= SecureRandom.urlsafe_base64(32)
    end

    def self.valid?(request)
      stored = request.session['_csrf_token']
      sent = request.get_header('HTTP_X_CSRF_TOKEN') || request.params['authenticity_token']
      !stored.nil? && sent.is_a?(String) && Rack::Utils.secure_compare(stored, sent)
    end
  end
end
