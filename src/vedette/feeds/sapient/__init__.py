"""SAPIENT nodes as a feed: looks and health of each node, the dialogue on a connection, server and client."""
