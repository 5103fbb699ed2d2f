# frozen_string_literal: true

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
      return Outcome.new(location: @visit.destination('/'), sign_in: owner) if owner

      if @state.instance_sign_up && @state.user_with_email(@visit.email)
        return Outcome.new(error: TEXTS[:email_taken])
      end

      Outcome.new(location: '/users/sign_in', alert: format(TEXTS[:unknown], host: URI(@state.origin).host))
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
