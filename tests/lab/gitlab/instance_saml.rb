# frozen_string_literal: true

require_relative 'saml_strategy'

module Lab
  # Instance SAML, as a self-managed GitLab has it: one provider named `saml` for everybody.
  class InstanceSaml < OmniAuth::Strategies::SAML
    include SamlStrategy

    option :name, 'saml'
    option :setup, ->(env) { env['omniauth.strategy'].use_instance }

    def use_instance
      state = State.new
      acs = "#{state.origin}/users/auth/saml/callback"
      options.merge!(SamlStrategy.settings(state, entity_id: state.origin, acs: acs))
    end
  end
end
