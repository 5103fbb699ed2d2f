# frozen_string_literal: true

require 'json'
require 'sinatra/base'
require_relative 'api'
require_relative 'csrf'
require_relative 'group_api'
require_relative 'group_callback'
require_relative 'instance_callback'
require_relative 'pages'
require_relative 'pagination'
require_relative 'scim_api'
require_relative 'state'
require_relative 'verify_output'

module Lab
  # GitLab's routes: the SAML callbacks after OmniAuth, the pages, the API, and some unrelated requests that a
  # recorder must not keep. The group's owner is also the administrator. Left out: saving the SAML settings,
  # most of SCIM, everything else of GitLab.
  class Application < Sinatra::Base
    set :environment, :production
    set :protection, false # as GitLab, which has its own: see Csrf
    set :static, false

    CONTENT_SECURITY_POLICY = "base-uri 'self'; default-src 'self'; img-src 'self' data:; object-src 'none'; " \
                              "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
    # The settings page, the page with a user's identities, and the version, by generation.
    GENERATIONS = {
      '18' => ['settings.html', 'user_identities.html', '18.9.0'],
      'german' => ['settings_german.html', 'user_identities.html', '18.9.0'],
      'older' => ['settings_older.html', 'user_identities_older.html', '15.11.13']
    }.freeze
    CALLBACKS = {
      '/groups/:group/-/saml/callback' => GroupCallback,
      '/users/auth/saml/callback' => InstanceCallback
    }.freeze

    helpers do
      def state
        @state ||= State.new
      end

      # Who is signed in, or whose personal access token it is: there is one, the owner's.
      def current_user
        token = request.get_header('HTTP_PRIVATE_TOKEN')
        return state.users.find { |user| user['owner'] && token == state.group['owner_token'] } if token

        state.user(session['user_id']) unless forged?
      end

      # A request that changes something without a valid CSRF token; a SAML Response comes without one.
      def forged?
        !request.safe? && !env.key?('omniauth.auth') && !Csrf.valid?(request)
      end

      def group!
        state.group_at(params['group']) || not_found!
      end

      def version
        GENERATIONS.fetch(state.generation).last
      end

      def page(name, **more)
        me = current_user
        content_type :html
        Pages.fill(name, {
          'label' => 'Test lab', 'origin' => state.origin, 'root' => state.root,
          'authenticity_token' => Csrf.secret(session),
          'gitlab_version' => (version unless state.silent_on_version),
          'flash_alert' => session.delete('flash_alert'), 'flash_notice' => session.delete('flash_notice'),
          'flash_raw' => session.delete('flash_raw'),
          'user_id' => me&.fetch('id'), 'username' => me&.fetch('username'), 'user_name' => me&.fetch('name'),
          'user_email' => me&.fetch('email'), 'signed_out' => ('yes' unless me),
          'owner' => ('yes' if me&.fetch('owner')),
          'linked' => ('yes' if me&.fetch('saml_extern_uid')),
          'unlinked' => ('yes' if me && !me['saml_extern_uid']),
          'group_id' => state.group['id'], 'group_path' => state.group['path'], 'group_name' => state.group['name'],
          'saml_discovery_token' => state.group['saml_discovery_token'], 'idp_sso_url' => state.idp_sso_url,
          'certificate_fingerprint' => state.certificate_fingerprint,
          'enforced_sso' => ('yes' if state.ticked?('enforced_sso')),
          'passwords_off' => ('yes' if state.ticked?('passwords_off'))
        }.merge(more.transform_keys(&:to_s)))
      end

      def error_page!(status, message, explanation = Failure::EXPLANATION)
        content_type :html
        halt status, Pages.fill('error.html', 'status' => status, 'message' => message, 'explanation' => explanation)
      end

      # What "Verify SAML Configuration" brought, shown once.
      def verify_output
        raw = session.delete('verify_saml_response') or return VerifyOutput.none
        entity_id = "#{state.origin}/groups/#{state.group['path']}"
        settings = SamlStrategy.settings(state, entity_id: entity_id, acs: "#{entity_id}/-/saml/callback")
        VerifyOutput.new(settings, raw, current_user['saml_extern_uid']).values
      end

      def administrator!
        signed_in!
        not_found! unless current_user['owner']
      end

      def not_found!
        error_page!(404, 'Page not found')
      end

      def go(path, **flash)
        flash.compact.each { |kind, text| session["flash_#{kind}"] = text }
        redirect "#{state.origin}#{path}", 302
      end

      # Signs a user in, in a new session as Rails does.
      def sign_in(user)
        session.options[:renew] = true
        session['user_id'] = user['id']
      end

      def signed_in!
        return if current_user

        session['user_return_to'] = request.fullpath if request.get?
        go '/users/sign_in'
      end

      def answer(value, status = 200)
        content_type :json
        halt status, JSON.generate(value)
      end

      def refuse(status, message)
        answer({ 'message' => "#{status} #{message}" }, status)
      end
    end

    before do
      headers 'Content-Security-Policy' => CONTENT_SECURITY_POLICY,
              'Cache-Control' => 'max-age=0, private, must-revalidate'
      if forged? && !request.path_info.start_with?('/api/')
        error_page!(422, 'The change you requested was rejected')
      end
    end

    # --- Signing in through SAML
    # -----------------------------------------------------------------------------

    CALLBACKS.each do |path, callback|
      post(path) do
        error_page!(state.acs_status, Failure::STATUSES.fetch(state.acs_status)) if state.acs_status
        visit = Visit.new(auth: env.fetch('omniauth.auth'), state: state, current_user: current_user,
                          last_request_id: session['last_authn_request_id'], relay_state: params['RelayState'])
        outcome = callback.new(visit).outcome
        error_page!(422, 'Sign-in using SAML auth failed', outcome.error) if outcome.error
        halt 200, page('second_factor.html') if outcome.second_factor
        sign_in(outcome.sign_in) if outcome.sign_in
        go outcome.location, alert: outcome.alert, notice: outcome.notice, raw: outcome.raw
      end
    end

    %w[GET POST].each do |method|
      route(method, '/groups/:group/-/saml/sso') do
        redirect_to = params['redirect'].to_s[%r{\A/(?![/\\]).*}] || "/#{group!['path']}"
        query = Rack::Utils.build_query('group_path' => group!['path'], 'redirect_to' => redirect_to)
        name = if current_user.nil? then 'sso.html'
               elsif current_user['saml_extern_uid'] then 'sso_linked.html'
               else 'sso_authorize.html'
               end
        page(name, saml_start_path: "/users/auth/group_saml?#{query}", auto_redirect: ('yes' if state.auto_redirect))
      end
    end

    delete '/groups/:group/-/saml/unlink' do
      group!
      signed_in!
      state.update_user(current_user['id'], 'saml_extern_uid' => nil)
      go '/-/profile/account'
    end

    # --- Signing in with a password
    # --------------------------------------------------------------------------

    # The page where people sign up looks as the one where they sign in, as far as it is read.
    %w[/users/sign_in /users/sign_up].each do |path|
      get(path) { page 'sign_in.html', saml_instance: 'yes' }
    end

    post '/users/sign_in' do
      login, password = params.fetch('user', {}).values_at('login', 'password')
      user = state.users.find { |each| [each['username'], each['email']].include?(login.to_s.downcase) }
      if user && user['password'] == password
        sign_in(user)
        go session.delete('user_return_to') || '/'
      else
        session['flash_alert'] = 'Invalid login or password.'
        page 'sign_in.html', saml_instance: 'yes'
      end
    end

    %w[GET POST DELETE].each do |method|
      route(method, '/users/sign_out') do
        session.destroy
        go '/users/sign_in'
      end
    end

    # --- Pages
    # -----------------------------------------------------------------------------------------------

    get '/groups/:group/-/saml' do
      group!
      signed_in!
      not_found! unless current_user['owner']
      page(GENERATIONS.fetch(state.generation)[0], **verify_output)
    end

    get '/groups/:group/-/group_members' do
      group!
      signed_in!
      page 'group_members.html', members: JSON.generate(Api.members_data(state))
    end

    get '/admin/users/:username/identities' do
      administrator!
      user = state.users.find { |each| each['username'] == params['username'] } || not_found!
      shown = %w[scim group_saml instance_saml].zip(%w[scim_extern_uid saml_extern_uid instance_extern_uid])
      identities = shown.to_h { |name, field| ["of_#{name}", user[field]] }
      identities['of_scim'] = nil if state.generation == 'older'
      any = identities.values.any?
      page(GENERATIONS.fetch(state.generation)[1],
           of_username: user['username'], of_name: user['name'], of_scim_active: user['scim_active'].to_s,
           of_something: ('yes' if any), of_nothing: ('yes' unless any),
           saml_provider_id: state.saml_provider_id, **identities)
    end

    get '/' do
      signed_in!
      page 'home.html'
    end

    get '/-/profile/account' do
      signed_in!
      page 'account.html'
    end

    get '/-/user_settings/identities/new' do
      signed_in!
      page 'identity_link.html'
    end

    get '/-/profile' do
      signed_in!
      page 'profile.html'
    end

    # --- API
    # -------------------------------------------------------------------------------------------------

    # GitLab's API takes the session's cookie and gives none: an answer that is on its way must not undo a
    # sign-in.
    before('/api/*') { session.options[:skip] = true }

    get '/api/v4/user' do
      current_user ? answer(Api.user(current_user, state)) : refuse(401, 'Unauthorized')
    end

    get '/api/v4/metadata' do
      current_user ? answer(Api.metadata(version, state)) : refuse(401, 'Unauthorized')
    end

    get '/api/v4/groups/:group/members' do
      group_for_owner!
      if params['per_page'] == '100' && (status = state.interrupts(params['page']))
        headers 'Retry-After' => '1' if status == 429
        refuse(status, Rack::Utils::HTTP_STATUS_CODES.fetch(status))
      end
      all = params['with_saml_identity'] == 'true' ? state.members_with_saml_identity : state.users
      paged(all) { |user| Api.member(user, state) }
    end

    register GroupApi
    register ScimApi

    # --- What has nothing to do with SAML, and must not be recorded
    # ------------------------------------------

    get('/api/v4/projects') { answer([]) }

    post '/api/graphql' do
      me = current_user
      answer('data' => { 'currentUser' => me && { 'id' => "gid://gitlab/User/#{me['id']}", 'username' => me['username'] } })
    end

    post('/-/profile') { go '/-/profile', notice: 'Profile was successfully updated' }

    post('/users/verification') { go '/users/sign_in', alert: 'The code is incorrect. Enter it again, or send a new code.' }

    post '/groups/:group/-/scim_oauth' do
      group!
      signed_in!
      answer('scim_api_url' => "#{state.origin}/api/scim/v2/groups/#{group!['path']}",
             'scim_token' => "glsoat-#{SecureRandom.urlsafe_base64(15)}")
    end

    # --- The lab's own
    # -----------------------------------------------------------------------------------------

    # GitLab's probe; `run` says which lab answers, as ports change hands.
    get('/-/readiness') { answer('status' => 'ok', 'run' => File.basename(State.folder)) }

    get '/assets/:name' do
      path, type = Pages.asset(params['name']) || not_found!
      send_file path, type: type
    end

    ['/groups/:group', '/:group'].each do |path|
      get(path) do
        group!
        page 'group.html'
      end
    end

    %w[GET POST PUT PATCH DELETE].each do |method|
      route(method, '/api/*') { refuse(404, 'Not Found') }
      route(method, '*') { not_found! }
    end
  end
end
