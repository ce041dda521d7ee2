-- How this session is encrypted, as the server sees it: a row each of protocol and cipher, empty where it is not.
SHOW SESSION STATUS WHERE Variable_name IN ('Ssl_cipher', 'Ssl_version')
