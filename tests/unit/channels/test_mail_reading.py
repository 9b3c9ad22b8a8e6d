"""Mails of strangers as text: charsets that do not exist, HTML, mails in mails, headers that lie, and no long wait."""

import time

import pytest

from channels.mail_reading import read_mail, text_of


def mail(head: str = "", body: bytes = b"Hi", sender: str = "dana@example.org") -> bytes:
    return f"From: {sender}\r\n{head}\r\n".encode() + body


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("Dana <Dana@Example.org>", "dana@example.org"),
        ("=?utf-8?q?victim=40x.com=2C?= <evil@y.com>", "evil@y.com"),
        ('"victim@x.com <victim@x.com>" <evil@y.com>', "evil@y.com"),
        ("victim@x.com, <evil@y.com>", "evil@y.com"),
        ("victim@x.com, evil@y.com", ""),
        ("<victim@x.com> <evil@y.com>", ""),
        ("Dana", ""),
        ("", ""),
    ],
)
def test_the_sender_is_the_one_address_or_nobody(sender: str, address: str) -> None:
    assert read_mail(mail(sender=sender)).sender == address


def test_of_two_senders_nobody_is_believed() -> None:
    assert read_mail(mail("From: other@example.org\r\n")).sender == ""


@pytest.mark.parametrize(
    "charset", ["no-such", "idna", "punycode", "zip_codec", "rot13", "utf-7", "", "x" * 5000, "uu"]
)
def test_whatever_charset_a_mail_claims_it_is_read(charset: str) -> None:
    found = read_mail(mail(f'Content-Type: text/plain; charset="{charset}"\r\n', "Привет".encode()))
    assert isinstance(found.text, str) and "\0" not in found.text


def test_html_is_its_words_alone() -> None:
    page = (
        "<html><head><title>T</title><style>p{}</style></head><body onload=alert(1)><p>Dear&nbsp;you,</p>"
        "<script>alert('x')</script><!-- no --><div>it &lt;works&gt;<br>now</div><img src=http://evil/>"
    )
    found = read_mail(mail("Content-Type: text/html\r\n", page.encode()))
    assert found.text == "Dear\xa0you,\n\nit <works>\nnow"


def test_plain_words_go_before_html_and_files_are_counted() -> None:
    body = (
        b"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
        b"--y\r\nContent-Type: text/html\r\n\r\n<b>no</b>\r\n"
        b"--y\r\nContent-Type: text/plain\r\n\r\nYes\r\n--y--\r\n"
        b"--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nfile\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@b.cc\r\n\r\ninner\r\n--x--\r\n"
    )
    found = read_mail(mail("Content-Type: multipart/mixed; boundary=x\r\n", body))
    assert (found.text, found.attachments) == ("Yes", 2)


@pytest.mark.parametrize(
    "text", ["<" * 250_000, "<!--" * 60_000, "<a " * 80_000, "&" * 250_000, "<script>" * 30_000, "&#x" * 80_000]
)
def test_hostile_markup_costs_no_long_wait(text: str) -> None:
    began = time.process_time()
    text_of(text)
    assert time.process_time() - began < 2


def test_many_parts_and_endless_headers_are_bounded() -> None:
    parts = b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" * 5000 + b"--x--"
    head = "Subject: " + "я" * 20_000 + "\r\nTo: " + ", ".join(["a@b.cc"] * 5000) + "\r\n"
    found = read_mail(mail(f"{head}Content-Type: multipart/mixed; boundary=x\r\n", parts))
    assert len(found.subject) <= 150 and found.text == "a" and found.attachments == 0


def test_quotes_at_the_end_are_left_out_and_an_answer_among_them_is_kept() -> None:
    quoted = b"Thanks!\r\n\r\nOn 4 May 2026 Shop <s@x.yz> wrote:\r\n> It comes\r\n> tomorrow\r\n"
    assert read_mail(mail(body=quoted)).text == "Thanks!"
    between = b"> When?\r\nOn Monday\r\n> Where?\r\nAt home"
    assert read_mail(mail(body=between)).text == "> When?\nOn Monday\n> Where?\nAt home"
    assert read_mail(mail(body=b"> only quotes")).text == "> only quotes"
