"""Every address of the pages and of the API, and who is let in: tests/unit/web/pages/test_access.py walks over it."""

from web.policy import SCOPES

PEOPLE = {"anna": "agent", "clara": "agent", "boris": "agent", "tom": "trainer", "eva": "supervisor", "admin": "admin"}
KEYS = {
    "key: record": ["record"],
    "key: all_calls": ["all_calls"],
    "key: both": ["record", "all_calls"],
    "key: end": ["end_call"],
    "key: scopes": [*SCOPES],
}
"""Rights and scopes of each."""
EVERYBODY = ("nobody", *PEOPLE, *KEYS)

STAFF = frozenset(PEOPLE)
LISTENERS = frozenset({"tom", "eva", "admin"})
READERS = LISTENERS | {"key: all_calls", "key: both"}
WRITERS = frozenset({"key: record", "key: both"})
LEADS = frozenset({"eva", "admin"})
OWN, OTHER = frozenset({"anna", "clara"}), frozenset({"boris"})
"""The agents of the two calls: anna talked last, clara before her."""

Names = frozenset[str]


def both(own: Names, other: Names) -> dict[str, Names]:
    return {"own": own, "other": other}


SEEN = both(OWN | LISTENERS, OTHER | LISTENERS)
"""Pages of a call: its agents, and who has the right to all calls."""
SEEN_BY_API = both(OWN | READERS | LISTENERS, OTHER | READERS | LISTENERS)
PROMISED = both((OWN | LEADS), (OTHER | LEADS))
ANYBODY = both(frozenset(EVERYBODY), frozenset(EVERYBODY))
SIGNED = both(STAFF, STAFF)
READ = both(STAFF | READERS, STAFF | READERS)
LEAD = both(LEADS, LEADS)
TRAIN = both(LISTENERS, LISTENERS)
ADMIN = both(frozenset({"admin"}), frozenset({"admin"}))
SCOPED = frozenset({"key: scopes"})
READ_BY_V1 = both(STAFF | READERS | SCOPED, STAFF | READERS | SCOPED)
SEEN_BY_V1 = both(OWN | READERS | LISTENERS | SCOPED, OTHER | READERS | LISTENERS | SCOPED)
"""As the older addresses, and by keys with scopes."""
CHANGED_BY_V1 = both(SCOPED, SCOPED)
READ_OF_LIBRARY = both(STAFF | SCOPED, STAFF | SCOPED)
TRAIN_BY_V1 = both(LISTENERS | SCOPED, LISTENERS | SCOPED)
KEYED = both(WRITERS, WRITERS)
OF_AGENT = both(LEADS | {"anna"}, LEADS | {"boris"})

