-- What the server warned of in the last statement: level, code, message.
SHOW WARNINGS
