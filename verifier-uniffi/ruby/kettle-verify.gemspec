# The written binding lies in `lib`, and the library beside it; see ../README.md.
Gem::Specification.new do |gem|
  gem.name = 'kettle-verify'
  gem.version = '0.1.0'
  gem.summary = 'Verifies attested builds offline'
  gem.description = "From the vendor's root key to the bytes of the binary, without a network."
  gem.authors = ['The kettle-verify project']
  gem.licenses = ['Apache-2.0', 'MIT']
  gem.platform = Gem::Platform::CURRENT
  gem.required_ruby_version = '>= 3.1'
  gem.files = Dir['lib/**/*']
  gem.add_dependency 'ffi', '~> 1.15'
end
