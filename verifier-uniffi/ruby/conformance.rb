# Runs every case of the corpus: one line `id<TAB>SHA-256 of the answer` for each, and the conformance hash
# over all answers at the end. An answer is the verdict's JSON or, where the policy or the trust root is
# refused, which of them and where.
# Usage: ruby -I FOLDER_OF_THE_BINDING conformance.rb TESTVECTORS

require 'digest'
require 'json'
require 'kettle_verify'

VECTORS = ARGV.fetch(0)

def bytes(path)
  path.empty? ? ''.b : File.binread(File.join(VECTORS, path))
end

def hex(path)
  bytes(path).unpack1('H*')
end

# A document, filled up where the case says so.
def document(given, name)
  read = bytes(given.fetch('files').fetch(name))
  padding = given['padding']
  read = read.ljust(padding.fetch('to'), padding.fetch('byte').chr) if padding && padding.fetch('file') == name
  read.unpack1('H*')
end

# A word of the case as the binding's enumeration has it.
def word(enumeration, text)
  enumeration.const_get(text.upcase)
end

def artifact(given)
  read = bytes(given.fetch('path'))
  KettleVerify::ArtifactDocument.new(
    name: given.fetch('name'), sha256: Digest::SHA256.hexdigest(read), size: read.bytesize
  )
end

# What has no meaning for the kind of a case is left out, as the binding refuses it.
def bundle_of(given)
  files, kind = given.fetch('files'), given.fetch('kind')
  bundle = kind == 'bundle'
  KettleVerify::BundleDocument.new(
    schema: 'kettle-bundle/v1',
    kind: word(KettleVerify::BundleKind, kind),
    provenance: bundle ? document(given, 'provenance') : '',
    evidence: document(given, 'evidence'),
    artifacts_mode: word(KettleVerify::ArtifactMode, bundle ? given.fetch('artifacts_mode') : 'folder'),
    artifacts: files.fetch('artifacts').map { |file| artifact(file) },
    subjects: given.fetch('subjects'),
    certificates: files.fetch('certificates').map { |path| hex(path) },
    crls: files.fetch('crls').map { |path| hex(path) },
    report_data: given.fetch('report_data'),
    input_hash: given.fetch('input_hash', ''),
    output_hash: given.fetch('output_hash', '')
  )
end

# A file of the settings, as the binding takes it.
def text(path, convert)
  path.empty? ? '' : KettleVerify.public_send(convert, bytes(path))
end

def settings_of(given)
  files = given.fetch('files')
  KettleVerify::SettingsDocument.new(
    schema: 'kettle-settings/v1',
    now: given.fetch('now'),
    policy: text(files.fetch('policy'), :policy_text),
    trust_root: text(files.fetch('trust_root'), :trust_root_text)
  )
end

def answer_to(given)
  KettleVerify.verdict_json(KettleVerify.appraise(bundle_of(given), settings_of(given)))
rescue KettleVerify::Refused::Request => refused
  raise unless %w[policy trust_root].include?(refused.code)

  "#{refused.code} #{refused.location}"
end

whole = Digest::SHA256.new
JSON.parse(bytes('index.json')).fetch('cases').each do |id|
  answer = answer_to(JSON.parse(bytes("cases/#{id}/case.json")))
  puts "#{id}\t#{Digest::SHA256.hexdigest(answer)}"
  whole << answer << "\n"
end
abort "the binding calls itself #{KettleVerify.conformance}" if KettleVerify.conformance != whole.hexdigest
puts "conformance #{whole.hexdigest}"
