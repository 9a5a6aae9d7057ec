// One TLS connection: asks for a path and prints what comes back.
const fs = require('node:fs');
const tls = require('node:tls');

const [host, port, path, ...flags] = process.argv.slice(2);
const options = Object.fromEntries(flags.map((flag) => flag.replace(/^--/, '').split(/=(.*)/s).slice(0, 2)));

const stream = tls.connect({
  host,
  port: Number(port),
  // The name that is verified; without a server name Node verifies the host.
  servername: options.name ?? '',
  ca: fs.readFileSync(options.ca),
  cert: options.certificate && fs.readFileSync(options.certificate),
  key: options.key && fs.readFileSync(options.key),
  minVersion: `TLSv${options.minimum ?? '1.2'}`,
  maxVersion: `TLSv${options.maximum ?? '1.3'}`,
  ALPNProtocols: options.alpn && options.alpn.split(','),
});
stream.on('secureConnect', () => {
  stream.write(`GET ${path} HTTP/1.1\r\nHost: ${options.name ?? host}\r\nConnection: close\r\n\r\n`);
});
stream.on('data', (data) => process.stdout.write(data));
stream.on('end', () => stream.end());
stream.on('error', (error) => {
  console.error(error.code, error.message);
  process.exitCode = 1;
});
