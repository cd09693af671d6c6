"""JSON Schema takes 3.0 for a whole number, and so does what is made up; no page of ours writes one so, and none is read so."""

import schemathesis


def whole(value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return value


@schemathesis.hook
def map_body(_context, body):
    return whole(body)
