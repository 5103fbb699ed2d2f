# frozen_string_literal: true

require 'json'
require 'sinatra/base'
require_relative 'api'
require_relative 'csrf'
require_relative 'group_callback'
require_relative 'instance_callback'
require_relative 'pages'
require_relative 'pagination'
require_relative 'state'

module Lab
  # GitLab's routes: the SAML callbacks after OmniAuth, the pages, the API, and some unrelated requests that a
  # recorder must not keep. Left out: saving the SAML settings, SCIM, everything else of GitLab.
  class Application < Sinatra::Base
    set :environment, :production
    set :protection, false # as GitLab, which has its own: see Csrf
    set :static, false

    CONTENT_SECURITY_POLICY = "base-uri 'self'; default-src 'self'; img-src 'self' data:; object-src 'none'; " \
                              "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'"
    CALLBACKS = {
      '/groups/:group/-/saml/callback' => GroupCallback,
      '/users/auth/saml/callback' => InstanceCallback
    }.freeze

    helpers do
      def state
        @state ||= State.new
      end

      def current_user
        state.user(session['user_id']) unless forged?
      end

      # A request that changes something without a valid CSRF token; a SAML Response comes without one.
      def forged?
        !request.safe? && !env.key?('omniauth.auth') && !Csrf.valid?(request)
      end

      def group!
        state.group_at(params['group']) || not_found!
      end

      def page(name, **more)
        me = current_user
        content_type :html
        Pages.fill(name, {
          'label' => 'Test lab', 'origin' => state.origin, 'authenticity_token' => Csrf.secret(session),
          'gitlab_version' => state.generation == '18' ? '18.9.0' : '15.11.13',
          'flash_alert' => session.delete('flash_alert'), 'flash_notice' => session.delete('flash_notice'),
          'user_id' => me&.fetch('id'), 'username' => me&.fetch('username'), 'user_name' => me&.fetch('name'),
          'user_email' => me&.fetch('email'), 'signed_out' => ('yes' unless me),
          'owner' => ('yes' if me&.fetch('owner')),
          'linked' => ('yes' if me&.fetch('saml_extern_uid')),
          'unlinked' => ('yes' if me && !me['saml_extern_uid']),
          'group_id' => state.group['id'], 'group_path' => state.group['path'], 'group_name' => state.group['name'],
          'saml_discovery_token' => state.group['saml_discovery_token'], 'idp_sso_url' => state.idp_sso_url,
          'certificate_fingerprint' => state.certificate_fingerprint
        }.merge(more.transform_keys(&:to_s)))
      end

      def error_page!(status, message)
        content_type :html
        halt status, Pages.fill('error.html', 'status' => status, 'message' => message)
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

    # --- Signing in through SAML -----------------------------------------------------------------------------

    CALLBACKS.each do |path, callback|
      post(path) do
        visit = Visit.new(auth: env.fetch('omniauth.auth'), state: state, current_user: current_user,
                          last_request_id: session['last_authn_request_id'], relay_state: params['RelayState'])
        outcome = callback.new(visit).outcome
        sign_in(outcome.sign_in) if outcome.sign_in
        go outcome.location, alert: outcome.alert, notice: outcome.notice
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

    # --- Signing in with a password --------------------------------------------------------------------------

    get('/users/sign_in') { page 'sign_in.html', saml_instance: 'yes' }

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

    # --- Pages -----------------------------------------------------------------------------------------------

    get '/groups/:group/-/saml' do
      group!
      signed_in!
      not_found! unless current_user['owner']
      page(state.generation == '18' ? 'settings.html' : 'settings_older.html')
    end

    get '/' do
      signed_in!
      page 'home.html'
    end

    get '/-/profile/account' do
      signed_in!
      page 'account.html'
    end

    get '/-/profile' do
      signed_in!
      page 'profile.html'
    end

    # --- API -------------------------------------------------------------------------------------------------

    # GitLab's API takes the session's cookie and gives none: an answer that is on its way must not undo a sign-in.
    before('/api/*') { session.options[:skip] = true }

    get '/api/v4/user' do
      current_user ? answer(Api.user(current_user, state)) : refuse(401, 'Unauthorized')
    end

    get '/api/v4/groups/:group/members' do
      refuse(401, 'Unauthorized') unless current_user
      refuse(404, 'Group Not Found') unless state.group.values_at('id', 'path').map(&:to_s).include?(params['group'])
      refuse(403, 'Forbidden') unless current_user['owner']
      all = params['with_saml_identity'] == 'true' ? state.members_with_saml_identity : state.users
      pagination = Pagination.new(all, params, "#{state.origin}#{request.path_info}")
      headers pagination.headers
      answer(pagination.part.map { |user| Api.member(user, state) })
    end

    # --- What has nothing to do with SAML, and must not be recorded ------------------------------------------

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

    # --- The lab's own -----------------------------------------------------------------------------------------

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
