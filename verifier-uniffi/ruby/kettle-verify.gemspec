# Written bindings lie in `lib`, and the library beside them; see ../README.md.
Gem::Specification.new do |gem|
  gem.name = 'kettle-verify'
  gem.version = '0.1.0'
  gem.summary = 'Offline appraisal of attested builds'
  gem.authors = ['The kettle-verify project']
  gem.licenses = ['Apache-2.0', 'MIT']
  gem.required_ruby_version = '>= 3.1'
  gem.files = Dir['lib/**/*']
  gem.add_dependency 'ffi', '~> 1.15'
end
