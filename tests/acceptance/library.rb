# frozen_string_literal: true

# The real omniauth-saml with the real ruby-saml: signs the Responses that come in, hands each to the strategy
# as GitLab does, and says what came out. A JSON object a line, in and out; all in one process. Which version
# of the libraries it is, the environment says (RUBYLIB); the answer names it.
#
# In:  {"xml", "sign": {...}, "encrypt": [{...}], "after": [[from, to], ...], "wire": [[from, to], ...],
#       "settings": {...}, "now"}
# Out: {"response" (base64), "accepted", "message", "name_id", "fingerprint", "certificate", "version",
#       "read"}
#
# In the XML, `{CERTIFICATE}` stands for the certificate of the key, `{SIGNATURE x}` for a signature over the
# element with the ID x, `{ENCRYPT n}…{/ENCRYPT}` for what is encrypted as the nth of `encrypt` says. What is
# canonical is left to libxml2. The key is new, or that in the folder that is given: `idp.key` with `idp.pem`.
# `name_id` is what GitLab would look for (omniauth's uid); `read` what ruby-saml gives when it is asked,
# whether it takes the Response or not.

require 'base64'
require 'json'
require 'omniauth-saml'
require 'rack'
require 'zlib'

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

  EC_METHOD = 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha'

  # With the key and the certificate in `folder`.
  def self.from(folder)
    key, certificate = %w[idp.key idp.pem].map { |name| File.read(File.join(folder, name)) }
    new(OpenSSL::PKey::RSA.new(key), OpenSSL::X509::Certificate.new(certificate))
  end

  # With a key, a new one unless it is given, and a certificate for it.
  def self.made(key = OpenSSL::PKey::RSA.new(2048))
    certificate = OpenSSL::X509::Certificate.new
    certificate.subject = certificate.issuer = OpenSSL::X509::Name.parse('/CN=idp.example.com')
    certificate.serial = 1
    certificate.not_before = Time.at(0)
    certificate.not_after = Time.at(4_000_000_000)
    certificate.public_key = key
    new(key, certificate.sign(key, OpenSSL::Digest.new('SHA256')))
  end

  def initialize(key, certificate)
    @key = key
    @certificate = certificate
  end

  def base64
    Base64.strict_encode64(@certificate.to_der)
  end

  def pem
    @certificate.to_pem
  end

  def fingerprint(digest)
    OpenSSL::Digest.new(digest).hexdigest(@certificate.to_der).upcase.scan(/../).join(':')
  end

  # `xml` with all its signatures and all that is encrypted, the inner ones first.
  def sign(xml, options, encrypt = [])
    while (at = xml.rindex(/\{(SIGNATURE|ENCRYPT) [^}]*\}/))
      kind, what = xml[at..].match(/\A\{(\w+) ([^}]*)\}/).captures
      xml = kind == 'SIGNATURE' ? sign_one(xml, what, options) : Sealer.new(encrypt.fetch(what.to_i)).seal(xml, at)
    end
    xml
  end

  private

  TOKEN = %r(\{SIGNATURE [^}]*\}|\{ENCRYPT [^}]*\}|\{/ENCRYPT\}).freeze

  def sign_one(xml, id, options)
    method, digest = METHODS.fetch(options['sha'] || '256')
    method = EC_METHOD + (options['sha'] || '256') unless @key.is_a?(OpenSSL::PKey::RSA)
    method = options['method'] || method
    algorithm = options['canonicalization'] || EXCLUSIVE
    prefixes = options['prefixes']
    sha = OpenSSL::Digest.new("SHA#{options['sha'] || '256'}")
    bare = Nokogiri::XML(without(xml))
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
    from = xml.rindex("{SIGNATURE #{id}}")
    xml = xml[0...from] + signature + xml[from + id.length + 12..]
    whole = Nokogiri::XML(without(xml))
    info = whole.xpath('//ds:SignedInfo', 'ds' => 'http://www.w3.org/2000/09/xmldsig#').find { |i| i.next.text == '{VALUE}' }
    value = info ? @key.sign(sha, info.canonicalize(MODES.fetch(algorithm))) : ''
    value = raw(value) if options['ecdsa'] == 'raw' && !value.empty?
    xml.sub('{VALUE}') { Base64.strict_encode64(value) }
  end

  # `xml` without marks, and without the declaration, which is not signed and may be wrong.
  def without(xml)
    xml.gsub(TOKEN, '').sub(/\A\s*<\?xml\b[^>]*>/, '')
  end

  # The two numbers of an ECDSA value one behind the other, as XML Signature has them.
  def raw(value)
    octets = (@key.group.degree + 7) / 8
    OpenSSL::ASN1.decode(value).value.map { |n| n.value.to_s(16).rjust(octets * 2, '0') }.pack('H*H*')
  end
