# frozen_string_literal: true

# The peer of GitLab's whole verdict: the real ruby-saml. For each file it says the least time, in
# nanoseconds, that the processor was at one run of: decoding the parameter's value, all its checks, reading
# NameID and attributes.
#
# Usage: ruby_saml.rb SETTINGS(JSON) FILE...

require 'base64'
require 'json'
require 'onelogin/ruby-saml'

told = JSON.parse(ARGV.shift)
NOW = Time.at(Rational(told['now'], 1000)).utc

# The time at which GitLab looks at it.
module Clock
  def now(*, **)
    NOW
  end
end
Time.singleton_class.prepend(Clock)

settings = OneLogin::RubySaml::Settings.new
settings.sp_entity_id = told['sp_entity_id']
settings.assertion_consumer_service_url = told['assertion_consumer_service_url']
settings.idp_cert_fingerprint = told['idp_cert_fingerprint']
settings.idp_cert_fingerprint_algorithm = XMLSecurity::Document::SHA256

puts "ruby-saml #{OneLogin::RubySaml::VERSION}, Ruby #{RUBY_VERSION}"
ARGV.each do |file|
  value = Base64.strict_encode64(File.binread(file))
  times = Array.new(told['runs']) do
    begin_at = Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond)
    response = OneLogin::RubySaml::Response.new(value, settings: settings)
    abort response.errors.join(' ') unless response.is_valid?
    abort 'it has no NameID' unless response.name_id
    response.attributes.all
    Process.clock_gettime(Process::CLOCK_THREAD_CPUTIME_ID, :nanosecond) - begin_at
  end
  puts times.min
end
