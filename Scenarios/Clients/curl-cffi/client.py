"""One connection by curl-cffi, with a browser's hello: prints what is at the URL."""

import argparse
import sys

from curl_cffi.const import CurlOpt
from curl_cffi.curl import Curl, CurlError

parser = argparse.ArgumentParser()
parser.add_argument("browser")
parser.add_argument("url")
parser.add_argument("--resolve")
parser.add_argument("--ca")
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--minimum", default="1.2")
parser.add_argument("--maximum", default="1.3")
options = parser.parse_args()

# CURL_SSLVERSION_TLSv1_2 and 1_3, and CURL_SSLVERSION_MAX_TLSv1_2 and 1_3 of curl.h.
versions = {"1.2": 6, "1.3": 7}

curl = Curl()
if curl.impersonate(options.browser) != 0:
    sys.exit(f"this libcurl knows no {options.browser}")
curl.setopt(CurlOpt.URL, options.url.encode())
curl.setopt(CurlOpt.RESOLVE, [options.resolve])
curl.setopt(CurlOpt.CAINFO, options.ca.encode())
curl.setopt(CurlOpt.PROXY, b"")
if options.minimum != "1.2" or options.maximum != "1.3":
    curl.setopt(CurlOpt.SSLVERSION, versions[options.minimum] | versions[options.maximum] << 16)
if options.certificate:
    curl.setopt(CurlOpt.SSLCERT, options.certificate.encode())
    curl.setopt(CurlOpt.SSLKEY, options.key.encode())
curl.setopt(CurlOpt.WRITEFUNCTION, lambda data: sys.stdout.buffer.write(data))
try:
    curl.perform()
except CurlError as error:
    sys.exit(str(error))
finally:
    sys.stdout.buffer.flush()
