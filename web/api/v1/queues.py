"""/api/v1/queues: who waits in which queue, and who is there to answer."""

from web.access import Asker
from web.api.v1.operations import operation
from web.api.v1.shapes.queues import ApiQueue, ApiQueues
from web.context import db, now, settings
from web.documents.queues import queues_document
from web.problem_details import ApiProblem


@operation("GET", "/queues", scope="queues:read", summary="Read the state of all queues", answers=ApiQueues)
def list_queues(_asker: Asker) -> ApiQueues:
    """Every queue as it is at this moment. To follow what happens, listen to the events of calls instead."""
    found = queues_document(db(), now(), settings())
    return ApiQueues(items=[ApiQueue.model_validate(each) for each in found])


@operation(
    "GET",
    "/queues/<queue>",
    scope="queues:read",
    summary="Read the state of a queue",
    answers=ApiQueue,
    problems=(404,),
    examples={"queue": "support"},
)
def read_queue(_asker: Asker, queue: str) -> ApiQueue:
    """One queue, by its name in the settings."""
    for each in queues_document(db(), now(), settings()):
        if each["name"] == queue:
            return ApiQueue.model_validate(each)
    raise ApiProblem(404, "web.http_nothing_there")
