# frozen_string_literal: true

require_relative 'api'
require_relative 'pagination'

module Lab
  # GitLab's REST API of one group's identities, as an owner has it: doc/api/saml.md, doc/api/scim.md and the
  # code they describe. An older generation (15.11) has no `saml_users` and no look-up of one identity (16.1).
  # A write needs the session's CSRF token and, where the browser names an origin, the page's own; or the personal
  # access token of the group's owner. Left out: DELETE, the scopes of tokens.
  module GroupApi
    # The identities by the segment of their path: the user's field, and how GitLab looks a value up.
    KINDS = {
      'saml' => ['saml_extern_uid', ->(stored, given) { stored == given }],
      'scim' => ['scim_extern_uid', ->(stored, given) { stored.downcase == given.downcase }]
    }.freeze

    def self.registered(app)
      app.helpers Helpers
      lists(app)
      KINDS.each { |kind, (field, same)| identities(app, kind, field, same) }
    end

    def self.lists(app)
      app.get '/api/v4/groups/:group' do
        group_for_member!
        answer('id' => state.group['id'], 'path' => state.group['path'], 'full_path' => state.group['path'],
               'name' => state.group['name'], 'ip_restriction_ranges' => state.group['ip_restriction_ranges'],
               'allowed_email_domains_list' => state.group['allowed_email_domains'])
      end

      app.get '/api/v4/groups/:group/saml_users' do
        group_for_owner!
        refuse(404, 'Not Found') if state.generation == 'older'
        paged(state.users.select { |user| user['saml_extern_uid'] || user['scim_extern_uid'] }) do |user|
          Api.user(user, state)
        end
      end

      app.get('/api/v4/groups/:group/audit_events') do
        group_for_owner!
        paged(state.group['audit_events']) { |event| audit_event(event) }
      end

      app.get('/api/v4/user/emails') { current_user ? answer(own_emails) : refuse(401, 'Unauthorized') }
    end
    private_class_method :lists

    def self.identities(app, kind, field, same)
      app.get "/api/v4/groups/:group/#{kind}/identities" do
        group_for_owner!
        refuse(400, 'Bad request') unless state.saml_provider?
        answer(state.users.select { |user| user[field] }.map { |user| identity(kind, user) })
      end

      app.get "/api/v4/groups/:group/#{kind}/:uid" do
        group_for_owner!
        refuse(404, 'Not Found') if state.generation == 'older'
        answer(identity(kind, with_identity!(field, same)))
      end

      app.patch "/api/v4/groups/:group/#{kind}/:uid" do
        group_for_owner!
        user = with_identity!(field, same)
        value = params['extern_uid'] or answer({ 'error' => 'extern_uid is missing' }, 400)
        refuse_value!(kind, field, user, value)
        state.update_user(user['id'], field => value)
        answer(identity(kind, user.merge(field => value)))
      end
    end
    private_class_method :identities

    # What the routes share.
    module Helpers
      # GitLab hides a group from who may not see it, and refuses what its owners alone may have.
      def group_for_member!
        refuse(401, 'Unauthorized') unless current_user && own_origin?
        refuse(404, 'Group Not Found') unless state.group.values_at('id', 'path').map(&:to_s).include?(params['group'])
      end

      def group_for_owner!
        group_for_member!
        refuse(403, 'Forbidden') unless current_user['owner']
      end

      # A page of another site can send the cookies along, but not name this origin.
      def own_origin?
        given = request.get_header('HTTP_ORIGIN')
        given.nil? || URI(state.origin).then { |own| given == "#{own.scheme}://#{own.host}#{":#{own.port}" unless own.port == own.default_port}" }
      end

      # GitLab lists the primary address among a person's addresses.
      def own_emails
        [{ 'id' => current_user['id'], 'email' => current_user['email'], 'confirmed_at' => Api::AT }]
      end

      def paged(all)
        pagination = Pagination.new(all, params, "#{state.origin}#{request.path_info}")
        headers pagination.headers
        answer(pagination.part.map { |each| yield each })
      end

      def with_identity!(field, same)
        found = state.users.find { |user| user[field] && same.call(user[field], params['uid']) }
        found || refuse(404, 'Identity Not Found')
      end

      def audit_event(event)
        { 'id' => event['user'], 'author_id' => event['user'], 'entity_id' => state.group['id'], 'entity_type' => 'Group',
          'created_at' => event['at'],
          'details' => { 'event_name' => event['name'], 'target_id' => event['user'], 'target_type' => 'User' } }
      end

      def identity(kind, user)
        shown = { 'extern_uid' => user["#{kind}_extern_uid"], 'user_id' => user['id'] }
        kind == 'scim' ? shown.merge('active' => user['scim_active']) : shown
      end

      # GitLab keeps an identifier unique, whatever its case.
      def refuse_value!(kind, field, user, value)
        missing = { 'saml' => 'SAML NameID is missing from your SAML response. Please contact your administrator',
                    'scim' => "Extern uid can't be blank" }
        answer({ 'message' => missing.fetch(kind) }, 400) if value.strip.empty?
        taken = state.users.any? { |other| other['id'] != user['id'] && other[field]&.downcase == value.downcase }
        return unless taken

        answer({ 'message' => 'Extern uid has already been taken. Please contact your administrator to generate a ' \
                              'unique extern_uid / NameID' }, 400)
      end
    end
  end
end
