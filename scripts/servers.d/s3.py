"""An S3 server for tests: moto, which takes any signature, behind a check of every signature with botocore.

s3.py [KEY CERTIFICATE…] listens on a free port of this machine, with each certificate on another one, and prints them.
It ends when its standard input does. One key is known, `tests` with the secret `canary-4711`, and those that its STS
gives. The tests' own requests, which fill buckets, say `x-tests: 1` and are not checked.
"""

import hmac
import re
import sys
import threading

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)"
)

secrets = {"tests": ("canary-4711", None), "old": ("canary-4711", "expired")}


def wrong(environ):
    """The code of what is wrong with a request's signature; None of a right one."""
    found = SIGNED.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
    if not found:
        return "AccessDenied"
    key, region, names, signature = found.groups()
    if key not in secrets:
        return "InvalidAccessKeyId"
    secret, token = secrets[key]
    if environ.get("HTTP_X_AMZ_SECURITY_TOKEN") != token:
        return "InvalidToken"
    if token and token.startswith("expired"):
        return "ExpiredToken"
    scheme, host = environ["wsgi.url_scheme"], environ["HTTP_HOST"]
    request = AWSRequest(environ["REQUEST_METHOD"], f"{scheme}://{host}{environ['RAW_URI']}")
    for name in names.split(";"):
        request.headers[name] = environ.get("HTTP_" + name.upper().replace("-", "_")) or environ.get(
            name.upper().replace("-", "_"), ""
        )
    request.context["timestamp"] = environ["HTTP_X_AMZ_DATE"]
    auth = S3SigV4Auth(Credentials(key, secret, token), "s3", region)
    # The token is among the headers that were signed; botocore would sign it a second time.
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return None if hmac.compare_digest(auth.signature(text, request), signature) else "SignatureDoesNotMatch"


def refuse(code, start_response):
    start_response("403 Forbidden", [("content-type", "application/xml")])
    return [f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()]


class Checked:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        query = environ.get("QUERY_STRING", "")
        if "Action=AssumeRoleWithWebIdentity" in query:
            return self.give(environ, start_response)
        if environ.get("HTTP_X_TESTS") == "1":
            # moto lets nobody read who does not say who asks.
            scope = "tests/20260101/us-east-1/s3/aws4_request"
            environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        elif code := wrong(environ):
            return refuse(code, start_response)
        return self.application(environ, start_response)

    def give(self, environ, start_response):
        """Credentials for a token of a web identity, which must be the right one."""
        if "WebIdentityToken=right" not in environ["QUERY_STRING"]:
            return refuse("InvalidIdentityToken", start_response)
        secrets["given"] = ("given-secret", "given-token")
        start_response("200 OK", [("content-type", "text/xml")])
        return [
            b"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            b"<AccessKeyId>given</AccessKeyId><SecretAccessKey>given-secret</SecretAccessKey>"
            b"<SessionToken>given-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>"
            b"</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
        ]


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are sent one after the other, and the second would wait for what is said of the first.
    disable_nagle_algorithm = True

    def log(self, *_):
        pass


application = Checked(DomainDispatcherApplication(create_backend_app))
ports = []
for context in [None] + [(certificate, sys.argv[1]) for certificate in sys.argv[2:]]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet, ssl_context=context)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ports.append(str(server.port))
print(*ports, flush=True)
sys.stdin.read()
