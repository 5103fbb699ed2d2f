# frozen_string_literal: true

# The lab's GitLab as a Rack application: session, OmniAuth with the two SAML strategies, then the routes. The
# strategies and ruby-saml are the ones that GitLab itself uses; everything round them is a stand-in that
# follows GitLab's documented behaviour. Left out: everything that has nothing to do with signing in through
# SAML.
#
# SAMLIGHT_LAB_STATE is the path of the state file; the folder it is in is that of the run.

require 'logger'
require 'time'
require 'omniauth'
require 'omniauth-saml'
require 'rack/session/pool'
require_relative 'application'
require_relative 'clock'
require_relative 'failure'
require_relative 'group_saml'
require_relative 'instance_saml'

# ruby-saml and OmniAuth write to standard output unless told otherwise; messages do not belong there.
LOG = Logger.new($stderr, level: Logger::ERROR)
OneLogin::RubySaml::Logging.logger = LOG

OmniAuth.configure do |config|
  config.logger = LOG
  config.path_prefix = '/users/auth'
  config.allowed_request_methods = [:post]
  config.request_validation_phase = lambda do |env|
    raise OmniAuth::AuthenticityError unless Lab::Csrf.valid?(Rack::Request.new(env))
  end
  config.on_failure = Lab::Failure
end

# The web server in front of GitLab dates every answer; puma does not.
DATED = Struct.new(:app) do
  def call(env)
    status, headers, body = app.call(env)
    [status, { 'Date' => Time.now.httpdate }.merge(headers), body]
  end
end

# GitLab's relative URL root, which can change between two requests: what lies below it is the application's,
# and nothing else is. The lab's own probe comes without it.
BELOW_ROOT = Struct.new(:app) do
  def call(env)
    root, path = Lab::State.new.root, env['PATH_INFO']
    return app.call(env) if root.empty? || path == '/-/readiness'
    return [404, { 'Content-Type' => 'text/plain' }, ["Nothing is here.\n"]] unless "#{path}/".start_with?("#{root}/")

    app.call(env.merge('SCRIPT_NAME' => root, 'PATH_INFO' => path.delete_prefix(root).then { |it| it.empty? ? '/' : it }))
  end
end

use BELOW_ROOT
use Lab::Clock
use DATED
# GitLab's session cookie is an opaque id, and it must come along with the IdP's cross-site POST.
use Rack::Session::Pool, key: '_gitlab_session', same_site: :none, secure: true, httponly: true
use Rack::MethodOverride
use Lab::GroupSaml
use Lab::InstanceSaml
run Lab::Application
