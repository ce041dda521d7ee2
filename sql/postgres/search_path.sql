-- Where the session looks for names.
SHOW search_path
