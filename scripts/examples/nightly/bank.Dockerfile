# The bank of this example: OpenSSH's server, and ssh-keygen to make its key.
ARG BASE=alpine:3.22
FROM ${BASE}
RUN apk add --no-cache openssh-server openssh-keygen \
 && addgroup -g 10022 acme \
 && adduser -D -H -u 10022 -G acme acme \
 && echo 'acme:*' | chpasswd -e
