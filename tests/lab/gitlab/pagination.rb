# frozen_string_literal: true

module Lab
  # GitLab's offset pagination: the wanted part of a list, and the headers that describe it.
  class Pagination
    MAXIMUM = 100

    def initialize(all, params, url)
      @all = all
      @url = url
      @per_page = (params['per_page'] || 20).to_i.clamp(1, MAXIMUM)
      @page = [(params['page'] || 1).to_i, 1].max
      @others = params.slice('with_saml_identity')
    end

    def part
      @all[(@page - 1) * @per_page, @per_page] || []
    end

    def headers
      {
        'x-page' => @page, 'x-per-page' => @per_page, 'x-total' => @all.length, 'x-total-pages' => last_page,
        'x-next-page' => following, 'x-prev-page' => preceding, 'link' => links
      }.transform_values(&:to_s)
    end

    private

    def last_page
      [(@all.length.to_f / @per_page).ceil, 1].max
    end

    def following
      @page + 1 if @page < last_page
    end

    def preceding
      @page - 1 if @page.between?(2, last_page + 1)
    end

    def links
      { 'prev' => preceding, 'next' => following, 'first' => 1, 'last' => last_page }.compact.map do |relation, page|
        query = Rack::Utils.build_query(@others.merge('page' => page, 'per_page' => @per_page))
        "<#{@url}?#{query}>; rel=\"#{relation}\""
      end.join(', ')
    end
  end
end
