"""Messages to people outside: one to one address by SMTP, one to one service by apprise, for every room that sends."""
