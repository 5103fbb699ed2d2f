# frozen_string_literal: true

require 'json'
require 'openssl'
require 'uri'

module Lab
  # What GitLab has stored. The test writes one JSON file (SAMLIGHT_LAB_STATE), which is read anew for each
  # request. What GitLab itself changes (an identity linked, updated or removed, a user created) goes to
  # `changes.json` beside it and is laid over the state; a state with another `revision` makes it void.
  class State
    LOCK = Mutex.new
    private_constant :LOCK

    def self.path
      ENV.fetch('SAMLIGHT_LAB_STATE')
    end

    # The folder of this run: the state file, the IdP's certificate, the changes.
    def self.folder
      File.dirname(path)
    end

    attr_reader :group, :users, :generation, :auto_redirect, :instance_sign_up, :instance_refuses, :acs_status,
                :origin, :idp_origin, :gitlab_clock_ahead, :silent_on_version

    def initialize
      stored = JSON.parse(File.read(State.path))
      @revision = stored.fetch('revision')
      @group = stored.fetch('group')
      @generation = stored.fetch('generation')
      @auto_redirect = stored.fetch('auto_redirect')
      @instance_sign_up = stored.fetch('instance_sign_up')
      @instance_refuses = stored['instance_refuses']
      @acs_status = stored['acs_status']
      @origin = stored.fetch('gitlab_origin')
      @idp_origin = stored.fetch('idp_origin')
      @gitlab_clock_ahead = stored.fetch('gitlab_clock_ahead')
      @interrupt = stored['interrupt']
      @silent_on_version = stored['silent_on_version']
      @saml_provider = stored.fetch('saml_provider')
      changes = read_changes
      @users = (stored.fetch('users') + changes['created']).map do |user|
        user.merge(changes['updated'].fetch(user['id'].to_s, {}))
      end
    end

    # The relative URL root: `/gitlab`, or empty.
    def root
      URI(origin).path.chomp('/')
    end

    def saml_provider_id
      @saml_provider.fetch('id')
    end

    # Whether the group's owner has set up SAML.
    def saml_provider?
      @saml_provider.fetch('exists')
    end

    # The fingerprint the group's owner has typed in: by default the true one of the IdP's certificate.
    def certificate_fingerprint
      @saml_provider.fetch('certificate_fingerprint') || State.idp_fingerprint
    end

    # Whether a checkbox of the SAML settings is ticked.
    def ticked?(name)
      @saml_provider.fetch(name)
    end

    def idp_sso_url
      "#{idp_origin}/simplesaml/saml2/idp/SSOService.php"
    end

    def self.idp_fingerprint
      der = OpenSSL::X509::Certificate.new(File.read(File.join(folder, 'certificate/idp.pem'))).to_der
      OpenSSL::Digest::SHA256.hexdigest(der).scan(/../).join(':').upcase
    end

    def group_at(path)
      group if group['path'] == path
    end

    def user(id)
      users.find { |user| user['id'] == id }
    end

    # GitLab looks up e-mail addresses in lower case.
    def user_with_email(email)
      users.find { |user| user['email'].downcase == email.to_s.downcase }
    end

    def members_with_saml_identity
      users.reject { |user| user['saml_extern_uid'].nil? }
    end

    # The status that this page of members is refused with: once in this state.
    def interrupts(page)
      at, status = @interrupt
      return unless at && page.to_i == at

      File.open(File.join(State.folder, "interrupted-#{@revision}"), File::WRONLY | File::CREAT | File::EXCL) { status }
    rescue Errno::EEXIST
      nil
    end

    # Stores another value of GitLab's own for one user.
    def update_user(id, fields)
      change { |changes| (changes['updated'][id.to_s] ||= {}).merge!(fields) }
    end

    # Stores a new user, and returns it.
    def create_user(fields)
      user = fields.merge('id' => users.map { |each| each['id'] }.max + 1, 'owner' => false)
      change { |changes| changes['created'] << user }
      user
    end

    private

    def changes_path
      File.join(State.folder, 'changes.json')
    end

    def read_changes
      none = { 'revision' => @revision, 'updated' => {}, 'created' => [] }
      return none unless File.exist?(changes_path)

      changes = JSON.parse(File.read(changes_path))
      changes['revision'] == @revision ? changes : none
    end

    def change
      LOCK.synchronize do
        changes = read_changes
        yield changes
        File.write("#{changes_path}.new", JSON.generate(changes))
        File.rename("#{changes_path}.new", changes_path)
      end
    end
  end
end
