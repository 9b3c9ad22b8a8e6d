"""Every subject of the pages and of the API: importing the modules with addresses gives these to their blueprints."""

import web.admin.api_reference
import web.admin.failed_jobs
import web.admin.keys
import web.admin.people
import web.admin.vocabulary
import web.api.v1.callbacks
import web.api.v1.calls
import web.api.v1.contacts
import web.api.v1.events
import web.api.v1.library
import web.api.v1.library_drills
import web.api.v1.library_exemplars
import web.api.v1.library_marks
import web.api.v1.queues
import web.api.v1.serving
import web.api.v1.surveys
import web.api.v1.tickets
import web.callbacks.reasons
import web.callbacks.views
import web.calls.ending
import web.calls.joining
import web.calls.keep_requests
import web.calls.marking
import web.calls.pausing
import web.calls.playback_access
import web.calls.texts
import web.calls.views
import web.channels.sending
import web.channels.views
import web.contacts.card
import web.contacts.files
import web.contacts.views
import web.desk.agents
import web.desk.pop
import web.flow.views
import web.goals.views
import web.library.assigning
import web.library.drill_making
import web.library.drills
import web.library.exemplars
import web.library.marking
import web.library.parts
import web.library.playing
import web.library.views
import web.links.views
import web.menus.views
import web.metrics.views
import web.now.alarm_recipients
import web.now.alarms
import web.now.past_alarms
import web.now.stream
import web.now.views
import web.now.waits
import web.nuisance.views
import web.privacy.heard
import web.privacy.views
import web.problems.views
import web.prompts.views
import web.public.views
import web.reports.views
import web.scoring.calibrating
import web.scoring.cards
import web.scoring.evaluating
import web.scoring.team
import web.scoring.views
import web.search.views
import web.sending.files
import web.sending.views
import web.session.own_mail
import web.session.views
import web.settings.views
import web.staffing.views
import web.survey.views
import web.systems.views
import web.tickets.dialling
import web.tickets.views
import web.tickets.work
import web.topics.views
import web.voicemail.listening
import web.voicemail.views
from web.api import call_requests, recording_requests, v1
from web.api import views as api

BLUEPRINTS = (
    web.session.blueprint,
    web.now.blueprint,
    web.calls.blueprint,
    web.flow.blueprint,
    web.search.blueprint,
    web.staffing.blueprint,
    web.survey.blueprint,
    web.menus.blueprint,
    web.metrics.blueprint,
    web.callbacks.blueprint,
    web.voicemail.blueprint,
    web.tickets.blueprint,
    web.contacts.blueprint,
    web.topics.blueprint,
    web.reports.blueprint,
    web.library.blueprint,
    web.scoring.blueprint,
    web.desk.blueprint,
    web.nuisance.blueprint,
    web.problems.blueprint,
    web.privacy.blueprint,
    web.prompts.blueprint,
    web.admin.blueprint,
    web.goals.blueprint,
    web.sending.blueprint,
    web.settings.blueprint,
    web.systems.blueprint,
    web.public.blueprint,
    web.links.blueprint,
    web.channels.blueprint,
    api.blueprint,
    recording_requests.blueprint,
    call_requests.blueprint,
    v1.blueprint,
)
WITHOUT_COOKIES = (
    web.public.blueprint,
    web.links.blueprint,
    recording_requests.blueprint,
    call_requests.blueprint,
    v1.blueprint,
)
"""No forged form can harm these: the public form has a token of its own, links have theirs in the address, the others
take keys alone."""