end

# Encrypts a part of a message.
class Sealer
  SAMPLES = File.expand_path('../../crate/tests/encryption/samples/keys', __dir__)
  SP = OpenSSL::PKey::RSA.new(File.read(File.join(SAMPLES, 'sp.key')))
  OTHER = OpenSSL::PKey::RSA.new(File.read(File.join(SAMPLES, 'atk.key')))
  CIPHERS = {
    'http://www.w3.org/2001/04/xmlenc#tripledes-cbc' => 'DES-EDE3-CBC',
    'http://www.w3.org/2001/04/xmlenc#aes128-cbc' => 'AES-128-CBC',
    'http://www.w3.org/2001/04/xmlenc#aes192-cbc' => 'AES-192-CBC',
    'http://www.w3.org/2001/04/xmlenc#aes256-cbc' => 'AES-256-CBC',
    'http://www.w3.org/2009/xmlenc11#aes128-gcm' => 'aes-128-gcm',
    'http://www.w3.org/2009/xmlenc11#aes192-gcm' => 'aes-192-gcm',
    'http://www.w3.org/2009/xmlenc11#aes256-gcm' => 'aes-256-gcm'
  }.freeze

  def initialize(options)
    @options = options
  end

  # `xml` with what stands behind the mark at `from` encrypted.
  def seal(xml, from)
    start = xml.index('}', from) + 1
    to = xml.index('{/ENCRYPT}', start)
    plain = "#{@options['before']}#{xml[start...to]}#{@options['behind']}"
    xml[0...from] + written(plain) + xml[to + 10..]
  end

  private

  def written(plain)
    octets, key = encrypted(plain)
    keys = @options.fetch('recipients').map.with_index do |name, number|
      encrypted_key(name == 'sp' ? SP : OTHER, key, "_ek#{number}")
    end.join
    beside = @options['beside']
    pointer = beside == 'pointed' ? '<ds:RetrievalMethod URI="#_ek0"/>' : ''
    info = beside ? pointer : keys
    xmlns = @options['ds'] ? '' : ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    name = @options['ds'] ? 'KeyInfo' : 'ds:KeyInfo'
    info = "<#{name}#{xmlns}>#{info}</#{name}>" unless info.empty?
    method = @options['cipher'] ? %(<xenc:EncryptionMethod Algorithm="#{@options['cipher']}"/>) : ''
    <<~XML.delete("\n") + (beside ? keys : '')
      <xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Type="http://www.w3.org/2001/04/xmlenc#Element">
      #{method}#{info}
      <xenc:CipherData><xenc:CipherValue>#{base64(octets)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>
    XML
  end

  def base64(octets)
    @options['lines'] ? Base64.encode64(octets).gsub("\n", '&#13;<!-- x -->') : Base64.strict_encode64(octets)
  end

  # The octets with what is needed before and behind them, and their key.
  def encrypted(plain)
    name = CIPHERS[@options['cipher']]
    return [plain, OpenSSL::Random.random_bytes(16)] unless name

    cipher = OpenSSL::Cipher.new(name).encrypt
    key = cipher.random_key
    vector = cipher.random_iv
    if name.end_with?('gcm')
      octets = vector + cipher.update(plain) + cipher.final
      octets += cipher.auth_tag
    else
      cipher.padding = 0
      octets = vector + cipher.update(plain.b + padding(plain.bytesize, cipher.block_size)) + cipher.final
    end
    octets = octets[0...-@options['cut']] if @options['cut']
    octets.setbyte(-1, octets.getbyte(-1) ^ 1) if @options['broken']
    [octets, @options['short_key'] ? key[1..] : key]
  end

  def padding(length, size)
    count = size - length % size
    last = { 'zero' => 0, 'large' => 200 }.fetch(@options['padding'], count)
    ("\x58" * (count - 1)).b + [last].pack('C')
  end

  def encrypted_key(to, key, id)
    uri = @options['transport']
    oaep = @options['oaep'] || {}
    inside = @options['inside'] || ''
    sealed = if uri&.end_with?('rsa-1_5')
               to.public_encrypt(key)
             else
               given = { 'rsa_padding_mode' => 'oaep', 'rsa_oaep_md' => oaep['digest'] || 'sha1',
                         'rsa_mgf1_md' => oaep['mask'] || 'sha1' }
               given['rsa_oaep_label'] = oaep['label'].unpack1('H*') if oaep['label']
               to.encrypt(key, given)
             end
    method = uri ? %(<xenc:EncryptionMethod Algorithm="#{uri}">#{inside}</xenc:EncryptionMethod>) : ''
    <<~XML.delete("\n")
      <xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Id="#{id}">
      #{method}
      <xenc:CipherData><xenc:CipherValue>#{base64(sealed)}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>
    XML
  end
end

# Remembers the Response that was made last, to ask it further.
module Asked
  class << self
    attr_accessor :last
  end

  def initialize(*)
    Asked.last = nil
    super
    Asked.last = self
  end
end
OneLogin::RubySaml::Response.prepend(Asked)

# The service provider. What it says of one Response.
module Provider
  SUCCESS = ->(env) { [200, {}, [JSON.generate('name_id' => env['omniauth.auth'].uid)]] }
  OmniAuth.config.logger = Logger.new(File::NULL)
  OmniAuth.config.on_failure = lambda do |env|
    error = env['omniauth.error']
    # REXML quotes octets as they came.
    words = error ? error.message.dup.force_encoding('UTF-8').scrub : env['omniauth.error.type'].to_s
    [422, {}, [JSON.generate('message' => words)]]
  end

  def self.ask(response, settings)
    env = Rack::MockRequest.env_for('https://gitlab.example.com/auth/saml/callback', method: 'POST',
                                                                                   params: { SAMLResponse: response })
    env['rack.session'] = {}
    status, _, body = OmniAuth::Strategies::SAML.new(SUCCESS, settings.transform_keys(&:to_sym)).call(env)
    answer = JSON.parse(body.first)
    { 'accepted' => status == 200, 'message' => answer['message'], 'name_id' => answer['name_id'], 'read' => read }
  end

  # What ruby-saml reads, whatever it thinks of the Response.
  def self.read
    asked = Asked.last or return nil
    attributes = asked.attributes.all.except('fingerprint')
    { 'name_id' => asked.name_id, 'attributes' => attributes.to_a }
  rescue StandardError
    nil
  end
end

signer = ARGV.empty? ? Signer.made : Signer.from(ARGV.shift)
signers = Hash.new do |made, curve|
  made[curve] = curve ? Signer.made(OpenSSL::PKey::EC.generate(curve)) : signer
end
other = Signer.made

$stdin.each_line do |line|
  request = JSON.parse(line)
  Clock.now = nil
  own = signers[request['sign']['curve']]
  fingerprints = { 'sha1' => own.fingerprint('SHA1'), 'sha256' => own.fingerprint('SHA256'),
                   'other' => other.fingerprint('SHA256') }
  certificates = { 'own' => own.pem, 'other' => other.pem }
  put = ->(text) { text.gsub('{CERTIFICATE}', own.base64).gsub('{OTHER}', other.base64) }
  options = request['sign'].merge('key_info' => put.call(request['sign'].fetch('key_info')))
  xml = own.sign(request['xml'], options, request['encrypt'] || [])
  request['after'].each { |from, to| xml = xml.sub(from) { put.call(to) } }
  settings = request['settings']
  fingerprint = fingerprints.fetch(settings['idp_cert_fingerprint'], settings['idp_cert_fingerprint'])
  settings['idp_cert_fingerprint'] = fingerprint
  settings['idp_cert'] = certificates.fetch(settings['idp_cert']) if settings['idp_cert']
  settings['private_key'] = Sealer::SP.to_pem if settings['private_key']
  settings['idp_cert_fingerprint_algorithm'] =
    fingerprint.to_s.delete(':').length == 40 ? XMLSecurity::Document::SHA1 : XMLSecurity::Document::SHA256
  Clock.now = Time.at(Rational(request['now'], 1000)).utc
  xml = "\uFEFF#{xml}" if request['encoding'] == 'UTF-16LE'
  xml = xml.encode(request['encoding'], undef: :replace) if request['encoding']
  deflated = request['deflate'] ? Zlib::Deflate.deflate(xml, 9)[2..-5] : xml
  response = request['bare'] ? xml : Base64.strict_encode64(deflated)
  request['wire'].each { |from, to| response = response.sub(from) { to } }
  answer = Provider.ask(response, settings)
  puts JSON.generate({ 'response' => response, 'fingerprint' => fingerprint, 'certificate' => settings['idp_cert'],
                       'version' => OneLogin::RubySaml::VERSION, **answer })
end
