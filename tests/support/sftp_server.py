# An SFTP server for tests/support/asyncssh.rs: FOLDER PORT WAY HOST-KEY
import asyncio
import sys

import asyncssh

folder, port, way, host_key = sys.argv[1:]
account = ("alice", "secret")


class Server(asyncssh.SSHServer):
    def password_auth_supported(self):
        return way == "password"

    def validate_password(self, username, password):
        return (username, password) == account

    def kbdint_auth_supported(self):
        return way in ("questions", "more")

    def get_kbdint_challenge(self, username, language, submethods):
        prompts = [("Password: ", False)]
        if way == "more":
            prompts.append(("One-time code: ", True))
        return "", "", "", prompts

    def validate_kbdint_response(self, username, responses):
        return (username, list(responses)) == (account[0], [account[1]])


class Files(asyncssh.SFTPServer):
    def __init__(self, channel):
        super().__init__(channel, chroot=folder)


async def main():
    await asyncssh.create_server(Server, "127.0.0.1", int(port), server_host_keys=[host_key], sftp_factory=Files)
    await asyncio.Event().wait()


asyncio.run(main())
