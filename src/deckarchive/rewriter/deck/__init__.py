"""The deck's own page and files, frame pages, media and cards."""