TABLE: dict[str, dict[str, Names]] = {
    "GET /static/<edition>/<path:path>": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "POST /look": ANYBODY,
    "GET /callback": ANYBODY,
    "GET /metrics": both(SCOPED, SCOPED),
    "POST /callback": ANYBODY,
    "POST /sign-out": both(frozenset(), frozenset()),  # it leads everybody to the sign-in
    "GET /password": SIGNED,
    "POST /password": SIGNED,
    "GET /mail": SIGNED,
    "POST /mail": SIGNED,
    "GET /": SIGNED,
    "GET /now": SIGNED,
    "GET /stream": SIGNED,
    "GET /agents/<agent>": OF_AGENT,
    "POST /agents/<agent>/<any(pause, resume, login, logout, queues):action>": OF_AGENT,
    "GET /sound/<token>": both(frozenset({"anna"}), frozenset({"boris"})),
    "POST /sound/<token>/played": both(frozenset({"anna"}), frozenset({"boris"})),
    "GET /calls": SIGNED,
    "GET /calls.csv": SIGNED,
    "GET /calls/<call_id>": SEEN,
    "POST /calls/<call_id>/callback": PROMISED,
    "POST /calls/<call_id>/ticket": PROMISED,
    "GET /calls/<call_id>/sound": SEEN,
    "POST /calls/<call_id>/listen": SEEN,
    "GET /calls/<call_id>/peaks": SEEN,
    "POST /calls/<call_id>/recording/<any(pause, resume):action>": SEEN,
    "POST /calls/<call_id>/recording/keep": SEEN,
    "GET /calls/<call_id>/transcript.<kind>": SEEN,
    "POST /calls/<call_id>/turns/<int:seq>": SEEN,
    "POST /calls/<call_id>/corrections/<uuid:key>/undo": SEEN,
    "POST /calls/<call_id>/again": LEAD,
    "POST /calls/<call_id>/end": LEAD,
    "POST /calls/<call_id>/ask-again": LEAD,
    "GET /staffing": LEAD,
    "GET /staffing/what-if": LEAD,
    "GET /staffing.csv": LEAD,
    "GET /survey": SIGNED,
    "GET /menu-mirror": both(LISTENERS, LISTENERS),
    "GET /survey.csv": SIGNED,
    "GET /promises": SIGNED,
    "GET /promises/<uuid:key>": SIGNED,
    "POST /promises/<uuid:key>/cancel": LEAD,
    "POST /promises/<uuid:key>/reason": both(frozenset({"clara"}), frozenset({"boris"})),
    "GET /promises/<uuid:key>/reason.flac": both(frozenset({"clara"}), frozenset({"boris"})),
    "GET /messages": SIGNED,
    "GET /messages/<uuid:key>": SEEN,
    "GET /messages/<uuid:key>/sound.flac": both(OWN, OTHER),  # to whom its receipt was given
    "POST /messages/<uuid:key>/listen": SEEN,
    "POST /messages/<uuid:key>/<any(take, release, answer, reopen):action>": PROMISED,
    "POST /messages/<uuid:key>/callback": PROMISED,
    "GET /problems": LEAD,
    "POST /problems": LEAD,
    "POST /problems/<uuid:key>/<any(fixed, end):action>": LEAD,
    "GET /reports": LEAD,
    "GET /reports/mine": both(frozenset({"anna", "clara", "boris"}), frozenset({"anna", "clara", "boris"})),
    "GET /reports/<any(line, agents, callbacks, first_contact, survey, sound):which>": LEAD,
    "GET /reports/calls": both(frozenset(PEOPLE) - {"tom"}, frozenset(PEOPLE) - {"tom"}),
    "POST /calls/<call_id>/marks": SEEN,
    "GET /marks": SIGNED,
    "GET /marks/<uuid:key>": SEEN,
    "POST /marks/<uuid:key>/<any(answer,share,unshare,delete):action>": SEEN,
    "GET /library": SIGNED,
    "POST /library/playlists": TRAIN,
    "POST /library/first-day": TRAIN,
    "POST /library/add": TRAIN,
    "POST /library/reason": both(frozenset(), frozenset()),  # without an address of the library to lead back to
    "GET /library/playlists/<uuid:playlist_id>": TRAIN,
    "POST /library/playlists/<uuid:playlist_id>/<any(describe,copy,delete):action>": TRAIN,
    "POST /library/playlists/<uuid:playlist_id>/<uuid:item_id>/<any(edit,up,down,remove):action>": TRAIN,
    "GET /library/playlists/<uuid:playlist_id>/play": TRAIN,
    "POST /library/playlists/<uuid:playlist_id>/give": TRAIN,
    "GET /library/drills": SIGNED,
    "GET /library/drills/of/<call_id>": TRAIN,
    "POST /library/drills/of/<call_id>": TRAIN,
    "GET /library/drills/<uuid:drill_id>": both(LISTENERS | {"boris"}, LISTENERS | {"anna"}),
    "GET /library/drills/<uuid:drill_id>/edit": TRAIN,
    "POST /library/drills/<uuid:drill_id>/edit": TRAIN,
    "POST /library/drills/<uuid:drill_id>/copy": TRAIN,
    "POST /library/drills/<uuid:drill_id>/<any(give,delete):action>": TRAIN,
    "POST /library/drills/<uuid:drill_id>/say": both(LISTENERS | {"boris"}, LISTENERS | {"anna"}),
    "POST /library/drills/<uuid:drill_id>/voice/<int:at>": both(LISTENERS | {"boris"}, LISTENERS | {"anna"}),
    "POST /library/drills/<uuid:drill_id>/spoken": both(LISTENERS | {"boris"}, LISTENERS | {"anna"}),
    "GET /library/drills/<uuid:drill_id>/<any(scene,answer):which>.flac": both(
        LISTENERS | {"boris"}, LISTENERS | {"anna"}
    ),
    "GET /library/drills/voices/<uuid:attempt_id>.flac": both(frozenset({"boris"}), frozenset({"anna"})),
    "POST /library/drills/voices/<any(one,all):which>": SIGNED,
    "GET /library/exemplars": TRAIN,
    "POST /library/exemplars/<call_id>/<any(accept,refuse):action>": TRAIN,
    "POST /library/clips": both(frozenset(), frozenset()),  # a form that names no call
    "GET /library/clips/<uuid:clip_id>": SEEN,
    "POST /library/clips/<uuid:clip_id>/delete": both(frozenset({"tom"}), frozenset({"tom"})),  # the first of them
    "GET /library/assignments/<uuid:assignment_id>": both(frozenset({"boris"}), frozenset({"anna"})),
    "POST /library/assignments/<uuid:assignment_id>/<any(remind,end):action>": TRAIN,
    "POST /library/assignments/<uuid:assignment_id>/<uuid:item_id>/answer": both(
        frozenset({"boris"}), frozenset({"anna"})
    ),
    "GET /library/sound/<token>": both(frozenset({"boris"}), frozenset({"anna"})),
    "GET /library/sound/<token>/quiet": both(frozenset({"boris"}), frozenset({"anna"})),
    "POST /library/sound/<token>/heard": both(frozenset({"boris"}), frozenset({"anna"})),
    "GET /scoring": SIGNED,
    "POST /calls/<call_id>/score": TRAIN,
    "GET /scoring/evaluations/<uuid:evaluation_id>": both(frozenset({"anna"}) | LISTENERS, OTHER | LISTENERS),
    "POST /scoring/evaluations/<uuid:evaluation_id>/write": both(frozenset({"tom"}), frozenset({"tom"})),
    "POST /scoring/evaluations/<uuid:evaluation_id>/discard": both(frozenset({"tom"}), frozenset({"tom"})),
    "POST /scoring/evaluations/<uuid:evaluation_id>/grade": LEAD,
    "POST /scoring/evaluations/<uuid:evaluation_id>/<any(answer,dispute):action>": both(frozenset({"anna"}), OTHER),
    "POST /scoring/disputes/<uuid:dispute_id>/answer": TRAIN,
    "GET /scoring/team": TRAIN,
    "GET /scoring/goals": LEAD,
    "POST /scoring/goals": LEAD,
    "GET /scoring/calibrations": TRAIN,
    "POST /scoring/calibrations": LEAD,
    "GET /scoring/calibrations/<uuid:calibration_id>": TRAIN,
    "POST /scoring/calibrations/<uuid:calibration_id>/calls/<call_id>": both(
        frozenset({"tom", "eva"}), frozenset({"tom", "eva"})
    ),
    "POST /scoring/calibrations/<uuid:calibration_id>/close": LEAD,
    "GET /scoring/cards": TRAIN,
    "POST /scoring/cards": TRAIN,
    "GET /scoring/cards/<uuid:card_id>": TRAIN,
    "POST /scoring/cards/<uuid:card_id>/<any(describe,draft,drop,publish,retire,delete):action>": TRAIN,
    "POST /scoring/cards/<uuid:card_id>/criteria": TRAIN,
    "POST /scoring/cards/<uuid:card_id>/criteria/<criterion>/<any(up,down,remove):action>": TRAIN,
    "GET /reports/goals": LEAD,
    "POST /reports/goals": LEAD,
    "POST /reports/goals/<uuid:key>/withdraw": LEAD,
    "GET /reports/sending": LEAD,
    "POST /reports/sending": LEAD,
    "POST /reports/sending/<uuid:key>/<any(pause, resume, now, remove):action>": LEAD,
    "GET /reports/mine.<any(csv, xlsx, pdf):which>": both(OWN | OTHER, OWN | OTHER),
    "GET /reports/<any(line, agents, callbacks, first_contact, survey, sound):which>.csv": LEAD,
    "GET /reports/<any(line, agents, callbacks, first_contact, survey, sound):which>.xlsx": LEAD,
    "GET /reports/<any(line, agents, callbacks, first_contact, survey, sound):which>.pdf": LEAD,
    "GET /topics": both(LISTENERS, LISTENERS),
    "POST /topics/<uuid:key>/name": LEAD,
    "POST /topics/<uuid:key>/merge": LEAD,
    "POST /topics/rising/<uuid:key>/dismiss": LEAD,
    "GET /nuisance": both(STAFF - {"tom"}, STAFF - {"tom"}),
    "POST /nuisance": both(STAFF - {"tom"}, STAFF - {"tom"}),
    "POST /nuisance/<uuid:key>/undo": both(STAFF - {"tom"}, STAFF - {"tom"}),
    "POST /calls/<call_id>/nuisance": PROMISED,
    "GET /settings": ADMIN,
    "GET /settings/taken": ADMIN,
    "POST /settings/draft": ADMIN,
    "POST /settings/draft/drop": ADMIN,
    "POST /settings/publish": ADMIN,
    "GET /settings/<int:number>": ADMIN,
    "POST /settings/<int:number>/rollback": ADMIN,
    "GET /alarms": SIGNED,
    "POST /alarms/<uuid:key>/seen": LEAD,
    "GET /alarms/past": LEAD,
    "GET /alarms/recipients": LEAD,
    "POST /alarms/recipients": LEAD,
    "GET /search": SIGNED,
    "POST /searches": SIGNED,
    "GET /searches/<uuid:key>": both(frozenset({"anna"}), frozenset({"boris"})),
    "POST /searches/<uuid:key>/<any(rename, on, off, delete):action>": both(frozenset({"anna"}), frozenset({"boris"})),
    "GET /systems": LEAD,
    "POST /systems/<receiver>/<any(try, resend, test):step>": LEAD,
    "POST /systems/<receiver>/password": ADMIN,
    "GET /set-aside": LEAD,
    "POST /set-aside": LEAD,
    "GET /flow": LEAD,
    "GET /vocabulary": LEAD,
    "POST /vocabulary": LEAD,
    "GET /waits": SIGNED,
    "GET /tickets": SIGNED,
    "GET /tickets/<int:number>": SEEN,
    "POST /tickets/<int:number>/change": PROMISED,
    "POST /tickets/<int:number>/note": PROMISED,
    "POST /tickets/<int:number>/take": PROMISED,
    "POST /tickets/<int:number>/merge": PROMISED,
    "POST /tickets/<int:number>/split": PROMISED,
    "POST /tickets/<int:number>/<any(link, unlink):action>": PROMISED,
    "POST /tickets/<int:number>/undo/<uuid:key>": PROMISED,
    "POST /tickets/<int:number>/callback": PROMISED,
    "POST /tickets/<int:number>/call": PROMISED,
    "POST /tickets/<int:number>/messages": PROMISED,
    "POST /tickets/<int:number>/messages/invite": PROMISED,
    "POST /tickets/<int:number>/messages/<uuid:key>/again": PROMISED,
    "GET /channels": LEAD,
    "POST /channels/inboxes/<name>/look": LEAD,
    "POST /channels/apart/<uuid:key>/<any(ticket, open, leave):action>": LEAD,
    "GET /l/<token>": ANYBODY,
    "POST /l/<token>": ANYBODY,
    "GET /m/<token>": both(frozenset(), frozenset()),  # only the gateway of a text message is told one
    "POST /m/<token>": both(frozenset(), frozenset()),
    "GET /heard": both(LEADS | OWN | OTHER, LEADS | OWN | OTHER),
    "GET /people": ADMIN,
    "POST /people": ADMIN,
    "GET /people/<uuid:key>": ADMIN,
    "POST /people/<uuid:key>": ADMIN,
    "POST /people/<uuid:key>/<any(sessions, deactivate, activate):action>": ADMIN,
    "POST /people/<uuid:key>/queues": ADMIN,
    "POST /people/<uuid:key>/password": ADMIN,
    "POST /people/<uuid:key>/remove": ADMIN,
    "GET /pop": SIGNED,
    "POST /pop/<call_id>/words": both(frozenset({"anna"}), frozenset()),  # whose phone rings for the same caller
    "GET /pop/<call_id>/words.flac": both(frozenset({"anna"}), frozenset()),
    "POST /tickets/<int:number>/person": PROMISED,
    "GET /contacts": SIGNED,
    "GET /contacts/<uuid:key>": SEEN,
    "POST /contacts/<uuid:key>": PROMISED,
    "POST /contacts/<uuid:key>/points": PROMISED,
    "POST /contacts/<uuid:key>/points/<uuid:point>/remove": PROMISED,
    "POST /contacts/<uuid:key>/points/<uuid:point>/consent": PROMISED,
    "POST /contacts/<uuid:key>/merge": PROMISED,
    "POST /contacts/<uuid:key>/merges/<uuid:merge>/undo": PROMISED,
    "GET /contacts/<uuid:key>.<any(csv, vcf):which>": PROMISED,
    "GET /contacts.<any(csv, vcf):which>": LEAD,
    "GET /contacts/import": LEAD,
    "POST /contacts/import": LEAD,
    "POST /contacts/import/pieces/<uuid:upload>/<int:at>": LEAD,
    "GET /contacts/import/<uuid:file>": LEAD,
    "POST /contacts/import/<uuid:file>/<any(bring, withdraw):step>": LEAD,
    "GET /keeping": ADMIN,
    "POST /holds": ADMIN,
    "POST /holds/<uuid:key>/release": ADMIN,
    "POST /erasures": ADMIN,
    "GET /erasures/<uuid:key>": ADMIN,
    "POST /erasures/<uuid:key>/<any(confirm, withdraw, again):step>": ADMIN,
    "GET /erasures/<uuid:key>/certificate.json": ADMIN,
    "GET /erasures/<uuid:key>/certificate": ADMIN,
    "GET /prompts": ADMIN,
    "GET /prompts/<language>/<name>": ADMIN,
    "GET /prompts/<language>/<name>/<any(now, draft):which>.wav": ADMIN,
    "POST /prompts/<language>/<name>/pieces/<uuid:upload>/<int:at>": ADMIN,
    "POST /prompts/<language>/<name>/draft": ADMIN,
    "POST /prompts/<language>/<name>/<any(use, discard, back, code):action>": ADMIN,
    "GET /keys": ADMIN,
    "POST /keys": ADMIN,
    "POST /keys/<uuid:key>/remove": ADMIN,
    "GET /api/calls": READ,
    "GET /api/calls/<call_id>": SEEN_BY_API,
    "GET /api/calls/<call_id>/transcript.<kind>": SEEN_BY_API,
    "GET /api/search": READ,
    "GET /api/searches": READ,
    "GET /api/now": READ,
    "GET /api/survey": READ,
    "GET /api/waits": READ,
    "GET /api/messages": READ,
    "GET /api/promises": READ,
    "GET /api/promises/<uuid:key>": READ,
    "POST /api/agents/<agent>/recording/<any(pause, resume, keep):action>": KEYED,
    "POST /api/calls/<call_id>/recording/<any(pause, resume, keep):action>": KEYED,
    "POST /api/calls/<call_id>/end": both(frozenset({"key: end"}), frozenset({"key: end"})),
    "GET /api-reference": SIGNED,
    "GET /api/v1/openapi.json": both(STAFF | {*KEYS}, STAFF | {*KEYS}),
    "GET /api/v1/calls": READ_BY_V1,
    "GET /api/v1/calls/events": both(READERS - LISTENERS | SCOPED, READERS - LISTENERS | SCOPED),
    "GET /api/v1/calls/<call_id>": SEEN_BY_V1,
    "GET /api/v1/calls/<call_id>/transcript": SEEN_BY_V1,
    "POST /api/v1/calls/<call_id>/end": both(SCOPED | {"key: end"}, SCOPED | {"key: end"}),
    "GET /api/v1/callbacks": READ_BY_V1,
    "GET /api/v1/callbacks/<uuid:callback_id>": READ_BY_V1,
    "POST /api/v1/callbacks": CHANGED_BY_V1,
    "POST /api/v1/callbacks/<uuid:callback_id>/cancel": CHANGED_BY_V1,
    "GET /api/v1/tickets": READ_BY_V1,
    "GET /api/v1/tickets/<int:number>": SEEN_BY_V1,
    "PATCH /api/v1/tickets/<int:number>": CHANGED_BY_V1,
    "POST /api/v1/tickets/<int:number>/notes": CHANGED_BY_V1,
    "POST /api/v1/tickets/<int:number>/calls": CHANGED_BY_V1,
    "GET /api/v1/library/marks": READ_OF_LIBRARY,
    "POST /api/v1/library/marks": CHANGED_BY_V1,
    "GET /api/v1/library/marks/<uuid:mark_id>": both(OWN | LISTENERS | SCOPED, OTHER | LISTENERS | SCOPED),
    "PATCH /api/v1/library/marks/<uuid:mark_id>": CHANGED_BY_V1,
    "POST /api/v1/library/marks/<uuid:mark_id>/remove": both(frozenset(), frozenset()),  # it is tom's
    "GET /api/v1/library/clips": TRAIN_BY_V1,
    "POST /api/v1/library/clips": CHANGED_BY_V1,
    "GET /api/v1/library/playlists": TRAIN_BY_V1,
    "POST /api/v1/library/playlists": CHANGED_BY_V1,
    "GET /api/v1/library/playlists/<uuid:playlist_id>": TRAIN_BY_V1,
    "POST /api/v1/library/playlists/<uuid:playlist_id>/entries": CHANGED_BY_V1,
    "POST /api/v1/library/playlists/<uuid:playlist_id>/entries/<uuid:item_id>/remove": CHANGED_BY_V1,
    "POST /api/v1/library/playlists/<uuid:playlist_id>/assignments": CHANGED_BY_V1,
    "GET /api/v1/library/assignments": READ_OF_LIBRARY,
    "GET /api/v1/library/assignments/<uuid:assignment_id>": both(
        LISTENERS | SCOPED | {"boris"}, LISTENERS | SCOPED | {"anna"}
    ),
    "POST /api/v1/library/assignments/<uuid:assignment_id>/end": CHANGED_BY_V1,
    "GET /api/v1/library/drills": READ_OF_LIBRARY,
    "POST /api/v1/library/drills": CHANGED_BY_V1,
    "GET /api/v1/library/drills/<uuid:drill_id>": both(LISTENERS | SCOPED | {"boris"}, LISTENERS | SCOPED | {"anna"}),
    "PATCH /api/v1/library/drills/<uuid:drill_id>": CHANGED_BY_V1,
    "POST /api/v1/library/drills/<uuid:drill_id>/people": CHANGED_BY_V1,
    "POST /api/v1/library/drills/<uuid:drill_id>/remove": CHANGED_BY_V1,
    "GET /api/v1/library/drills/<uuid:drill_id>/attempts": both(
        LISTENERS | SCOPED | {"boris"}, LISTENERS | SCOPED | {"anna"}
    ),
    "GET /api/v1/library/exemplars": TRAIN_BY_V1,
    "GET /api/v1/library/exemplars/suggestions": TRAIN_BY_V1,
    "POST /api/v1/library/exemplars/<call_id>/<any(accept,refuse):decision>": CHANGED_BY_V1,
    "GET /api/v1/contacts": READ_BY_V1,
    "GET /api/v1/contacts/<uuid:contact_id>": SEEN_BY_V1,
    "POST /api/v1/contacts": CHANGED_BY_V1,
    "PATCH /api/v1/contacts/<uuid:contact_id>": CHANGED_BY_V1,
    "POST /api/v1/contacts/<uuid:contact_id>/points": CHANGED_BY_V1,
    "POST /api/v1/contacts/<uuid:contact_id>/points/<uuid:point_id>/remove": CHANGED_BY_V1,
    "GET /api/v1/queues": READ_BY_V1,
    "GET /api/v1/queues/<queue>": READ_BY_V1,
    "GET /api/v1/surveys/results": READ_BY_V1,
    "GET /api/v1/surveys/answers": READ_BY_V1,
}
"""By method and address, who is let in for the own things of anna (and clara), and for those of boris."""


SENT = {
    "POST /calls/<call_id>/listen": {"reason": "quality"},
    "POST /messages/<uuid:key>/listen": {"reason": "quality"},
    "POST /sound/<token>/played": {"seconds": "1"},
}
"""What a request needs besides its address to get as far as its answer."""
WITHOUT_A_REASON = "GET /calls/<call_id>/sound"
"""Tells who may hear the call how, and is refused all the same."""
