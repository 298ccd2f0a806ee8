"""What curl is told in order to speak S3; keys stand in no argument list."""

import json


def request(
    method: str, url: str, user: str, key: str, address: str, authority: str, *more: str
) -> str:
    """The text of curl's configuration, which says the code of HTTP after all else.

    Args:
        method: Of HTTP.
        url: Whole; its host is looked for at *address*.
        user: The account, or nobody if empty.
        key: Its secret key.
        address: Where the host is.
        authority: File with the certificate that is trusted.
        more: Further lines.
    """
    host = url.split("/")[2]
    name, _, port = host.partition(":")
    signed = [
        f"user = {json.dumps(f'{user}:{key}')}",
        'aws-sigv4 = "aws:amz:vn:s3"',
        'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
    ]
    lines = [
        *(signed if user else ()),
        f'request = "{method}"',
        f'url = "{url}"',
        f'resolve = "{name}:{port or 443}:{address}"',
        f'cacert = "{authority}"',
        'write-out = "\\n%{http_code}"',
        "silent\nmax-time = 30",
        *more,
    ]
    return "\n".join(lines)
