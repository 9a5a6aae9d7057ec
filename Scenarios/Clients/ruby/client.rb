# One TLS connection: asks for a path and prints what comes back.
require 'openssl'
require 'socket'

host, port, path, *rest = ARGV
options = rest.to_h { |word| word.split('=', 2) }
versions = { '1.2' => OpenSSL::SSL::TLS1_2_VERSION, '1.3' => OpenSSL::SSL::TLS1_3_VERSION }

context = OpenSSL::SSL::SSLContext.new
context.set_params(verify_mode: OpenSSL::SSL::VERIFY_PEER, ca_file: options['ca'])
context.min_version = versions.fetch(options.fetch('minimum', '1.2'))
context.max_version = versions.fetch(options.fetch('maximum', '1.3'))
context.alpn_protocols = options['alpn'].split(',') if options['alpn']
if options['certificate']
  chain = File.read(options['certificate']).scan(/-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/m)
  chain.map! { |pem| OpenSSL::X509::Certificate.new(pem) }
  context.add_certificate(chain.first, OpenSSL::PKey.read(File.read(options['key'])), chain.drop(1))
end

stream = OpenSSL::SSL::SSLSocket.new(TCPSocket.new(host, Integer(port)), context)
stream.hostname = options['name'] if options['name']
stream.sync_close = true
stream.connect
name = options['name'] || host
stream.post_connection_check(name)
stream.write("GET #{path} HTTP/1.1\r\nHost: #{name}\r\nConnection: close\r\n\r\n")
$stdout.binmode
# Each piece as it comes: how the connection ends is none of the page's.
begin
  loop { $stdout.write(stream.readpartial(65_536)) }
rescue EOFError, OpenSSL::SSL::SSLError => e
  $stdout.flush
  warn e.message unless e.is_a?(EOFError)
end
stream.close
