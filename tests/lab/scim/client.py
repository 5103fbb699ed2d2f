"""Drives the lab's SCIM API by a SCIM client that its authors did not write for it: scim2-client (Apache-2.0, kept up,
the reference of the python-scim project), over httpx2. It reads every answer by the schemas of RFC 7643 and 7644.

Standard input is a JSON object: `base` (the group's SCIM address), `secret`, `active`, `inactive` and `other` (three
users: `id`, `userName`, `email`), `total`. Ends with 0 when all is as GitLab documents it, else with the first
expectation that fails. What GitLab does not do as the RFC has it is named here: no discovery, so the client is told
that there are users; 401 is no SCIM error; PUT is refused.
"""

import json
import sys

from httpx2 import Client
from scim2_client import UnexpectedStatusCodeException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Error, PatchOp, PatchOperation, ScimProvider, SearchRequest, User

told = json.load(sys.stdin)


def scim(secret):
    http = Client(base_url=told["base"], headers={"Authorization": f"Bearer {secret}"}, trust_env=False)
    return SyncSCIMClient(http, provider=ScimProvider(models=[User]), raise_scim_errors=False)


client = scim(told["secret"])


def expect(what, seen, expected):
    if seen != expected:
        sys.exit(f"{what}: {seen!r}, expected {expected!r}")


def found(words):
    return client.query(User, query_parameters=SearchRequest(filter=words))


def refused(what, answer, status, part):
    expect(what, isinstance(answer, Error), True)
    expect(what, answer.status, status)
    expect(f"{what}: {answer.detail!r} says {part!r}", part in (answer.detail or ""), True)


def change(user, path, value):
    operation = PatchOperation[User](op=PatchOperation.Op.replace_, path=path, value=value)
    return client.modify(User, user["id"], PatchOp[User](operations=[operation]))


active, inactive, other = told["active"], told["inactive"], told["other"]

# Looking: pages, filters, one user.
everybody = client.query(User, query_parameters=SearchRequest(start_index=1, count=100))
expect("all users", (everybody.total_results, len(everybody.resources)), (told["total"], told["total"]))
part = client.query(User, query_parameters=SearchRequest(start_index=2, count=3))
expect("a page", (part.start_index, part.items_per_page, len(part.resources)), (2, 3, 3))
expect("the page's first", part.resources[0].id, everybody.resources[1].id)
for words in (f'id eq "{active["id"]}"', f'externalId eq "{active["id"]}"', f'userName eq "{active["userName"]}"'):
    answer = found(words)
    expect(words, [user.id for user in answer.resources], [active["id"]])
expect("nobody", found('externalId eq "nobody"').total_results, 0)
refused("a filter that GitLab does not know", found('emails eq "a@example.com"'), 412, "Unsupported Filter")
user = client.query(User, active["id"].swapcase())
expect("one user", (user.id, user.user_name, user.active), (active["id"], active["userName"], True))
expect("the user's address", [email.value for email in user.emails], [active["email"]])
refused("a user who is not there", client.query(User, "nobody"), 404, "not found")

# Who may: the SCIM token alone.
try:
    scim("wrong").query(User, active["id"])
    sys.exit("a wrong secret opened the API")
except UnexpectedStatusCodeException as exception:
    expect("a wrong secret", "401" in str(exception), True)

# Changing: an identity that is inactive is activated, and nothing else of the same request is done.
expect("inactive at first", client.query(User, inactive["id"]).active, False)
expect("activation", change(inactive, "active", True), None)
expect("active then", client.query(User, inactive["id"]).active, True)
expect("deactivation", change(inactive, "active", False), None)
expect("a change of one who is inactive", change(inactive, "externalId", "ignored"), None)
expect("activated by it", client.query(User, inactive["id"]).active, True)
refused("a change that was ignored", client.query(User, "ignored"), 404, "not found")
refused("a value that is taken", change(other, "externalId", active["id"].swapcase()), 412, "Error updating")
expect("another value", change(other, "externalId", "moved"), None)
expect("the value then", client.query(User, "moved").user_name, other["userName"])
refused("PUT", client.replace(client.query(User, "moved")), 405, "")
print("all as documented")
