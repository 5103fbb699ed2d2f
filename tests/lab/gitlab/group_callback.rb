# frozen_string_literal: true

require_relative 'outcome'

module Lab
  # GitLab's decisions after a valid Response at a group's assertion consumer service. Identities are looked
  # up byte for byte; only uniqueness ignores case. Left out: enterprise users, group membership rules.
  class GroupCallback
    TEXTS = {
      signed_in: 'Signed in with SAML for %s',
      linked: "Your organization's SSO has been connected to your GitLab account",
      unsolicited: 'Request to link SAML account must be authorized',
      link_failed: '%s SAML authentication failed: %s',
      taken: 'Extern uid has already been taken. Please contact your administrator to generate a unique ' \
             'extern_uid / NameID',
      mismatch: 'SAML Name ID and email address do not match your user account. Contact an administrator.',
      email_taken: 'There is already a GitLab account associated with this email address. Sign in with your ' \
                   "existing credentials to connect your organization's account",
      no_email: 'The SAML response did not contain an email address. Either the SAML identity provider is not ' \
                'configured to send the attribute, or the identity provider directory does not have an email ' \
                'address value for your user.'
    }.freeze

    # What keeps an account out that was found. `AT_LANDING` is told on the group's single sign-on page.
    HINDERED = {
      'blocked' => 'Your account has been blocked. Please contact your GitLab administrator if you think this is ' \
                   'an error.',
      'pending' => 'Your account is pending approval from your GitLab administrator and hence blocked. Please ' \
                   'contact your GitLab administrator if you think this is an error.',
      'deactivated' => 'Your account has been deactivated by your administrator. Please log back in to reactivate ' \
                       'your account.',
      'not-permitted' => 'Your account does not have the required permission to login. Please contact your ' \
                         'GitLab administrator if you think this is an error.',
      'unconfirmed' => 'You have to confirm your email address before continuing. Please check your email for ' \
                       "the link we sent you, or click 'Resend confirmation email'."
    }.freeze
    AT_LANDING = {
      'locked' => 'Your account is locked.', 'other-way' => 'Invalid login or password',
      'unconfirmed-at-landing' => 'You have to confirm your email address before continuing.'
    }.freeze
    LONGEST_NAME = 127

    def initialize(visit)
      @visit = visit
      @state = visit.state
      @group = visit.state.group
    end

    def outcome
      @visit.current_user ? signed_in_before : signed_out_before
    end

    private

    def signed_out_before
      owner = @state.users.find { |user| user['saml_extern_uid'] == @visit.name_id }
      return sign_in(owner) if owner

      if @visit.email.to_s.empty?
        Outcome.new(location: sso_path_for_all, alert: TEXTS[:no_email])
      elsif @state.user_with_email(@visit.email)
        Outcome.new(location: '/users/sign_in', notice: TEXTS[:email_taken])
      elsif @visit.auth.info['name'].to_s.length > LONGEST_NAME
        Outcome.new(location: sso_path_for_all,
                    alert: "First name is too long (maximum is #{LONGEST_NAME} characters)")
      else
        sign_in(create_user)
      end
    end

    def signed_in_before
      stored = @visit.current_user['saml_extern_uid']
      if stored.nil? then link
      elsif stored == @visit.name_id then Outcome.new(location: @visit.destination(group_path))
      else update
      end
    end

    def link
      unless @visit.solicited?
        return Outcome.new(location: "/groups/#{@group['path']}/-/saml/sso", notice: TEXTS[:unsolicited])
      end

      store || Outcome.new(location: @visit.destination(group_path), notice: TEXTS[:linked])
    end

    # A known user brings another NameID: GitLab takes it over when the Response names a verified address.
    def update
      verified = @visit.current_user['email'].downcase == @visit.email.to_s.downcase
      return failed(TEXTS[:mismatch]) unless verified

      store || Outcome.new(location: @visit.destination(group_path))
    end

    # Stores the NameID for the current user; returns an outcome only when GitLab refuses.
    def store
      me = @visit.current_user['id']
      taken = @state.users.any? do |user|
        user['id'] != me && user['saml_extern_uid']&.downcase == @visit.name_id.downcase
      end
      return failed(TEXTS[:taken]) if taken

      @state.update_user(me, 'saml_extern_uid' => @visit.name_id)
      nil
    end

    def create_user
      email = @visit.email
      username = (@visit.auth.extra.raw_info['username'] || email)[/\A[^@]+/]
      @state.create_user('username' => username, 'name' => @visit.auth.info['name'] || username, 'email' => email,
                         'saml_extern_uid' => @visit.name_id, 'scim_extern_uid' => nil, 'scim_active' => false)
    end

    def sign_in(user)
      hindered = user['hindered']
      at_landing = AT_LANDING[hindered]
      return Outcome.new(location: sso_path_for_all, alert: at_landing) if at_landing
      return Outcome.new(second_factor: true) if hindered == 'second-factor'
      return Outcome.new(location: '/users/sign_in', raw: HINDERED.fetch(hindered)) if hindered == 'unconfirmed'
      return Outcome.new(location: '/users/sign_in', alert: HINDERED.fetch(hindered)) if hindered

      Outcome.new(location: @visit.destination(group_path), sign_in: user,
                  notice: format(TEXTS[:signed_in], @group['name']))
    end

    def failed(message)
      Outcome.new(location: '/', alert: format(TEXTS[:link_failed], @group['name'], message))
    end

    def group_path
      "/#{@group['path']}"
    end

    def sso_path_for_all
      "/groups/#{@group['path']}/-/saml/sso?token=#{@group['saml_discovery_token']}"
    end
  end
end
