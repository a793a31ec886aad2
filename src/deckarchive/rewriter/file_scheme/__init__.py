"""What pages need that are opened by a double-click: modules, workers and data as scripts."""
