# frozen_string_literal: true

require 'cgi'
require_relative 'state'

module Lab
  # Fills the templates in `tests/pages`; their README has the rules of the template language.
  module Pages
    FOLDER = File.expand_path('../../pages', __dir__)
    # The beginning of an address on the same host. Rails writes the relative URL root before it.
    ADDRESS = %r{((?:href|src|action|data-generate-token-path)=")/(?!/)}
    ASSETS = { '.css' => 'text/css', '.js' => 'text/javascript', '.svg' => 'image/svg+xml' }.freeze

    # The page `name` with these values; a value that is missing raises KeyError.
    def self.fill(name, values)
      read(name)
        .gsub(/\{\{> ([a-z_]+\.html)\}\}/) { read(Regexp.last_match(1)) }
        .gsub(/\{\{#([a-z_]+)\}\}(.*?)\{\{\/\1\}\}/m) do
          values.fetch(Regexp.last_match(1)).to_s.empty? ? '' : Regexp.last_match(2)
        end
        .gsub(/\{\{([a-z_]+)\}\}/) { CGI.escapeHTML(values.fetch(Regexp.last_match(1)).to_s) }
        .gsub(ADDRESS) { "#{Regexp.last_match(1)}#{State.new.root}/" }
    end

    # The path and media type of an asset, or nil when there is none of that name.
    def self.asset(name)
      type = ASSETS[File.extname(name)]
      path = File.join(FOLDER, File.basename(name))
      [path, type] if type && File.file?(path)
    end

    def self.read(name)
      File.read(File.join(FOLDER, name), encoding: 'UTF-8')
    end
    private_class_method :read
  end
end
