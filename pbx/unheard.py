"""What Asterisk is told not to tell: nobody listens to it, and it is most of what a call would say.

Of the 87 events that Asterisk 22.10.1 writes for a call of five seconds 8 are asked for (`pbx.codec.EVENT_NAMES`). Each
of the others wakes every session of the manager interface.
"""

MESSAGES = (
    "ast_channel_agi_async_end_type",
    "ast_channel_agi_exec_end_type",
    "ast_channel_agi_exec_start_type",
    "ast_channel_hangup_handler_pop_type",
    "ast_channel_hangup_handler_push_type",
    "ast_channel_hangup_handler_run_type",
    "ast_channel_varset_type",
    "ast_rtp_rtcp_received_type",
    "ast_rtp_rtcp_sent_type",
    "ast_test_suite_message_type",
)
"""Messages between Asterisk's own parts that are never made (stasis.conf). Others that nobody hears must be there, or
Asterisk does not start: those of music, of recordings, of keys that begin, of a hangup that is asked for."""

EVENTS = (
    "AGIExecEnd",
    "AGIExecStart",
    "AsyncAGIEnd",
    "BridgeCreate",
    "BridgeDestroy",
    "ChallengeSent",
    "DTMFBegin",
    "DialBegin",
    "HangupHandlerPop",
    "HangupHandlerPush",
    "HangupHandlerRun",
    "HangupRequest",
    "LocalBridge",
    "MixMonitorStart",
    "MixMonitorStop",
    "MusicOnHoldStart",
    "MusicOnHoldStop",
    "NewCallerid",
    "NewConnectedLine",
    "Newexten",
    "RTCPReceived",
    "RTCPSent",
    "SoftHangupRequest",
    "SuccessfulAuth",
    "TestEvent",
    "VarSet",
)
"""Events of the manager interface that are not sent to anybody (manager.conf)."""
