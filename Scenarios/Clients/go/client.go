// One TLS connection: asks for a path and prints what comes back.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	address := flag.String("address", "", "HOST:PORT")
	path := flag.String("path", "/", "what is asked for")
	ca := flag.String("ca", "", "PEM file")
	name := flag.String("name", "", "the server name; none is sent without")
	certificate := flag.String("certificate", "", "PEM file")
	key := flag.String("key", "", "PEM file")
	minimum := flag.String("minimum", "1.2", "version")
	maximum := flag.String("maximum", "1.3", "version")
	alpn := flag.String("alpn", "", "protocols, with commas")
	flag.Parse()

	versions := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	pem, err := os.ReadFile(*ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	host, _, err := net.SplitHostPort(*address)
	check(err)
	config := &tls.Config{RootCAs: roots, MinVersion: versions[*minimum], MaxVersion: versions[*maximum]}
	// An address is verified, and not sent.
	config.ServerName = host
	if *name != "" {
		config.ServerName = *name
		host = *name
	}
	if *alpn != "" {
		config.NextProtos = strings.Split(*alpn, ",")
	}
	if *certificate != "" {
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		check(err)
		// Whatever the server says it would like to see.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	}
	stream, err := tls.Dial("tcp", *address, config)
	check(err)
	_, err = fmt.Fprintf(stream, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", *path, host)
	check(err)
	_, err = io.Copy(os.Stdout, stream)
	check(err)
	check(stream.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
