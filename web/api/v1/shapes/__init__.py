"""What programs send and are sent under /api/v1, as pydantic models: the document is made of them, and nothing else."""
