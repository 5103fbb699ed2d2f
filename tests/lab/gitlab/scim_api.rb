# frozen_string_literal: true

require 'json'

module Lab
  # GitLab's SCIM API of one group (ee/lib/api/scim/group_scim.rb), a part of RFC 7644: users are listed,
  # found, and changed by PATCH; PUT is 405. Its token is the state's, and nothing else opens it: no session,
  # no other header. An inactive identity is activated by any PATCH that does not say `active: false`; the
  # rest of it is ignored then. Left out: POST, DELETE, and the SCIM of a whole instance.
  module ScimApi
    ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'
    LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
    USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
    USERS = '/api/scim/v2/groups/:group/Users'

    def self.registered(app)
      app.helpers Helpers

      app.get USERS do
        scim_access!
        all = scim_found
        start = [params['startIndex'].to_i, 1].max
        part = all[start - 1, (params['count'] || 20).to_i.clamp(0, 100)] || []
        scim_answer('schemas' => [LIST], 'totalResults' => all.length, 'itemsPerPage' => part.length,
                    'startIndex' => start, 'Resources' => part.map { |user| scim_user(user) })
      end

      app.get("#{USERS}/:id") do
        scim_access!
        scim_answer(scim_user(scim_find!))
      end

      app.patch "#{USERS}/:id" do
        scim_access!
        scim_change(scim_find!)
        halt 204
      end

      app.put("#{USERS}/:id") { scim_refuse(405, 'Method Not Allowed') }
    end

    # What the routes share.
    module Helpers
      def scim_access!
        expected = "Bearer #{state.group.fetch('scim_secret')}"
        refuse(401, 'Unauthorized') unless request.get_header('HTTP_AUTHORIZATION') == expected
        scim_refuse(404, "Group #{params['group']} not found") unless state.group['path'] == params['group']
      end

      def scim_answer(value, status = 200)
        content_type 'application/scim+json'
        halt status, JSON.generate(value)
      end

      def scim_refuse(status, detail)
        scim_answer({ 'schemas' => [ERROR], 'detail' => detail, 'status' => status }, status)
      end

      def scim_find!
        found = scim_users.find { |user| user['scim_extern_uid'].downcase == params['id'].downcase }
        found || scim_refuse(404, "Resource #{params['id']} not found")
      end

      def scim_users
        state.users.select { |user| user['scim_extern_uid'] }
      end

      # Three words, `eq` in lower case, three names; everything else is 412.
      def scim_found
        return scim_users unless params['filter']

        name, operator, value = params['filter'].split
        known = operator == 'eq' && %w[id externalId userName].include?(name)
        scim_refuse(412, 'Unsupported Filter') unless known
        value = value.to_s.delete('"')
        scim_users.select { |user| [user['scim_extern_uid'], *(user['username'] if name == 'userName')].any? { |own| own.casecmp?(value) } }
      end

      def scim_user(user)
        { 'schemas' => [USER], 'id' => user['scim_extern_uid'], 'active' => user['scim_active'],
          'emails' => [{ 'type' => 'work', 'value' => user['email'], 'primary' => true }],
          'name' => { 'formatted' => user['name'], 'givenName' => user['name'].split.first, 'familyName' => user['name'].split.last },
          'meta' => { 'resourceType' => 'User' }, 'userName' => user['username'] }
      end

      def scim_change(user)
        request.body.rewind
        wanted = JSON.parse(request.body.read).fetch('Operations').to_h { |operation| scim_operation(operation) }
        active = wanted['active']
        off = active.to_s.downcase == 'false'
        return state.update_user(user['id'], 'scim_active' => !off) if off || !user['scim_active']

        value = wanted['externalId'] || wanted['id'] or return
        taken = scim_users.any? { |other| other['id'] != user['id'] && other['scim_extern_uid'].casecmp?(value) }
        scim_refuse(412, "Error updating #{user['name']} with #{{ extern_uid: value }}") if taken
        state.update_user(user['id'], 'scim_extern_uid' => value)
      end

      # Without a path, only the first name of the value is read.
      def scim_operation(operation)
        path, value = operation.values_at('path', 'value')
        path ? [path, value] : value.first
      end
    end
  end
end
