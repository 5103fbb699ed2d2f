# frozen_string_literal: true

require_relative 'group_callback'
require_relative 'outcome'

module Lab
  # GitLab's decisions after a valid Response for instance SAML. Identities are looked up without regard to
  # case. Where the instance makes accounts for its SAML users, an address that is taken ends on GitLab's
  # error page. Left out: making the account, linking by e-mail address, required groups.
  class InstanceCallback
    TEXTS = {
      linked: 'Authentication method updated',
      unsolicited: 'Request to link SAML account must be authorized',
      taken: 'Authentication failed: User has already been taken',
      email_taken: 'Email has already been taken',
      unknown: 'Signing in using your SAML account without a pre-existing account in %<host>s is not allowed. ' \
               'Create an account in %<host>s first, and then connect it to your SAML account.'
    }.freeze
    # What instance SAML answers to everybody who is not signed in, by the state's reason.
    REFUSED = {
      'disabled' => 'Signing in using SAML has been disabled',
      'untrusted' => 'Signing in using your SAML account has been disabled for security reasons. Please sign in to ' \
                     'your GitLab account using another authentication method and reconnect to your SAML account.'
    }.freeze
    ACCOUNT = '/-/profile/account'

    def initialize(visit)
      @visit = visit
      @state = visit.state
    end

    def outcome
      owner = @state.users.find { |user| user['instance_extern_uid']&.downcase == @visit.name_id.downcase }
      @visit.current_user ? signed_in_before(owner) : signed_out_before(owner)
    end

    private

    def signed_out_before(owner)
      refused = REFUSED[@state.instance_refuses]
      return Outcome.new(location: '/users/sign_in', alert: refused) if refused
      return Outcome.new(location: '/users/sign_in', alert: GroupCallback::AT_LANDING.fetch('locked')) if locked?(owner)
      return Outcome.new(location: @visit.destination('/'), sign_in: owner) if owner

      if @state.instance_sign_up && @state.user_with_email(@visit.email)
        return Outcome.new(error: TEXTS[:email_taken])
      end

      page = @state.instance_refuses == 'at-sign-up' ? '/users/sign_up' : '/users/sign_in'
      Outcome.new(location: page, alert: format(TEXTS[:unknown], host: URI(@state.origin).host))
    end

    def locked?(owner)
      owner && owner['hindered'] == 'locked'
    end

    def signed_in_before(owner)
      me = @visit.current_user
      if owner && owner['id'] == me['id'] then Outcome.new(location: @visit.destination('/'))
      elsif owner || me['instance_extern_uid'] then Outcome.new(location: ACCOUNT, notice: TEXTS[:taken])
      elsif !@visit.solicited? then Outcome.new(location: ACCOUNT, notice: TEXTS[:unsolicited])
      else
        @state.update_user(me['id'], 'instance_extern_uid' => @visit.name_id)
        Outcome.new(location: ACCOUNT, notice: TEXTS[:linked])
      end
    end
  end
end
