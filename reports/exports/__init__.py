"""Reports as files: CSV, XLSX and PDF of one table."""
