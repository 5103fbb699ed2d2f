# frozen_string_literal: true

# What libxml2 makes of XML, for the fuzzer: whether it reads it, and its canonical forms.
#
# In:  the length, the number of an element (both four octets), then the XML; again and again.
# Out: why it is refused, or else the forms of the whole and of the element, by turns. Each with its length
#      before it; 0xFFFFFFFF stands for nothing.
require 'nokogiri'

FORMS = [
  [Nokogiri::XML::XML_C14N_1_0, nil, false],
  [Nokogiri::XML::XML_C14N_1_0, nil, true],
  [Nokogiri::XML::XML_C14N_1_1, nil, false],
  [Nokogiri::XML::XML_C14N_EXCLUSIVE_1_0, nil, false],
  [Nokogiri::XML::XML_C14N_EXCLUSIVE_1_0, ['#default', 'x', 'ds'], true]
].freeze
NOTHING = [0xFFFFFFFF].pack('N').freeze

def give(octets)
  $stdout.write(octets.nil? ? NOTHING : [octets.bytesize].pack('N') + octets.b)
end

# Of the element and all that is in it: canonicalize of a node leaves its ancestors' declarations in force.
def form(node, mode, prefixes, comments)
  form = node.canonicalize(mode, prefixes, comments)
  # Where there is none, Nokogiri gives what was written until then, and libxml2 says so here.
  ERRORS.read_nonblock(65_536, exception: false).is_a?(String) ? nil : form
rescue StandardError
  nil
end

def read(xml)
  document = Nokogiri::XML::Document.parse(xml, nil, nil, Nokogiri::XML::ParseOptions::NONET)
  # It reads a document with such a namespace name all the same.
  wrong = document.errors.find { |error| (error.error? || error.fatal?) && !error.message.include?('is not a valid URI') }
  wrong ? wrong.to_s : document
rescue Nokogiri::XML::SyntaxError => e
  e.to_s
end

ERRORS, errors = IO.pipe
$stderr.reopen(errors)
$stdin.binmode
$stdout.binmode
while (head = $stdin.read(8))
  length, chosen = head.unpack('NN')
  document = read(length.zero? ? '' : $stdin.read(length))
  if document.is_a?(String)
    give(document)
  else
    give(nil)
    element = document.xpath('//*')[chosen]
    FORMS.each do |mode, prefixes, comments|
      give(form(document, mode, prefixes, comments))
      give(element && form(element, mode, prefixes, comments))
    end
  end
  $stdout.flush
end
