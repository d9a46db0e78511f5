"""Pages of the paging app."""
