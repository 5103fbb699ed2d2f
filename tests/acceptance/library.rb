# frozen_string_literal: true

# The real omniauth-saml with the real ruby-saml: signs the Responses that come in, hands each to the strategy
# as GitLab does, and says what came out. A JSON object a line, in and out; all in one process.
#
# In:  {"xml", "sign": {...}, "after": [[from, to], ...], "wire": [[from, to], ...], "settings": {...}, "now"}
# Out: {"response" (base64), "accepted", "message", "name_id", "fingerprint"}
#
# In the XML, `{CERTIFICATE}` stands for the certificate of the key, `{SIGNATURE x}` for a signature over the
# element with the ID x. What is canonical is left to libxml2. The key is new, or that in the folder that is
# given: `idp.key` with `idp.pem`. Left out: encryption.

require 'base64'
require 'json'
require 'omniauth-saml'
require 'rack'

# The time at which GitLab looks at a Response.
module Clock
  class << self
    attr_accessor :now
  end

  def now(*, **)
    Clock.now || super
  end
end
Time.singleton_class.prepend(Clock)
ENV['TZ'] = 'UTC'

# A key with its certificate.
class Signer
  EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  MODES = {
    EXCLUSIVE => Nokogiri::XML::XML_C14N_EXCLUSIVE_1_0,
    'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' => Nokogiri::XML::XML_C14N_1_0,
    'http://www.w3.org/2006/12/xml-c14n11' => Nokogiri::XML::XML_C14N_1_1
  }.freeze
  METHODS = {
    '1' => %w[http://www.w3.org/2000/09/xmldsig#rsa-sha1 http://www.w3.org/2000/09/xmldsig#sha1],
    '256' => %w[http://www.w3.org/2001/04/xmldsig-more#rsa-sha256 http://www.w3.org/2001/04/xmlenc#sha256],
    '384' => %w[http://www.w3.org/2001/04/xmldsig-more#rsa-sha384 http://www.w3.org/2001/04/xmldsig-more#sha384],
    '512' => %w[http://www.w3.org/2001/04/xmldsig-more#rsa-sha512 http://www.w3.org/2001/04/xmlenc#sha512]
  }.freeze

  # With the key and the certificate in `folder`.
  def self.from(folder)
    key, certificate = %w[idp.key idp.pem].map { |name| File.read(File.join(folder, name)) }
    new(OpenSSL::PKey::RSA.new(key), OpenSSL::X509::Certificate.new(certificate))
  end

  # With a new key and a certificate for it.
  def self.made
    key = OpenSSL::PKey::RSA.new(2048)
    certificate = OpenSSL::X509::Certificate.new
    certificate.subject = certificate.issuer = OpenSSL::X509::Name.parse('/CN=idp.example.com')
    certificate.serial = 1
    certificate.not_before = Time.at(0)
    certificate.not_after = Time.at(4_000_000_000)
    certificate.public_key = key.public_key
    new(key, certificate.sign(key, OpenSSL::Digest.new('SHA256')))
  end

  def initialize(key, certificate)
    @key = key
    @certificate = certificate
  end

  def base64
    Base64.strict_encode64(@certificate.to_der)
  end

  def fingerprint(digest)
    OpenSSL::Digest.new(digest).hexdigest(@certificate.to_der).upcase.scan(/../).join(':')
  end

  # `xml` with all its signatures, the inner ones first.
  def sign(xml, options)
    xml.scan(/\{SIGNATURE ([^}]*)\}/).flatten.reverse.each { |id| xml = sign_one(xml, id, options) }
    xml
  end

  private

  def sign_one(xml, id, options)
    method, digest = METHODS.fetch(options['sha'] || '256')
    algorithm = options['canonicalization'] || EXCLUSIVE
    prefixes = options['prefixes']
    sha = OpenSSL::Digest.new("SHA#{options['sha'] || '256'}")
    bare = Nokogiri::XML(xml.gsub(/\{SIGNATURE [^}]*\}/, ''))
    element = bare.at_xpath('//*[@ID=$id]', nil, { 'id' => id })
    covered = element ? element.canonicalize(MODES.fetch(algorithm), prefixes&.split) : ''
    list = prefixes && %(<ec:InclusiveNamespaces xmlns:ec="#{EXCLUSIVE}" PrefixList="#{prefixes}"/>)
    signature = <<~XML.delete("\n")
      <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="#{algorithm}"/><ds:SignatureMethod Algorithm="#{method}"/>
      <ds:Reference URI="##{id}"><ds:Transforms><ds:Transform
       Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform
       Algorithm="#{algorithm}">#{list}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="#{digest}"/>
      <ds:DigestValue>#{Base64.strict_encode64(sha.digest(covered))}</ds:DigestValue></ds:Reference></ds:SignedInfo>
      <ds:SignatureValue>{VALUE}</ds:SignatureValue>#{options['key_info']}</ds:Signature>
    XML
    xml = xml.sub("{SIGNATURE #{id}}") { signature }
    whole = Nokogiri::XML(xml.gsub(/\{SIGNATURE [^}]*\}/, ''))
    info = whole.xpath('//ds:SignedInfo', 'ds' => 'http://www.w3.org/2000/09/xmldsig#').find { |i| i.next.text == '{VALUE}' }
    value = info ? @key.sign(sha, info.canonicalize(MODES.fetch(algorithm))) : ''
    xml.sub('{VALUE}') { Base64.strict_encode64(value) }
  end
end

# The service provider. What it says of one Response.
module Provider
  SUCCESS = ->(env) { [200, {}, [JSON.generate('name_id' => env['omniauth.auth'].uid)]] }
  OmniAuth.config.logger = Logger.new(File::NULL)
  OmniAuth.config.on_failure = lambda do |env|
    error = env['omniauth.error']
    [422, {}, [JSON.generate('message' => error ? error.message : env['omniauth.error.type'].to_s)]]
  end

  def self.ask(response, settings)
    env = Rack::MockRequest.env_for('https://gitlab.example.com/auth/saml/callback', method: 'POST',
                                                                                   params: { SAMLResponse: response })
    env['rack.session'] = {}
    status, _, body = OmniAuth::Strategies::SAML.new(SUCCESS, settings.transform_keys(&:to_sym)).call(env)
    answer = JSON.parse(body.first)
    { 'accepted' => status == 200, 'message' => answer['message'], 'name_id' => answer['name_id'] }
  end
end

signer = ARGV.empty? ? Signer.made : Signer.from(ARGV.shift)
other = Signer.made
fingerprints = { 'sha1' => signer.fingerprint('SHA1'), 'sha256' => signer.fingerprint('SHA256'),
                 'other' => other.fingerprint('SHA256') }

$stdin.each_line do |line|
  request = JSON.parse(line)
  Clock.now = nil
  options = request['sign'].merge('key_info' => request['sign'].fetch('key_info').gsub('{CERTIFICATE}', signer.base64)
                                                       .gsub('{OTHER}', other.base64))
  xml = signer.sign(request['xml'], options)
  request['after'].each { |from, to| xml = xml.sub(from) { to } }
  settings = request['settings']
  fingerprint = fingerprints.fetch(settings['idp_cert_fingerprint'], settings['idp_cert_fingerprint'])
  settings['idp_cert_fingerprint'] = fingerprint
  settings['idp_cert_fingerprint_algorithm'] =
    fingerprint.to_s.delete(':').length == 64 ? XMLSecurity::Document::SHA256 : XMLSecurity::Document::SHA1
  Clock.now = Time.at(Rational(request['now'], 1000)).utc
  response = Base64.strict_encode64(xml)
  request['wire'].each { |from, to| response = response.sub(from) { to } }
  answer = Provider.ask(response, settings)
  puts JSON.generate({ 'response' => response, 'fingerprint' => fingerprint, **answer })
end
