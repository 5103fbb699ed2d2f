# frozen_string_literal: true

module Lab
  # The JSON shapes of GitLab's REST API that Samlight reads, with the field names of GitLab 18.x.
  module Api
    AT = '2026-01-05T09:00:00.000Z'

    # UserPublic with the enterprise fields: what GET /api/v4/user answers.
    def self.user(user, state)
      {
        **basic(user, state), 'created_at' => AT, 'bio' => '', 'location' => nil, 'linkedin' => '', 'twitter' => '',
        'discord' => '', 'website_url' => '', 'github' => '', 'job_title' => '', 'pronouns' => nil,
        'organization' => nil, 'bot' => false, 'work_information' => nil, 'followers' => 0, 'following' => 0,
        'local_time' => nil, 'last_sign_in_at' => AT, 'confirmed_at' => AT, 'last_activity_on' => AT[0, 10],
        'email' => user['email'], 'theme_id' => 3, 'color_scheme_id' => 1, 'projects_limit' => 100_000,
        'current_sign_in_at' => AT, 'identities' => identities(user, state), 'can_create_group' => true,
        'can_create_project' => true, 'two_factor_enabled' => false, 'external' => false, 'private_profile' => false,
        'commit_email' => user['email'], 'preferred_language' => 'en', 'shared_runners_minutes_limit' => nil,
        'extra_shared_runners_minutes_limit' => nil, 'scim_identities' => [scim_identity(user, state)].compact
      }
    end

    # What GET /api/v4/metadata answers whoever is signed in.
    def self.metadata(version, state)
      { 'version' => version, 'revision' => '5c8a1e2f0b7',
        'kas' => { 'enabled' => true, 'externalUrl' => "wss://kas.#{URI(state.origin).host}",
                   'externalK8sProxyUrl' => nil, 'version' => version }, 'enterprise' => true }
    end

    # A member of the group, as its owner sees one. Older versions have no `group_scim_identity`; an address
    # is there for an enterprise user of the group alone.
    def self.member(user, state)
      member = {
        **basic(user, state), 'access_level' => user['owner'] ? 50 : 10, 'created_at' => AT, 'created_by' => nil,
        'expires_at' => nil, 'group_saml_identity' => group_saml_identity(user, state), 'is_using_seat' => true,
        'override' => false, 'membership_state' => 'active', 'member_role' => nil
      }
      member['group_scim_identity'] = scim_identity(user, state) unless state.generation == 'older'
      member['email'] = user['email'] if user['enterprise']
      member
    end

    # The members of the group as its members page has them, in JSON: no identifier, only whether one is
    # linked.
    def self.members_data(state)
      members = state.users.map do |user|
        { 'id' => user['id'] + 1_000_000, 'created_at' => AT, 'is_direct_member' => true,
          'access_level' => { 'string_value' => user['owner'] ? 'Owner' : 'Guest', 'integer_value' => user['owner'] ? 50 : 10 },
          'user' => basic(user, state), 'state' => 'active', 'group_sso' => !user['saml_extern_uid'].nil? }
      end
      { 'user' => { 'members' => members }, 'group_name' => state.group['name'], 'group_path' => state.group['path'] }
    end

    def self.basic(user, state)
      {
        'id' => user['id'], 'username' => user['username'], 'public_email' => nil, 'name' => user['name'],
        'state' => 'active', 'locked' => false, 'avatar_url' => "#{state.origin}/assets/avatar.svg",
        'web_url' => "#{state.origin}/#{user['username']}"
      }
    end
    private_class_method :basic

    def self.identities(user, state)
      instance = user['instance_extern_uid']
      [
        (group_saml_identity(user, state) if user['saml_extern_uid']),
        ({ 'provider' => 'saml', 'extern_uid' => instance, 'saml_provider_id' => nil } if instance)
      ].compact
    end
    private_class_method :identities

    def self.group_saml_identity(user, state)
      return unless user['saml_extern_uid']

      { 'provider' => 'group_saml', 'extern_uid' => user['saml_extern_uid'],
        'saml_provider_id' => state.saml_provider_id }
    end
    private_class_method :group_saml_identity

    def self.scim_identity(user, state)
      return unless user['scim_extern_uid']

      { 'extern_uid' => user['scim_extern_uid'], 'group_id' => state.group['id'], 'active' => user['scim_active'] }
    end
    private_class_method :scim_identity
  end
end
