# frozen_string_literal: true

require_relative 'group_saml'
require_relative 'pages'

module Lab
  # What GitLab does when OmniAuth or ruby-saml refuses: a redirect with the reason as a flash text, in the
  # words that Rails' `humanize` makes of it.
  module Failure
    # The headings of GitLab's error pages.
    STATUSES = {
      403 => "You don't have the permission to access this page.", 422 => 'The change you requested was rejected',
      500 => "We're sorry, something went wrong on our end", 502 => 'GitLab is not responding'
    }.freeze
    EXPLANATION = 'Make sure the address is correct and that you have access to it.'

    def self.call(env)
      error = env['omniauth.error']
      case error
      when SamlStrategy::GroupNotFound then page(404, 'Page not found')
      when OmniAuth::AuthenticityError then page(422, 'The change you requested was rejected')
      else refused(env, humanize(error&.message || env['omniauth.error.type'].to_s))
      end
    end

    # Lower case, `_` as space, a capital at the start: "Invalid Signature on SAML Response" becomes "Invalid
    # signature on saml response". Also damages URLs in a message, as at GitLab.
    def self.humanize(message)
      message.tr('_', ' ').strip.delete_suffix(' id').gsub(/[a-z\d]+/i, &:downcase).sub(/\A\w/, &:upcase)
    end

    def self.refused(env, reason)
      request = Rack::Request.new(env)
      group = GroupSaml::CALLBACK.match(request.path_info)&.[](:group)
      if group
        owner = State.new.user(request.session['user_id'])&.fetch('owner')
        location = "/groups/#{group}/-/saml#{'/sso' unless owner}"
        alert = "Unable to sign in to group with SAML: \"#{reason}\""
      else
        location = '/users/sign_in'
        alert = "Could not authenticate you from SAML because \"#{reason}\"."
      end
      request.session['flash_alert'] = alert
      [302, { 'Location' => "#{State.new.origin}#{location}", 'Content-Type' => 'text/html' }, []]
    end
    private_class_method :refused

    def self.page(status, message)
      body = Pages.fill('error.html', 'status' => status, 'message' => message, 'explanation' => EXPLANATION)
      [status, { 'Content-Type' => 'text/html;charset=utf-8' }, [body]]
    end
  end
end
