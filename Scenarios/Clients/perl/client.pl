# One TLS connection: asks for a path and prints what comes back.
use strict;
use warnings;
use IO::Socket::SSL;

my ($host, $port, $path, @rest) = @ARGV;
my %options = map { split /=/, $_, 2 } @rest;
my $name = $options{name} // $host;
my %tls = (
    PeerAddr            => $host,
    PeerPort            => $port,
    Timeout             => 30,
    SSL_ca_file         => $options{ca},
    SSL_verify_mode     => SSL_VERIFY_PEER,
    SSL_verifycn_scheme => 'http',
    SSL_verifycn_name   => $name,
    # An empty name is none at all.
    SSL_hostname => $options{name} // '',
    SSL_version  => $options{version} // 'SSLv23:!SSLv3:!SSLv2:!TLSv1:!TLSv1_1',
);
@tls{qw(SSL_cert_file SSL_key_file)} = @options{qw(certificate key)} if $options{certificate};
$tls{SSL_alpn_protocols} = [split /,/, $options{alpn}] if $options{alpn};
my $stream = IO::Socket::SSL->new(%tls) or die "$SSL_ERROR\n";
print $stream "GET $path HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n";
$| = 1;
binmode STDOUT;
while (1) {
    my $count = sysread($stream, my $data, 65536);
    die "$SSL_ERROR\n" unless defined $count;
    last unless $count;
    print $data;
}
