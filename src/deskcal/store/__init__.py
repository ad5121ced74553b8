"""Where events are kept: what every store offers (`ports`), and one package for each database."""
