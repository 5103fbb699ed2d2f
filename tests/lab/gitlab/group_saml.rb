# frozen_string_literal: true

require_relative 'saml_strategy'

module Lab
  # GitLab's `group_saml` strategy on omniauth-saml: the group comes from the callback's path or, when a
  # sign-in starts, from the parameter `group_path`; `redirect_to` becomes RelayState; no single logout.
  class GroupSaml < OmniAuth::Strategies::SAML
    include SamlStrategy

    CALLBACK = %r{\A/groups/(?<group>[^/]+)/-/saml/callback\z}

    option :name, 'group_saml'
    option :callback_path, ->(env) { CALLBACK.match?(env['PATH_INFO']) }
    option :idp_sso_service_url_runtime_params, { redirect_to: :RelayState }
    option :setup, ->(env) { env['omniauth.strategy'].use_group }

    # Takes the settings of the group that this request is about.
    def use_group
      state = State.new
      path = CALLBACK.match(request.path_info)&.[](:group) || request.params['group_path']
      group = state.group_at(path) or raise SamlStrategy::GroupNotFound
      entity_id = "#{state.origin}/groups/#{group['path']}"
      options.merge!(SamlStrategy.settings(state, entity_id: entity_id, acs: "#{entity_id}/-/saml/callback"))
    end

    # "Verify SAML Configuration" never signs in: the settings page shows the Response and what is wrong with
    # it.
    def callback_phase
      return super unless request.params['RelayState'] == 'VERIFY_SAML_RESPONSE'

      session['verify_saml_response'] = request.params['SAMLResponse']
      redirect("#{options.sp_entity_id}/-/saml#response")
    end

    # Metadata only with the group's discovery token, no single logout.
    def other_phase
      return call_app! unless on_subpath?(:metadata)

      known = State.new.group['saml_discovery_token'] == request.params['token']
      known ? super : raise(SamlStrategy::GroupNotFound)
    end
  end
end
