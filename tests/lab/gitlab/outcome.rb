# frozen_string_literal: true

module Lab
  # What GitLab does after a SAML Response: where the browser is sent, which flash text the next page shows,
  # and who is signed in from now on (nil: nothing changes). With an error the browser is sent nowhere:
  # GitLab's page "auth failed" says it; with a second factor it answers with the form for that. `raw` is a
  # message that GitLab's script draws.
  Outcome = Struct.new(:location, :alert, :notice, :raw, :sign_in, :error, :second_factor, keyword_init: true)

  # One accepted SAML Response and the visitor who brought it, with the questions both callbacks ask.
  Visit = Struct.new(:auth, :state, :current_user, :last_request_id, :relay_state, keyword_init: true) do
    # NameID as ruby-saml read it: nothing trimmed, no change of case.
    def name_id
      auth.uid.to_s
    end

    def email
      auth.info['email']
    end

    # Did this visitor's GitLab session ask for this very Response?
    def solicited?
      in_response_to = auth.extra.response_object.in_response_to
      !in_response_to.nil? && in_response_to == last_request_id
    end

    # RelayState, when it is a path of this GitLab and the Response was asked for; else the fallback.
    def destination(fallback)
      local = relay_state.to_s.match?(%r{\A/(?![/\\])})
      solicited? && local ? relay_state : fallback
    end
  end
end
