"""One connection by wolfSSL: asks for a path and prints what comes back."""

import argparse
import ctypes
import ctypes.util
import socket
import sys

SSL_FILETYPE_PEM = 1
SNI_HOST_NAME = 0
VERIFY_PEER = 1
SUCCESS = 1

parser = argparse.ArgumentParser()
parser.add_argument("--version", action="store_true")
parser.add_argument("--host")
parser.add_argument("--port", type=int)
parser.add_argument("--path")
parser.add_argument("--ca")
parser.add_argument("--name")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--version-of-tls", default="")
options = parser.parse_args()

library = ctypes.util.find_library("wolfssl")
if library is None:
    sys.exit("libwolfssl is not installed")
wolfssl = ctypes.CDLL(library)
pointers = ["wolfTLS_client_method", "wolfTLSv1_2_client_method", "wolfTLSv1_3_client_method", "wolfSSL_CTX_new", "wolfSSL_new"]
for function in pointers:
    getattr(wolfssl, function).restype = ctypes.c_void_p
wolfssl.wolfSSL_lib_version.restype = ctypes.c_char_p
if options.version:
    print("wolfSSL", wolfssl.wolfSSL_lib_version().decode())
    sys.exit()


class Alert(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int), ("level", ctypes.c_int)]


class AlertHistory(ctypes.Structure):
    _fields_ = [("received", Alert), ("sent", Alert)]


def check(result, what):
    if result == SUCCESS:
        return
    error = wolfssl.wolfSSL_get_error(session, result) if session else result
    history = AlertHistory()
    if session and wolfssl.wolfSSL_get_alert_history(session, ctypes.byref(history)) == SUCCESS:
        if history.received.level == 2:
            print("received alert", history.received.code, file=sys.stderr)
    sys.exit(f"{what}: wolfSSL error {error}")


session = None
method = {"": "wolfTLS_client_method", "1.2": "wolfTLSv1_2_client_method", "1.3": "wolfTLSv1_3_client_method"}
wolfssl.wolfSSL_Init()
context = ctypes.c_void_p(wolfssl.wolfSSL_CTX_new(ctypes.c_void_p(getattr(wolfssl, method[options.version_of_tls])())))
check(wolfssl.wolfSSL_CTX_load_verify_locations(context, options.ca.encode(), None), "the CA")
wolfssl.wolfSSL_CTX_set_verify(context, VERIFY_PEER, None)
if not options.version_of_tls:
    # WOLFSSL_TLSV1_2 of ssl.h.
    wolfssl.wolfSSL_CTX_SetMinVersion(context, 3)
if options.certificate:
    check(wolfssl.wolfSSL_CTX_use_certificate_chain_file(context, options.certificate.encode()), "the certificate")
    check(wolfssl.wolfSSL_CTX_use_PrivateKey_file(context, options.key.encode(), SSL_FILETYPE_PEM), "the key")
session = ctypes.c_void_p(wolfssl.wolfSSL_new(context))
if options.name:
    name = options.name.encode()
    check(wolfssl.wolfSSL_UseSNI(session, SNI_HOST_NAME, name, len(name)), "the server name")
    check(wolfssl.wolfSSL_check_domain_name(session, name), "the name to verify")
connection = socket.create_connection((options.host, options.port), timeout=None)
wolfssl.wolfSSL_set_fd(session, connection.fileno())
check(wolfssl.wolfSSL_connect(session), "the handshake")
request = f"GET {options.path} HTTP/1.1\r\nHost: {options.name or options.host}\r\nConnection: close\r\n\r\n".encode()
if wolfssl.wolfSSL_write(session, request, len(request)) != len(request):
    check(-1, "the request")
buffer = ctypes.create_string_buffer(65536)
while True:
    count = wolfssl.wolfSSL_read(session, buffer, len(buffer))
    if count <= 0:
        # WOLFSSL_ERROR_ZERO_RETURN: the server has said that it said all.
        if wolfssl.wolfSSL_get_error(session, count) != 6:
            check(count - (count == 1), "the answer")
        break
    sys.stdout.buffer.write(buffer.raw[:count])
    sys.stdout.buffer.flush()
wolfssl.wolfSSL_shutdown(session)
